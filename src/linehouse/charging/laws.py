"""What must always hold of rated usage; run by ``linehouse verify``."""

from __future__ import annotations

from linehouse.charging import store
from linehouse.ledger import service as ledger
from linehouse.platform.checks import Finding, Verdict, check


@check("charging.unbilled", "The journal holds as unbilled exactly the net of rated usage that stands on no invoice.")
def unbilled_is_in_the_journal() -> Verdict:
    """Per account and currency, on both sides."""
    expected = {
        (f"unbilled/{account}", currency): net for (account, currency), net in store.unbilled_by_account().items()
    }
    found = {(row.key, row.asset): row.balance for row in ledger.accounts("unbilled/")}
    findings = tuple(
        Finding(
            f"{account} {currency}", str(expected.get((account, currency), 0)), str(found.get((account, currency), 0))
        )
        for account, currency in sorted(expected.keys() | found.keys())
        if expected.get((account, currency), 0) != found.get((account, currency), 0)
    )
    return Verdict(len(expected), findings)
