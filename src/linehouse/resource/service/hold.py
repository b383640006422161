"""Reserving, assigning and giving back. ``holder`` is the number of the product; every use case may be repeated."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from linehouse.kernel.numbering import Iccid, Msisdn
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.resource import store
from linehouse.resource.errors import (
    NoNumberAvailable,
    NoSimAvailable,
    NumberNotFound,
    NumberTaken,
    SimNotFound,
    SimTaken,
)
from linehouse.resource.events import NumberMoved, SimMoved
from linehouse.resource.lifecycle import NUMBER, SIM
from linehouse.resource.models import Number, SimCard
from linehouse.resource.service.look import number_view, sim_view
from linehouse.resource.values import NumberView, ResourceKind, SimView

#: A number rests this long before somebody else gets it, so that callers of the old holder have forgotten it.
QUARANTINE = timedelta(days=180)

#: Beginning of the holder of a number that staff keep off sale; no product's number begins so.
SET_ASIDE = "aside:"


def _number_of(holder: str) -> Number | None:
    return Number.objects.select_for_update().filter(holder=holder).first()


def _sim_of(holder: str) -> SimCard | None:
    return SimCard.objects.select_for_update().filter(holder=holder).exclude(state="retired").first()


def _move_number(row: Number, state: str, work: Work, *, holder: str) -> None:
    old = row.state
    row.state, row.holder, row.changed_at = NUMBER.require(row.state, state), holder, work.now
    row.save(update_fields=["state", "holder", "rests_until", "changed_at"])
    emit(NumberMoved(number_id=row.id, old=old, new=row.state))


def _move_sim(row: SimCard, state: str, work: Work, *, holder: str) -> None:
    old = row.state
    row.state, row.holder, row.changed_at = SIM.require(row.state, state), holder, work.now
    row.save(update_fields=["state", "holder", "changed_at"])
    emit(SimMoved(sim_id=row.id, old=old, new=row.state))


def reserve_number(holder: str, *, wish: str = "", actor: Actor) -> NumberView:
    """Hold a number for ``holder``: the wished one, or the next. One that it holds already is returned.

    Raises NoNumberAvailable, NumberNotFound, NumberTaken, Invalid.
    """
    wished = Msisdn.parse(wish) if wish else None
    with unit_of_work(actor, "reservation of a number") as work:
        store.lock_holder(holder)
        row = _number_of(holder)
        if row is None:
            row = _wished_number(wished, holder, work) if wished else _next_number(holder, work)
        elif wished and row.digits != wished.digits:
            raise NumberTaken("the product holds another number", field="msisdn", value=wished.masked)
        return number_view(row)


def _next_number(holder: str, work: Work) -> Number:
    taken: UUID | None = store.take_number(holder, work.now)
    if taken is None:
        raise NoNumberAvailable("no number is available", field="msisdn", expected="a number in stock")
    return Number.objects.get(id=taken)


def _wished_number(wished: Msisdn, holder: str, work: Work) -> Number:
    row = Number.objects.select_for_update().filter(digits=wished.digits).first()
    if row is None:
        raise NumberNotFound("the brand does not own that number", field="msisdn", value=wished.masked)
    if row.state != "available":
        raise NumberTaken(
            "that number is not available", field="msisdn", value=wished.masked, expected="an available number"
        )
    _move_number(row, "reserved", work, holder=holder)
    return row


def reserve_sim(holder: str, *, wish: str = "", actor: Actor) -> SimView:
    """Hold a card for ``holder``: the wished one by its ICCID, or the next. One that it holds already is returned.

    Raises NoSimAvailable, SimNotFound, SimTaken, Invalid.
    """
    wished = Iccid.parse(wish) if wish else None
    with unit_of_work(actor, "reservation of a SIM") as work:
        store.lock_holder(holder)
        row = _sim_of(holder)
        if row is None:
            row = _wished_sim(wished, holder, work) if wished else _next_sim(holder, work)
        elif wished and row.iccid != wished.digits:
            raise SimTaken("the product holds another card", field="iccid", value=wished.digits)
        return sim_view(row)


def _next_sim(holder: str, work: Work) -> SimCard:
    taken: UUID | None = store.take_sim(holder, work.now)
    if taken is None:
        raise NoSimAvailable("no SIM card is available", field="iccid", expected="a card in stock")
    return SimCard.objects.get(id=taken)


def _wished_sim(wished: Iccid, holder: str, work: Work) -> SimCard:
    row = SimCard.objects.select_for_update().filter(iccid=wished.digits).first()
    if row is None:
        raise SimNotFound("the brand does not own that card", field="iccid", value=wished.digits)
    if row.state != "available":
        raise SimTaken("that card is not available", field="iccid", value=wished.digits, expected="an available card")
    _move_sim(row, "reserved", work, holder=holder)
    return row


def release_number(holder: str, *, actor: Actor) -> None:
    """Put a reserved number back on the shelf; nothing held, nothing done. Raises IllegalTransition."""
    with unit_of_work(actor, "release of a number") as work:
        if (row := _number_of(holder)) is not None:
            _move_number(row, "available", work, holder="")


def set_aside(digits: str, *, actor: Actor, reason: str) -> NumberView:
    """Keep an available number off sale until it is put back. Raises NumberNotFound, NumberTaken."""
    with unit_of_work(actor, reason) as work:
        row = _wished_number(Msisdn.parse(f"+{digits}"), f"{SET_ASIDE}{digits}", work)
        return number_view(row)


def put_back(digits: str, *, actor: Actor, reason: str) -> NumberView:
    """Put a number on sale again that rests or was set aside; one that an order or a product holds is not touched.

    Raises NumberNotFound, NumberTaken.
    """
    with unit_of_work(actor, reason) as work:
        row = Number.objects.select_for_update().filter(digits=digits).first()
        if row is None:
            raise NumberNotFound("the brand does not own that number", field="msisdn", value=digits)
        if not (row.state == "quarantine" or row.holder == f"{SET_ASIDE}{digits}"):
            raise NumberTaken(
                f"the number is {row.state}",
                field="msisdn",
                value=digits,
                expected="a number that rests or was set aside",
            )
        row.rests_until = None
        _move_number(row, "available", work, holder="")
        return number_view(row)


def release_sim(holder: str, *, actor: Actor) -> None:
    """Put a reserved card back in the drawer; nothing held, nothing done. Raises IllegalTransition."""
    with unit_of_work(actor, "release of a SIM") as work:
        if (row := _sim_of(holder)) is not None:
            _move_sim(row, "available", work, holder="")


def assign(holder: str, *, actor: Actor) -> None:
    """From now on number and card are the holder's, and usage on them is the holder's usage.

    Raises NumberNotFound, SimNotFound where nothing was reserved.
    """
    with unit_of_work(actor, "assignment of number and SIM") as work:
        number, sim = _number_of(holder), _sim_of(holder)
        if number is None:
            raise NumberNotFound("no number is reserved for the product", field="holder", value=holder)
        if sim is None:
            raise SimNotFound("no card is reserved for the product", field="holder", value=holder)
        if number.state == "reserved":
            _move_number(number, "assigned", work, holder=holder)
        if sim.state == "reserved":
            _move_sim(sim, "assigned", work, holder=holder)
        if sim.state == "assigned":
            _move_sim(sim, "active", work, holder=holder)
        store.open_assignment(ResourceKind.MSISDN, number.digits, holder, work.now)
        store.open_assignment(ResourceKind.IMSI, sim.imsi, holder, work.now)


def quarantine_number(holder: str, *, actor: Actor) -> None:
    """The holder's number rests, and comes back when QUARANTINE is over by the business clock."""
    with unit_of_work(actor, "number goes to rest") as work:
        if (row := _number_of(holder)) is None:
            return
        row.rests_until = work.now + QUARANTINE
        _move_number(row, "quarantine", work, holder="")
        store.close_assignment(ResourceKind.MSISDN, row.digits, holder, work.now)
        enqueue("resource.end_rests", {}, key=f"{row.id}/{row.rests_until.isoformat()}", due=row.rests_until)


def retire_sim(holder: str, *, actor: Actor) -> None:
    """The holder's card is worn out: it is never given to anybody again."""
    with unit_of_work(actor, "SIM is retired") as work:
        if (row := _sim_of(holder)) is None:
            return
        _move_sim(row, "retired", work, holder=holder)
        store.close_assignment(ResourceKind.IMSI, row.imsi, holder, work.now)
