"""What screens and APIs show of usage: files, records, what waits, and whether it all adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from linehouse.kernel.quantity import Quantity
from linehouse.usage.values.records import PartyKind, ServingNetwork, WholesaleCharge


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as the screens show it; ``received_at`` and ``processed_at`` are business time."""

    id: UUID
    name: str
    source: str
    format: str
    version: str
    sender: str
    recipient: str
    sequence: str
    sha256: str
    size: int
    document_id: UUID
    state: str
    reason: str
    message: str
    chargeable: bool
    records: int
    normalised: int
    duplicates: int
    suspended: int
    declared_charge: WholesaleCharge | None
    summed_charge: WholesaleCharge | None
    notes: tuple[str, ...]
    made_at: datetime | None
    received_at: datetime
    processed_at: datetime | None


@dataclass(frozen=True, slots=True)
class UsageView:
    """A usage record in any state (TMF635), also while it waits in suspense: then ``suspense_id`` and ``reason`` are
    set, and the subscriber may be unknown."""

    id: UUID
    state: str
    usage_type: str
    direction: str
    started_at: datetime | None
    quantity: Quantity | None
    subscription_id: UUID | None
    customer_id: UUID | None
    billing_account_id: UUID | None
    msisdn: str
    imsi: str
    other_party: str
    party_kind: PartyKind
    serving: ServingNetwork
    visited: bool
    apn: str
    wholesale: WholesaleCharge | None
    file_id: UUID
    position: int
    reference: str
    source: str
    chargeable: bool
    received_at: datetime
    rated_at: datetime | None
    suspense_id: UUID | None = None
    reason: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UsageFilter:
    """Which usage is looked for; what is None or empty does not matter. Times are half-open UTC instants."""

    customer_id: UUID | None = None
    subscription_id: UUID | None = None
    billing_account_id: UUID | None = None
    file_id: UUID | None = None
    states: tuple[str, ...] = ()
    usage_type: str = ""
    started_from: datetime | None = None
    started_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class SuspenseView:
    """A waiting record: the reason, what is known of it, and the record itself as JSON (None when unreadable)."""

    id: UUID
    record_id: UUID
    file_id: UUID
    file_name: str
    position: int
    reference: str
    state: str
    reason: str
    message: str
    usage_type: str
    direction: str
    started_at: datetime | None
    quantity: Quantity | None
    msisdn: str
    imsi: str
    customer_id: UUID | None
    evidence: str
    record: Mapping[str, Any] | None
    created_at: datetime
    changed_at: datetime
    resolution: str


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Where every record of a file is, and whether the money agrees.

    ``records`` = ``rated`` + ``guided`` + ``reported`` + ``suspended`` + ``duplicates`` + ``discarded``. ``guided``
    wait to be priced, ``reported`` are never priced (NRTRDE, test files). Charges are exact, in major units.
    """

    file_id: UUID
    records: int
    rated: int
    guided: int
    reported: int
    suspended: int
    duplicates: int
    discarded: int
    currency: str
    declared: Fraction | None
    summed: Fraction
    by_outcome: Mapping[str, Fraction]

    @property
    def found(self) -> int:
        """How many records are accounted for."""
        return self.rated + self.guided + self.reported + self.suspended + self.duplicates + self.discarded

    @property
    def counts_add_up(self) -> bool:
        """Whether every record that came in is somewhere, once."""
        return self.found == self.records

    @property
    def charges_agree(self) -> bool:
        """Whether what the file declares equals the sum of its records; true where it declares nothing."""
        return self.declared is None or self.declared == self.summed
