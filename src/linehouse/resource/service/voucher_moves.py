"""A single voucher: found by its PIN, used once, given back; and the locks against guessing."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, current_work, unit_of_work
from linehouse.resource.errors import PinsLocked, VoucherStopped, VoucherUnknown, VoucherUsed
from linehouse.resource.lifecycle import VOUCHER
from linehouse.resource.models import PinLock, Voucher
from linehouse.resource.service.vouchers import hash_of, locked_voucher, voucher_view
from linehouse.resource.voucher_events import PinsLockedEvent, VouchersMoved
from linehouse.resource.vouchers import PIN_DIGITS, Guessing, VoucherView, plain_pin


def hold_by_pin(pin: str) -> VoucherView:
    """Lock the voucher of a PIN for use, in the surrounding unit of work.

    Raises VoucherUnknown, also for one that was never sold; VoucherUsed; VoucherStopped for one that is blocked,
    over, refunded, or of a frozen batch.
    """
    work = current_work()
    plain = plain_pin(pin)
    row = None
    if len(plain) == PIN_DIGITS:
        found = Voucher.objects.select_for_update(of=("self",)).select_related("batch")
        row = found.filter(pin_hash=hash_of(plain)).first()
    if row is None or row.state in ("generated", "activated"):
        raise VoucherUnknown("no voucher has this PIN", field="pin", expected=f"the {PIN_DIGITS} digits on the voucher")
    if row.state == "redeemed":
        raise VoucherUsed(f"voucher {row.serial} was redeemed before", field="pin", expected="a voucher that is unused")
    if row.state != "sold":
        raise VoucherStopped(f"voucher {row.serial} is {row.state}", field="pin", expected="a voucher that is sold")
    if row.batch.state != "ready":
        raise VoucherStopped(f"voucher {row.serial} is stopped", field="pin", expected="a batch that is not frozen")
    if row.batch.expires_at <= work.now:
        raise VoucherStopped(f"voucher {row.serial} is over", field="pin", expected="a voucher that can still be used")
    return voucher_view(row)


def use_voucher(serial: str, line: str) -> VoucherView:
    """Mark a held voucher as redeemed by a line, in the surrounding unit of work."""
    work, row = current_work(), locked_voucher(serial)
    row.state = VOUCHER.require(row.state, "redeemed")
    row.redeemed_at, row.redeemed_by, row.redemptions = work.now, line, row.redemptions + 1
    row.changed_at = work.now
    row.save(update_fields=["state", "redeemed_at", "redeemed_by", "redemptions", "changed_at"])
    _tell(row)
    return voucher_view(row)


def unuse_voucher(serial: str) -> VoucherView:
    """A redeemed voucher is a sold one again, in the surrounding unit of work.

    Raises VoucherUnknown, IllegalTransition.
    """
    work, row = current_work(), locked_voucher(serial)
    row.state = VOUCHER.require(row.state, "sold")
    row.redeemed_at, row.redeemed_by, row.changed_at = None, "", work.now
    row.save(update_fields=["state", "redeemed_at", "redeemed_by", "changed_at"])
    _tell(row)
    return voucher_view(row)


def buy_back(serial: str) -> VoucherView:
    """A sold voucher, also one that was blocked, is refunded, in the surrounding unit of work.

    Raises VoucherUnknown, IllegalTransition; VoucherStopped for a blocked one that was never sold.
    """
    work, row = current_work(), locked_voucher(serial)
    if row.sold_at is None:
        raise VoucherStopped(
            f"voucher {serial} was never sold", field="serial", value=serial, expected="a sold voucher"
        )
    row.state, row.changed_at = VOUCHER.require(row.state, "refunded"), work.now
    row.save(update_fields=["state", "changed_at"])
    _tell(row)
    return voucher_view(row)


def _tell(row: Voucher) -> None:
    emit(
        VouchersMoved(
            batch_id=row.batch_id,
            number=row.batch.number,
            new=row.state,
            count=1,
            first=row.serial,
            last=row.serial,
        )
    )


def require_unlocked(line: str, channel: str) -> None:
    """Before a PIN is looked at, in the surrounding unit of work: guesses of one line come one after the other.

    Raises PinsLocked while the line or the channel is locked.
    """
    work = current_work()
    _row("line", line)
    rows = [PinLock.objects.select_for_update().get(kind="line", key=line)]
    # A busy channel is only read here: what comes by it does not wait for each other.
    rows += PinLock.objects.filter(kind="channel", key=channel)
    for row in rows:
        if row.locked_until is not None and work.now < row.locked_until:
            raise PinsLocked(
                f"too many wrong PINs: the {row.kind} is locked until {row.locked_until:%Y-%m-%d %H:%M} UTC",
                field=row.kind,
                value=row.key,
                expected="a later try",
            )


def count_wrong(line: str, channel: str, rules: Guessing, of_channel: int) -> None:
    """A PIN was wrong, in the surrounding unit of work: after too many the line, or the channel, is locked."""
    work = current_work()
    for kind, key, most in (("line", line, rules.wrong), ("channel", channel, of_channel)):
        if not key:
            continue
        _row(kind, key)
        row = PinLock.objects.select_for_update().get(kind=kind, key=key)
        if work.now - row.since > rules.within or (row.locked_until is not None and row.locked_until <= work.now):
            row.wrong, row.since, row.locked_until = 0, work.now, None
        row.wrong += 1
        if row.wrong >= most and row.locked_until is None:
            row.locked_until = work.now + rules.locked
            emit(PinsLockedEvent(lock_id=row.id, kind=kind, key=key, wrong=row.wrong, locked_until=row.locked_until))
        row.changed_at = work.now
        row.save(update_fields=["wrong", "since", "locked_until", "changed_at"])


def count_right(line: str) -> None:
    """A PIN was right, in the surrounding unit of work: the line's wrong ones are forgotten, the channel's are not."""
    PinLock.objects.filter(kind="line", key=line, wrong__gt=0).update(wrong=0, changed_at=current_work().now)


def unlock(kind: str, key: str, *, actor: Actor, reason: str) -> bool:
    """End a lock by hand; False where there is none."""
    with unit_of_work(actor, reason) as work:
        rows = PinLock.objects.filter(kind=kind, key=key, locked_until__isnull=False)
        return bool(rows.update(wrong=0, locked_until=None, changed_at=work.now))


def locks() -> list[tuple[str, str, int, str]]:
    """Locks that hold or have held: kind, key, wrong PINs, until when."""
    rows = PinLock.objects.filter(locked_until__isnull=False).order_by("-locked_until")[:200]
    return [(row.kind, row.key, row.wrong, f"{row.locked_until:%Y-%m-%d %H:%M}") for row in rows]


def _row(kind: str, key: str) -> UUID:
    work = current_work()
    row = PinLock(id=new_id(), created_at=work.now, changed_at=work.now, kind=kind, key=key, since=work.now)
    PinLock.objects.bulk_create([row], ignore_conflicts=True)
    return row.id
