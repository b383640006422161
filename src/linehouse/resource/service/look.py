"""Reading the stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from linehouse.kernel.numbering import Iccid, Imsi, Msisdn
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work
from linehouse.resource import store
from linehouse.resource.errors import NumberNotFound, SimNotFound
from linehouse.resource.events import PukRevealed
from linehouse.resource.models import Number, SimCard
from linehouse.resource.values import (
    Held,
    HolderAt,
    HolderQuery,
    Holding,
    NumberView,
    ResourceKind,
    SimView,
    StockLevel,
)


def number_view(row: Number) -> NumberView:
    """The row as a value."""
    return NumberView(row.id, Msisdn(row.digits), row.state, row.holder, row.rests_until)


def sim_view(row: SimCard) -> SimView:
    """The row as a value, its PUK masked."""
    return SimView(row.id, Iccid(row.iccid), Imsi(row.imsi), row.state, row.holder, f"••••••{row.puk[-2:]}")


def find_number(digits: str) -> NumberView:
    """A number by its digits. Raises NumberNotFound."""
    row = Number.objects.filter(digits=digits.lstrip("+")).first()
    if row is None:
        raise NumberNotFound("the brand does not own that number", field="msisdn", value=digits)
    return number_view(row)


def numbers_by_id(ids: Iterable[UUID]) -> dict[UUID, NumberView]:
    """Those of the numbers that exist, by id, in one query."""
    return {row.id: number_view(row) for row in Number.objects.filter(id__in=list(ids))}


def sims_by_id(ids: Iterable[UUID]) -> dict[UUID, SimView]:
    """Those of the cards that exist, by id, in one query."""
    return {row.id: sim_view(row) for row in SimCard.objects.filter(id__in=list(ids))}


def find_sim(iccid: str) -> SimView:
    """A card by its ICCID. Raises SimNotFound."""
    row = SimCard.objects.filter(iccid=iccid).first()
    if row is None:
        raise SimNotFound("the brand does not own that card", field="iccid", value=iccid)
    return sim_view(row)


def search_numbers(
    *, state: str = "", query: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[NumberView], int]:
    """A page of numbers in ascending order, and how many match; ``query`` is a part of the number or the holder."""
    rows = Number.objects.order_by("digits")
    if state:
        rows = rows.filter(state=state)
    if query:
        rows = rows.filter(digits__contains=query.lstrip("+")) | rows.filter(holder__iexact=query)
    return [number_view(row) for row in rows[offset : offset + limit]], rows.count()


def search_sims(*, state: str = "", query: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[SimView], int]:
    """A page of cards by ICCID, and how many match; ``query`` is a part of ICCID or IMSI, or the holder."""
    rows = SimCard.objects.order_by("iccid")
    if state:
        rows = rows.filter(state=state)
    if query:
        rows = (
            rows.filter(iccid__contains=query) | rows.filter(imsi__contains=query) | rows.filter(holder__iexact=query)
        )
    return [sim_view(row) for row in rows[offset : offset + limit]], rows.count()


def stock_levels() -> tuple[StockLevel, ...]:
    """How many numbers and cards are in which state."""
    return tuple(StockLevel(*row) for row in store.stock_levels())


def history(kind: ResourceKind, digits: str) -> tuple[Held, ...]:
    """Everybody who ever held a number or an IMSI, oldest first."""
    return tuple(Held(kind, digits, *row) for row in store.history(kind, digits))


def holders_at(questions: Iterable[HolderQuery]) -> dict[int, HolderAt]:
    """The holder for each question that has an answer, by the question's ref; one statement for all."""
    rows = store.holders([(q.ref, str(q.kind), q.digits, q.at) for q in questions])
    return {
        ref: HolderAt(holder, Msisdn(msisdn) if msisdn else None, Imsi(imsi) if imsi else None)
        for ref, holder, msisdn, imsi in rows
    }


def holdings(holders: Sequence[str]) -> Mapping[str, Holding]:
    """What each holder has (reserved counts) or, if it has nothing any more, last had."""
    numbers: dict[str, str] = {}
    imsis: dict[str, str] = {}
    for holder, kind, digits in store.last_held(holders):
        (numbers if kind == ResourceKind.MSISDN else imsis)[holder] = digits
    numbers |= dict(Number.objects.filter(holder__in=holders).values_list("holder", "digits"))
    # Retired cards come first, so that the one in use has the last word.
    cards = sorted(
        SimCard.objects.filter(holder__in=holders), key=lambda card: (card.state != "retired", card.changed_at)
    )
    iccids = {card.holder: card.iccid for card in cards}
    imsis |= {card.holder: card.imsi for card in cards}
    return {
        holder: Holding(
            Msisdn(numbers[holder]) if holder in numbers else None,
            Imsi(imsis[holder]) if holder in imsis else None,
            Iccid(iccids[holder]) if holder in iccids else None,
        )
        for holder in holders
    }


def holding(holder: str) -> Holding:
    """What the holder has, or last had."""
    return holdings([holder])[holder]


def reveal_puk(iccid: str, *, reason: str, actor: Actor) -> str:
    """The PUK of a card, for its verified user; that it was shown is recorded. Raises SimNotFound."""
    with unit_of_work(actor, reason) as work:
        row = SimCard.objects.filter(iccid=iccid).first()
        if row is None:
            raise SimNotFound("the brand does not own that card", field="iccid", value=iccid)
        emit(PukRevealed(sim_id=row.id, holder=row.holder, reason=reason, revealed_at=work.now))
        return str(row.puk)
