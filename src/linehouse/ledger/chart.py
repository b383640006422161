"""The classes of accounts: which side is normal, and what a balance there means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """The side on which a class normally has its balance."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class AccountClass:
    """A class of accounts: its key, its normal side, and what a balance there means."""

    key: str
    side: Side
    meaning: str


CHART: dict[str, AccountClass] = {
    row.key: row
    for row in (
        AccountClass("bank", Side.DEBIT, "money at the bank"),
        AccountClass("till", Side.DEBIT, "taken at a counter or by a payment provider, and not yet at the bank"),
        AccountClass("receivable", Side.DEBIT, "invoiced and not yet paid, per billing account"),
        AccountClass("unbilled", Side.DEBIT, "used and not yet invoiced, per billing account, without tax"),
        AccountClass("cost", Side.DEBIT, "what partners charge"),
        AccountClass("writeoff", Side.DEBIT, "usage and debt that could not be collected"),
        AccountClass("credit", Side.CREDIT, "customers' money not yet set against an invoice, per billing account"),
        AccountClass("prepaid", Side.CREDIT, "bought credit not yet used, per subscription"),
        AccountClass("voucher", Side.CREDIT, "vouchers that were sold and not yet redeemed, per batch"),
        AccountClass("clearing", Side.CREDIT, "between the two entries of one transfer; nothing stays here"),
        AccountClass("deferred", Side.CREDIT, "invoiced and not yet earned"),
        AccountClass("tax", Side.CREDIT, "tax owed, per country and rate"),
        AccountClass("payable", Side.CREDIT, "owed to partners"),
        AccountClass("suspense", Side.CREDIT, "money whose owner is not known yet"),
        AccountClass("revenue", Side.CREDIT, "earned, per kind"),
        AccountClass("forgone", Side.CREDIT, "used and never billed, by reason; no revenue"),
        AccountClass("rounding", Side.CREDIT, "differences of named roundings"),
        AccountClass("allowance", Side.CREDIT, "units that a subscriber may still use, per bucket"),
        AccountClass("granted", Side.DEBIT, "units given to subscribers"),
        AccountClass("used", Side.CREDIT, "units that subscribers have used"),
        AccountClass("expired", Side.CREDIT, "units that expired unused"),
    )
}
"""Every class of the chart of accounts by key."""
