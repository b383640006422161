"""Vouchers in stock: making, exporting, activating, blocking. What they are worth to their holders is balance's."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from linehouse.catalog import service as catalog
from linehouse.kernel.ids import new_id
from linehouse.kernel.money import Money
from linehouse.platform.documents.service import store
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.personal.blind import blind
from linehouse.platform.work import Actor, Work, current_work, unit_of_work
from linehouse.resource.errors import (
    BatchExported,
    BatchInvalid,
    BatchNotReady,
    BatchUnknown,
    VoucherNotPossible,
    VoucherUnknown,
)
from linehouse.resource.lifecycle import VOUCHER, VOUCHER_BATCH
from linehouse.resource.models import Voucher, VoucherBatch, VoucherPins
from linehouse.resource.service.voucher_file import Recipient, encrypted
from linehouse.resource.voucher_events import VoucherBatchMade, VoucherBatchMoved, VoucherPinsExported, VouchersMoved
from linehouse.resource.vouchers import (
    MOST,
    PIN_DIGITS,
    BatchView,
    NewBatch,
    VoucherKind,
    VoucherView,
    csv_of,
    serial_of,
)

SERIES = default_series("voucher-batch", "VB-{n:05d}")
MAKE = "resource.make_vouchers"
CHUNK = 500
"""How many vouchers one run of the job makes: a commit each, so that progress is seen and a crash loses little."""


def hash_of(pin: str) -> str:
    """The keyed hash by which a PIN is found."""
    return blind("resource_voucher.pin", pin)


def create_batch(new: NewBatch, *, actor: Actor) -> BatchView:
    """Have vouchers made; a job makes them. Raises BatchInvalid."""
    with unit_of_work(actor, new.name) as work:
        if not 1 <= new.count <= MOST:
            raise BatchInvalid("how many?", field="count", value=new.count, expected=f"1 to {MOST}")
        if new.face.micros <= 0:
            raise BatchInvalid("a voucher has a value", field="value", value=str(new.face), expected="above zero")
        if new.expires_at <= work.now:
            raise BatchInvalid("the end has passed", field="expires", value=str(new.expires_at), expected="a later day")
        if new.credit_days is not None and new.credit_days < 1:
            raise BatchInvalid("credit lasts", field="credit days", value=new.credit_days, expected="at least 1")
        if not new.name.strip():
            raise BatchInvalid("a batch has a name", field="name", expected="what it is for")
        row = VoucherBatch(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            number=next_number(SERIES),
            name=new.name.strip()[:100],
            kind=new.kind.value,
            currency=new.face.currency,
            face_micros=new.face.micros,
            count=new.count,
            expires_at=new.expires_at,
            credit_days=new.credit_days,
            made_by=actor.name[:200],
        )
        row.save(force_insert=True)
        enqueue(MAKE, {"batch": str(row.id)}, key=f"{row.id}/0")
        return _batch(row)


def make_some(batch_id: UUID, work: Work) -> None:
    """Make the next vouchers of a batch, in the surrounding unit of work, and ask for the rest."""
    row = VoucherBatch.objects.select_for_update().get(id=batch_id)
    if row.state != "generating":
        return
    upto = min(row.count, row.made + CHUNK)
    mine = int("".join(c for c in row.number if c.isdecimal()) or 0)
    pins = {serial_of(mine, place): _new_pin() for place in range(row.made + 1, upto + 1)}
    Voucher.objects.bulk_create(
        [
            Voucher(
                id=new_id(),
                created_at=work.now,
                changed_at=work.now,
                batch=row,
                serial=serial,
                pin_hash=hash_of(pin),
            )
            for serial, pin in pins.items()
        ]
    )
    VoucherPins(
        id=new_id(), batch=row, part=row.made // CHUNK, pins="\n".join(f"{s} {p}" for s, p in pins.items())
    ).save(force_insert=True)
    row.made, row.changed_at = upto, work.now
    if upto == row.count:
        row.state = VOUCHER_BATCH.require(row.state, "ready")
        emit(
            VoucherBatchMade(
                batch_id=row.id,
                number=row.number,
                count=row.count,
                currency=row.currency,
                face_micros=row.face_micros,
                expires_at=row.expires_at,
            )
        )
    else:
        enqueue(MAKE, {"batch": str(row.id)}, key=f"{row.id}/{upto}")
    row.save(update_fields=["made", "state", "changed_at"])


def _new_pin() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))


def export_pins(number: str, recipient: Recipient, *, actor: Actor) -> UUID:
    """Write serials and PINs into a file that only the recipient can open, and forget the PINs: they leave the house
    once. Returns the document; the encrypted file itself can be fetched again.

    Raises BatchUnknown, BatchNotReady, BatchExported, BadRecipient.
    """
    with unit_of_work(actor, "PINs exported") as work:
        row = _locked(number)
        if row.state != "ready":
            raise BatchNotReady(f"the batch is {row.state}", field="batch", value=number, expected="ready")
        if row.exported_at is not None:
            raise BatchExported(
                f"the PINs left the house on {row.exported_at.date()}", field="batch", value=number, expected="once"
            )
        parts = VoucherPins.objects.filter(batch=row).order_by("part")
        rows = [tuple(text.split(" ", 1)) for part in parts for text in part.pins.splitlines()]
        zone = catalog.published().brand.zone
        last_day = (row.expires_at - timedelta(microseconds=1)).astimezone(zone).date()
        plain = csv_of(((serial, pin) for serial, pin in rows), Money(row.face_micros, row.currency), last_day)
        name, media, content = encrypted(f"{number}.csv", plain.encode(), recipient)
        row.document_id = store(name, media, content, kind="voucher.pins", subject=number)
        VoucherPins.objects.filter(batch=row).delete()
        row.exported_at, row.exported_by, row.changed_at = work.now, actor.name[:200], work.now
        row.save(update_fields=["document_id", "exported_at", "exported_by", "changed_at"])
        emit(VoucherPinsExported(batch_id=row.id, number=number, document_id=row.document_id))
        return row.document_id


def move_batch(number: str, state: str, *, actor: Actor, reason: str) -> BatchView:
    """Freeze a batch (``frozen``: none of its vouchers can be used), or open it again (``ready``).

    Raises BatchUnknown, IllegalTransition, BatchInvalid without a reason.
    """
    if not reason.strip():
        raise BatchInvalid("why?", field="reason", expected="what happened")
    with unit_of_work(actor, reason) as work:
        row = _locked(number)
        old, row.state, row.changed_at = row.state, VOUCHER_BATCH.require(row.state, state), work.now
        row.save(update_fields=["state", "changed_at"])
        emit(VoucherBatchMoved(batch_id=row.id, number=number, old=old, new=state))
        return _batch(row)


def activate_vouchers(number: str, first: str = "", last: str = "", *, actor: Actor) -> int:
    """Let vouchers be sold, all of a batch or from one serial to another; returns how many. Their PINs must have left
    the house. Raises BatchUnknown, BatchNotReady, VoucherNotPossible."""
    with unit_of_work(actor, "vouchers activated"):
        row = _locked(number)
        if row.exported_at is None or row.state != "ready":
            raise BatchNotReady(
                "the PINs are still in the house, or the batch is frozen",
                field="batch",
                value=number,
                expected="an exported batch that is ready",
            )
        return _move_many(row, _range(row, first, last), ("generated",), "activated")


def block_vouchers(number: str, first: str, last: str = "", *, actor: Actor, reason: str) -> int:
    """Stop vouchers, from one serial to another: they cannot be sold or used. Returns how many.

    Raises BatchUnknown, VoucherNotPossible, BatchInvalid without a reason.
    """
    if not reason.strip():
        raise BatchInvalid("why?", field="reason", expected="what happened")
    with unit_of_work(actor, reason):
        row = _locked(number)
        return _move_many(
            row,
            _range(row, first, last),
            ("generated", "activated", "sold"),
            "blocked",
            blocked_for=reason.strip()[:300],
        )


def unblock_voucher(serial: str, *, actor: Actor, reason: str) -> VoucherView:
    """Let a stopped voucher be what it was before. Raises VoucherUnknown, IllegalTransition, BatchInvalid."""
    if not reason.strip():
        raise BatchInvalid("why?", field="reason", expected="what happened")
    with unit_of_work(actor, reason):
        row = locked_voucher(serial)
        before = "sold" if row.sold_at is not None else "activated"
        VOUCHER.require(row.state, before)
        _move_many(row.batch, Voucher.objects.filter(id=row.id), ("blocked",), before, blocked_for="")
        return voucher(serial)


def locked_voucher(serial: str) -> Voucher:
    """The row, locked, with its batch. Raises VoucherUnknown."""
    current_work()
    row = Voucher.objects.select_for_update(of=("self",)).select_related("batch").filter(serial=serial).first()
    if row is None:
        raise VoucherUnknown("there is no voucher of that serial", field="serial", value=serial)
    return row


def _range(batch: VoucherBatch, first: str, last: str) -> QuerySet[Voucher]:
    rows = Voucher.objects.filter(batch=batch)
    if first:
        rows = rows.filter(serial__gte=first, serial__lte=last or first)
    return rows


def _move_many(batch: VoucherBatch, rows: QuerySet[Voucher], old: tuple[str, ...], new: str, **changes: Any) -> int:
    """Move vouchers together, all or none; the states' trigger looks at each of them."""
    work = current_work()
    serials = list(rows.select_for_update().order_by("serial").values_list("serial", "state"))
    wrong = [f"{serial} is {state}" for serial, state in serials if state not in old]
    if not serials or wrong:
        raise VoucherNotPossible(
            f"{len(wrong)} of {len(serials)} vouchers are not {' or '.join(old)}",
            field="vouchers",
            value=", ".join(wrong[:3]),
            expected=f"vouchers of {batch.number} that are {' or '.join(old)}",
        )
    count = rows.update(state=new, changed_at=work.now, **changes)
    emit(
        VouchersMoved(
            batch_id=batch.id, number=batch.number, new=new, count=count, first=serials[0][0], last=serials[-1][0]
        )
    )
    return count


