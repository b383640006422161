"""What must always hold of rated usage; run by ``linehouse verify``."""

from __future__ import annotations

from linehouse.charging import store
from linehouse.ledger import service as ledger
from linehouse.platform.checks import Verdict, check


@check("charging.unbilled", "The journal holds as unbilled exactly the net of rated usage that stands on no invoice.")
def unbilled_is_in_the_journal() -> Verdict:
    """Per account and currency, on both sides."""
    expected = {
        (f"unbilled/{account}", currency): net for (account, currency), net in store.unbilled_by_account().items()
    }
    return ledger.agreement(expected, "unbilled/")
