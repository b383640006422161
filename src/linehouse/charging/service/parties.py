"""What tariffs may want to know of the other party: was it ours, where had its number gone, and to whom it is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.charging.decision import TariffInForce
from linehouse.charging.told import Told
from linehouse.charging.values import Line
from linehouse.inventory import service as inventory
from linehouse.inventory.values import Circled, IdentityKind, IdentityQuery
from linehouse.kernel.numbering import Plmn
from linehouse.rating.service import is_on_net
from linehouse.rating.values import Tariff
from linehouse.usage import service as usage
from linehouse.usage.values import NormalisedUsage


class TariffSource(Protocol):
    """Where tariffs come from: the published catalogues, or a plan that is tried."""

    def at(self, key: str, instant: datetime) -> TariffInForce | None:
        """The tariff of a key at an instant."""
        ...

    def wholesale(self, retail: TariffInForce) -> Tariff | None:
        """The tariff that says what its usage costs."""
        ...


def ported(records: Sequence[NormalisedUsage], lines: Mapping[UUID, Line], tariffs: TariffSource) -> dict[UUID, Plmn]:
    """The networks to which the other parties' numbers had been ported: asked only where a tariff wants to know."""
    asking = [
        record
        for record in records
        if record.other_party.startswith("+")
        and any(tariff.asks_ported or tariff.asks_on_net for tariff in _asked(record, lines, tariffs))
    ]
    known = usage.ported((record.other_party, record.started_at) for record in asking)
    networks = {record.id: known.network_of(record.other_party, record.started_at) for record in asking}
    return {record: network for record, network in networks.items() if network is not None}


def on_net(
    records: Sequence[NormalisedUsage],
    lines: Mapping[UUID, Line],
    tariffs: TariffSource,
    ported_to: Mapping[UUID, Plmn],
) -> dict[UUID, bool]:
    """Whether the other party was a subscriber of ours: asked only where a tariff wants to know."""
    asking = []
    for place, record in enumerate(records):
        if record.other_party.startswith("+") and any(t.asks_on_net for t in _asked(record, lines, tariffs)):
            digits = record.other_party.removeprefix("+")
            asking.append(IdentityQuery(place, IdentityKind.MSISDN, digits, record.started_at))
    known = inventory.identify_many(asking) if asking else {}
    home = catalog.published(max(record.started_at for record in records)).brand.home_network if asking else None
    return {
        (record := records[question.ref]).id: is_on_net(question.ref in known, ported_to.get(record.id), home)
        for question in asking
    }


def _asked(record: NormalisedUsage, lines: Mapping[UUID, Line], tariffs: TariffSource) -> tuple[Tariff, ...]:
    """The tariffs that will price a record: what it is sold for and what it costs."""
    line = lines.get(record.subscription_id)
    found = tariffs.at(line.tariff_key, record.started_at) if line is not None and line.tariff_key else None
    if found is None:
        return ()
    wholesale = tariffs.wholesale(found)
    return (found.tariff,) if wholesale is None else (found.tariff, wholesale)


def told_of(records: Sequence[NormalisedUsage], lines: Mapping[UUID, Line], tariffs: TariffSource) -> Told:
    """Everything that a tariff is told of these records and that does not stand in them; a few statements in all."""
    if not records:
        return Told()
    moved = ported(records, lines, tariffs)
    questions = [
        Circled(record.id, record.subscription_id, record.other_party, record.started_at)
        for record in records
        if record.other_party.startswith("+")
    ]
    return Told(
        ported=moved,
        on_net=on_net(records, lines, tariffs, moved),
        friend_lists=inventory.lists_with(questions),
        closed_user_groups=inventory.groups_within(questions),
    )