def sell_range(number: str, first: str, last: str, sale: str) -> tuple[BatchView, int]:
    """Mark vouchers as sold, in the surrounding unit of work; returns their batch and how many.

    Raises BatchUnknown, BatchNotReady, VoucherNotPossible.
    """
    work = current_work()
    row = _locked(number)
    if row.state != "ready":
        raise BatchNotReady(f"the batch is {row.state}", field="batch", value=number, expected="ready")
    if row.expires_at <= work.now:
        raise BatchNotReady("the batch is over", field="batch", value=number, expected="a batch that can be used")
    count = _move_many(row, _range(row, first, last), ("activated",), "sold", sold_at=work.now, sale=sale)
    return _batch(row), count


def expire_batch(batch_id: UUID) -> tuple[BatchView, int]:
    """Every voucher of a batch that can still be used is over, in the surrounding unit of work; returns the batch and
    how many of them had been sold."""
    work = current_work()
    row = VoucherBatch.objects.select_for_update().get(id=batch_id)
    if work.now < row.expires_at:
        return _batch(row), 0
    open_rows = Voucher.objects.filter(batch=row, state__in=("generated", "activated", "sold", "blocked"))
    held = list(open_rows.select_for_update().values_list("serial", "sold_at"))
    sold = sum(sold_at is not None for _, sold_at in held)
    if held:
        _move_many(row, open_rows, ("generated", "activated", "sold", "blocked"), "expired")
    return _batch(row), sold


