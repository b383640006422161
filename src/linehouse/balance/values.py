"""Buckets as balance keeps them and other rooms see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from linehouse.catalog.values import Terms
from linehouse.kernel.money import Money
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.ledger.values import Transfer
from linehouse.rating.values import Bucket, BucketKind, Scope, WhenEmpty


class TaxedAt(StrEnum):
    """When the tax on credit was due: with the sale of what it came with, or when it is used.

    Credit that comes with a pack whose whole price was taxed at sale is not taxed again; bought credit that can be
    used at several rates is a multi-purpose voucher, taxed when used (Directive 2006/112/EC Art. 30b).
    """

    SALE = "sale"
    USE = "use"


class MovementKind(StrEnum):
    """Why the content of a bucket changed."""

    GRANT = "grant"
    USE = "use"
    LATE_USE = "late-use"
    """Used before its end, told after its unused rest had been booked as expired: that is taken back."""
    EXPIRE = "expire"
    REFUND = "refund"
    RETURN = "return"
    """Use that was taken back: the usage is charged anew."""
    LATE_RETURN = "late-return"
    """The same after the bucket's unused rest had been booked as expired: what comes back expires with it."""
    WITHDRAW = "withdraw"
    """A refund that was taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose bucket it is: the subscription (plan product, by id and business number) and its billing account."""

    customer_id: UUID
    subscription_id: UUID
    subscription: str
    account_id: UUID
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Something to be granted. ``ref`` is its business key and once-key; ``amount`` None is unlimited.

    ``source`` (``offering/allowance``) names the ledger accounts on which grants, use and expiry of its kind meet.
    ``asset`` is a unit or a currency; amounts are base units or micro-units.
    """

    ref: str
    owner: Owner
    product_id: UUID
    kind: BucketKind
    asset: str
    amount: int | None
    valid: Period
    source: str
    catalog_version: int
    texts: Mapping[str, str] = field(default_factory=dict)
    priority: int = 100
    scope: Scope = field(default_factory=Scope)
    when_empty: WhenEmpty = WhenEmpty.CHARGE
    taxed_at: TaxedAt = TaxedAt.SALE
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketView:
    """A bucket as it stands. ``closed_at`` is when its unused rest was booked as expired."""

    id: UUID
    ref: str
    owner: Owner
    product_id: UUID
    kind: BucketKind
    asset: str
    granted: int | None
    used: int
    reserved: int
    expired: int
    valid: Period
    source: str
    catalog_version: int
    texts: Mapping[str, str]
    priority: int
    scope: Scope
    when_empty: WhenEmpty
    taxed_at: TaxedAt
    created_at: datetime
    closed_at: datetime | None
    terms: Terms = field(default_factory=Terms)

    @property
    def unlimited(self) -> bool:
        """Whether it never empties."""
        return self.granted is None

    @property
    def is_money(self) -> bool:
        """Whether it holds money."""
        return self.kind is not BucketKind.UNITS

    @property
    def left(self) -> int | None:
        """What can still be used now: nothing after its end; None for unlimited."""
        return None if self.granted is None else self.granted - self.used - self.reserved - self.expired

    @property
    def left_for_its_time(self) -> int | None:
        """What usage within its validity may still take, also when that is told after the end."""
        return None if self.granted is None else self.granted - self.used - self.reserved

    @property
    def share_used(self) -> int:
        """Whole percent used, rounded down; 0 for unlimited."""
        return 0 if not self.granted else self.used * 100 // self.granted

    def human(self, amount: int | None) -> str:
        """An amount of this bucket for people."""
        if amount is None:
            return "unlimited"
        return str(Money(amount, self.asset)) if self.is_money else Quantity(amount, Unit(self.asset)).human()

    def name(self, language: str = "en") -> str:
        """Its text in the language, else in the first that there is, else its reference."""
        return self.texts.get(language) or next(iter(self.texts.values()), self.ref)

    def for_decision(self) -> Bucket:
        """The bucket as rating decides on it, for usage within its validity."""
        return Bucket(
            ref=self.ref,
            kind=self.kind,
            available=self.left_for_its_time,
            valid=self.valid,
            created_at=self.created_at,
            name=self.name(),
            priority=self.priority,
            scope=self.scope,
            when_empty=self.when_empty,
            block=self.terms.block,
            exact=self.terms.exact,
            partial=self.terms.partial,
            stop=self.terms.stop,
            factor=self.terms.factor,
            price=self.terms.price,
        )

    @property
    def ledger_account(self) -> str:
        """Where the journal keeps what is left."""
        return f"prepaid/{self.ref}" if self.is_money else f"allowance/{self.ref}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketUse:
    """What one decided event takes from a bucket (``amount`` > 0), or gives back to it (``amount`` < 0, money only).

    ``key`` is the once-key of the movement, ``cause`` the ledger's; ``left`` is what is left after it.
    """

    bucket: BucketView
    amount: int
    key: str
    cause: str
    record_id: UUID
    left: int | None


@dataclass(frozen=True, slots=True)
class MovementView:
    """One movement of a bucket."""

    position: int
    ref: str
    kind: MovementKind
    amount: int
    asset: str
    left: int | None
    cause: str
    record_id: UUID | None
    business_time: datetime
    actor: str


def grant_transfers(grant: Grant) -> tuple[Transfer, ...]:
    """How a grant is booked; what is unlimited is booked when it is used."""
    if not grant.amount:
        return ()
    account = f"allowance/{grant.ref}" if grant.kind is BucketKind.UNITS else f"prepaid/{grant.ref}"
    return (Transfer(f"granted/{grant.source}", account, grant.amount, grant.asset),)


def expiry_transfers(bucket: BucketView, unused: int) -> tuple[Transfer, ...]:
    """How an unused rest (> 0) is booked."""
    return (Transfer(bucket.ledger_account, f"expired/{bucket.source}", unused, bucket.asset),)


def back_to(bucket: BucketView) -> str:
    """The ledger account to which use goes back: what is left, or what expired where the bucket's time is over."""
    return f"expired/{bucket.source}" if bucket.closed_at is not None else bucket.ledger_account


def use_transfers(bucket: BucketView, amount: int) -> tuple[Transfer, ...]:
    """How use of units, or of credit that was taxed when it was sold, is booked; a negative amount gives it back."""
    if bucket.unlimited:
        source = f"granted/{bucket.source}"
    elif bucket.closed_at is not None:
        source = f"expired/{bucket.source}"
    else:
        source = bucket.ledger_account
    target = f"used/{bucket.source}"
    if amount < 0:
        return (Transfer(target, bucket.ledger_account, -amount, bucket.asset),)
    return (Transfer(source, target, amount, bucket.asset),)
