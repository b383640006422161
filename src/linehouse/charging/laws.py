"""What must always hold of rated usage; run by ``linehouse verify``."""

from __future__ import annotations

from linehouse.charging import controls_store, store
from linehouse.charging.posting import ABOVE_LIMIT
from linehouse.charging.service import counters, hours, reversals
from linehouse.ledger import service as ledger
from linehouse.platform.checks import Finding, Verdict, check


@check("charging.hours", "The sums of usage by the hour are exactly those of the rated records, cost included.")
def hours_are_the_records() -> Verdict:
    """By plan, kind of usage and currency: records, quantity, amounts, costs."""
    findings = [
        Finding("/".join(name for name in key if name) or "usage", f"records {records}", f"hours {summed}")
        for key, records, summed in hours.unequal_hours()
    ]
    return Verdict(hours.hours_kept(), tuple(findings))


@check("charging.entries", "Of each record one entry stands at most; entries taken back come to nothing.")
def reversals_are_the_entries() -> Verdict:
    """Of the records that were rated again."""
    findings = tuple(Finding(*broken) for broken in reversals.unequal())
    return Verdict(reversals.reversed_entries(), findings)


@check("charging.counters", "What rated records say that they counted in a period is what its counters hold.")
def counters_are_the_records() -> Verdict:
    """By subscription, period and counter."""
    findings = [Finding(name, f"records {said}", f"counter {kept}") for name, said, kept in counters.unequal()]
    return Verdict(counters.kept(), tuple(findings))


@check("charging.unbilled", "The journal holds as unbilled exactly the net of rated usage that stands on no invoice.")
def unbilled_is_in_the_journal() -> Verdict:
    """Per account and currency, on both sides."""
    expected = {
        (f"unbilled/{account}", currency): net for (account, currency), net in store.unbilled_by_account().items()
    }
    return ledger.agreement(expected, "unbilled/")


@check("charging.above_limit", "The journal writes off exactly the net of usage that lay above a limit.")
def losses_are_in_the_journal() -> Verdict:
    """Per currency, of the entries that stand."""
    expected = {(ABOVE_LIMIT, currency): net for currency, net in store.losses().items() if net}
    return ledger.agreement(expected, ABOVE_LIMIT)


@check("charging.limits", "What limits say is reserved in them is what open sessions keep, and no more.")
def limits_are_of_sessions() -> Verdict:
    """By line, limit and period, on both sides."""
    kept = controls_store.reservations()
    findings = tuple(
        Finding(name, f"sessions keep {of_sessions}", f"the limit says {of_limit}")
        for name, (of_limit, of_sessions) in kept.items()
        if of_limit != of_sessions
    )
    return Verdict(len(kept), findings)


@check("charging.reserved", "What buckets say is reserved in them is what open sessions keep, and no more.")
def reservations_are_of_sessions() -> Verdict:
    """By bucket, on both sides."""
    kept = store.reservations()
    findings = tuple(
        Finding(ref, f"sessions keep {of_sessions}", f"the bucket says {of_bucket}")
        for ref, (of_bucket, of_sessions) in kept.items()
        if of_bucket != of_sessions
    )
    return Verdict(len(kept), findings)