def _locked(number: str) -> VoucherBatch:
    current_work()
    row = VoucherBatch.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise BatchUnknown("there is no such batch", field="batch", value=number)
    return row


def _batch(row: VoucherBatch) -> BatchView:
    states = dict(Voucher.objects.filter(batch=row).values_list("state").annotate(count=Count("id")).order_by("state"))
    return BatchView(
        id=row.id,
        number=row.number,
        name=row.name,
        kind=VoucherKind(row.kind),
        state=row.state,
        face=Money(row.face_micros, row.currency),
        count=row.count,
        made=row.made,
        expires_at=row.expires_at,
        credit_days=row.credit_days,
        made_by=row.made_by,
        made_at=row.created_at,
        exported_at=row.exported_at,
        exported_by=row.exported_by,
        document_id=row.document_id,
        states=states,
    )


def voucher_batch(number: str) -> BatchView:
    """One batch by its number. Raises BatchUnknown."""
    row = VoucherBatch.objects.filter(number=number).first()
    if row is None:
        raise BatchUnknown("there is no such batch", field="batch", value=number)
    return _batch(row)


def voucher_batches(*, search: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[BatchView], int]:
    """A page of batches, newest first, and how many match."""
    rows = VoucherBatch.objects.order_by("-created_at", "-id")
    if search:
        rows = rows.filter(Q(number__icontains=search) | Q(name__icontains=search))
    return [_batch(row) for row in rows[offset : offset + limit]], rows.count()


def voucher_view(row: Voucher) -> VoucherView:
    """A row as a value; its batch must have been fetched with it."""
    return VoucherView(
        id=row.id,
        serial=row.serial,
        batch=row.batch.number,
        batch_state=row.batch.state,
        state=row.state,
        face=Money(row.batch.face_micros, row.batch.currency),
        expires_at=row.batch.expires_at,
        credit_days=row.batch.credit_days,
        sold_at=row.sold_at,
        sale=row.sale,
        redeemed_at=row.redeemed_at,
        redeemed_by=row.redeemed_by,
        redemptions=row.redemptions,
        blocked_for=row.blocked_for,
    )


def voucher(serial: str) -> VoucherView:
    """One voucher by its serial. Raises VoucherUnknown."""
    row = Voucher.objects.select_related("batch").filter(serial=serial).first()
    if row is None:
        raise VoucherUnknown("there is no voucher of that serial", field="serial", value=serial)
    return voucher_view(row)


def vouchers(
    *, batch: str = "", state: str = "", search: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[VoucherView], int]:
    """A page of vouchers by serial, and how many match. ``search``: the beginning of a serial, a sale or a line."""
    rows = Voucher.objects.select_related("batch").order_by("serial")
    if batch:
        rows = rows.filter(batch__number=batch)
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(Q(serial__startswith=search) | Q(sale=search) | Q(redeemed_by=search))
    return [voucher_view(row) for row in rows[offset : offset + limit]], rows.count()


def owed_for_vouchers() -> dict[tuple[str, str], int]:
    """Micro-units that holders of sold vouchers may still ask for, by batch number and currency."""
    rows = (
        Voucher.objects.filter(Q(state="sold") | Q(state="blocked", sold_at__isnull=False))
        .values_list("batch__number", "batch__currency", "batch__face_micros")
        .annotate(count=Count("id"))
        .order_by("batch__number")
    )
    return {(number, currency): face * count for number, currency, face, count in rows}


def redeemed_vouchers() -> dict[str, datetime | None]:
    """When each redeemed voucher was used, by serial."""
    return dict(Voucher.objects.filter(state="redeemed").values_list("serial", "redeemed_at"))
