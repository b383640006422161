"""What must always hold of the journal; run by ``linehouse verify``."""

from __future__ import annotations

from linehouse.ledger import store
from linehouse.ledger.chart import CHART
from linehouse.ledger.values import account_class
from linehouse.platform.checks import Finding, Verdict, check

NEVER_NEGATIVE = ("voucher", "allowance")


@check("ledger.trial_balance", "Per asset, all debits equal all credits.")
def trial_balance_is_zero() -> Verdict:
    """The sum over all classes of one asset."""
    sums: dict[str, list[int]] = {}
    lines = store.trial_balance()
    for line in lines:
        both = sums.setdefault(line.asset, [0, 0])
        both[0] += line.debit
        both[1] += line.credit
    findings = tuple(
        Finding(asset, f"credit {debit}", f"credit {credit}")
        for asset, (debit, credit) in sums.items()
        if debit != credit
    )
    return Verdict(len(lines), findings, {asset: str(debit) for asset, (debit, _) in sums.items()})


@check("ledger.causes", "Every cause still has exactly the transfers with which it was posted.")
def causes_are_whole() -> Verdict:
    """The digest taken at posting against the rows as they are now."""
    broken = store.incomplete_causes()
    return Verdict(
        store.count_transfers("true", ()),
        tuple(Finding(cause, "the transfers as posted", "missing or changed transfers") for cause, _ in broken),
    )


@check("ledger.never_negative", "Sold vouchers and allowances never fall below zero.")
def liabilities_are_not_negative() -> Verdict:
    """Accounts of the classes that a subscriber can draw down."""
    found = [
        row for row in store.balances("a.class = ANY(%s)", [list(NEVER_NEGATIVE)]) if account_class(row.key) in CHART
    ]
    return Verdict(
        len(found),
        tuple(Finding(f"{row.key} {row.asset}", ">= 0", str(row.balance)) for row in found if row.balance < 0),
    )
