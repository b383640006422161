"""What must always hold of buckets; run by ``linehouse verify``."""

from __future__ import annotations

from linehouse.balance import money_store, sharing_store, store
from linehouse.balance.money_models import TopUp
from linehouse.balance.money_rules import Method
from linehouse.ledger import service as ledger
from linehouse.platform.checks import Finding, Verdict, check
from linehouse.resource import service as resources


@check("balance.movements", "Each bucket holds exactly the sum of its movements.")
def buckets_are_their_movements() -> Verdict:
    """Granted, used and expired against the append-only movements."""
    broken = store.unequal_to_movements()
    findings = tuple(Finding(ref, f"granted/used/expired/rolled {sums}", figures) for ref, figures, sums in broken)
    return Verdict(len(store.what_is_left()), findings)


@check("balance.ledger", "The journal holds of each bucket what the bucket holds of itself.")
def buckets_are_in_the_journal() -> Verdict:
    """What is left, by account and asset, on both sides."""
    return ledger.agreement(store.what_is_left(), "allowance/", "prepaid/")


@check("balance.members", "What lines took of a shared bucket adds up to what was used of it.")
def parts_are_the_whole() -> Verdict:
    """Each line's part against its movements, and the sum of the parts against the bucket."""
    shared, broken = sharing_store.unequal_parts()
    findings = tuple(Finding(f"{ref} {line}".strip(), moved, kept) for ref, line, kept, moved in broken)
    return Verdict(shared, findings)


@check("balance.floor", "No money falls below its floor: zero, or the overdraft that was granted.")
def nothing_below_its_floor() -> Verdict:
    """What is left of each money bucket against its overdraft, unless settled usage may go below."""
    counted, broken = money_store.below_floor()
    return Verdict(
        counted, tuple(Finding(f"{ref} {asset}", f">= {-floor}", str(left)) for ref, asset, left, floor in broken)
    )


@check("balance.clearing", "Nothing stays between the two entries of a transfer.")
def clearing_is_empty() -> Verdict:
    """The clearing accounts of the journal."""
    return ledger.agreement({}, "clearing/")


@check("balance.vouchers", "What the journal owes to holders of vouchers is the value of those sold and not used.")
def vouchers_are_owed() -> Verdict:
    """Per batch, the liability against the vouchers themselves."""
    owed = {
        (f"voucher/{batch}", currency): micros for (batch, currency), micros in resources.owed_for_vouchers().items()
    }
    return ledger.agreement(owed, "voucher/")


@check("balance.redemptions", "Every redeemed voucher is one top-up that stands, and no other is by voucher.")
def redeemed_vouchers_are_top_ups() -> Verdict:
    """Serials of redeemed vouchers against those of top-ups."""
    used = resources.redeemed_vouchers()
    booked: dict[str, int] = {}
    for serial in TopUp.objects.filter(method=Method.VOUCHER, state="booked").values_list("reference", flat=True):
        booked[serial] = booked.get(serial, 0) + 1
    findings = tuple(
        Finding(f"voucher {serial}", "one top-up" if serial in used else "no top-up", str(booked.get(serial, 0)))
        for serial in sorted(used.keys() | booked.keys())
        if booked.get(serial, 0) != (1 if serial in used else 0)
    )
    return Verdict(len(used), findings)
