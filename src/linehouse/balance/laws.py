"""What must always hold of buckets; run by ``linehouse verify``."""

from __future__ import annotations

from linehouse.balance import sharing_store, store
from linehouse.ledger import service as ledger
from linehouse.platform.checks import Finding, Verdict, check


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
