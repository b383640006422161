"""What the story came to, and whether the journal says the same."""

from __future__ import annotations

from dataclasses import dataclass

from linehouse.billing import service as billing
from linehouse.kernel.money import Money, money_sum
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.ledger import service as ledger
from linehouse.payment import service as payments
from linehouse.platform.checks import Result, verify
from linehouse.usage import service as usage

_ALL = 10_000


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as its room knows it and as the journal has it."""

    name: str
    told: str
    journal: str

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.told == self.journal


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures, the laws and the ledger hash."""

    figures: tuple[Figure, ...]
    laws: tuple[Result, ...]
    ledger_hash: str

    @property
    def holds(self) -> bool:
        """Whether every figure agrees and every law holds."""
        return all(figure.agrees for figure in self.figures) and all(law.holds for law in self.laws)


def _total(prefix: str, asset: str) -> int:
    return sum(account.balance for account in ledger.accounts(prefix, asset))


def summarise(currency: str = "EUR") -> Summary:
    """Compare what the rooms of the current brand know with what the journal has."""
    invoices, _ = billing.search_invoices(limit=_ALL)
    posted = [invoice for invoice in invoices if invoice.number]
    paid = [payment.amount for payment in payments.payments(limit=_ALL)[0]]
    files, _ = usage.list_files(limit=_ALL)

    def money(micros: int) -> str:
        return str(Money(micros, currency))

    figures = [
        Figure(
            "invoiced, tax included",
            str(money_sum((invoice.gross for invoice in posted), currency)),
            # What was invoiced is open still, or was paid from the bank, less what lies there for nobody's invoice.
            money(
                _total("receivable/", currency)
                + _total("bank/", currency)
                - _total("credit/", currency)
                - _total("suspense/", currency)
            ),
        ),
        Figure(
            "of it tax",
            str(money_sum((invoice.tax for invoice in posted), currency)),
            money(_total("tax/", currency)),
        ),
        Figure("paid", str(money_sum(paid, currency)), money(_total("bank/", currency))),
        Figure(
            "still open",
            str(money_sum((invoice.open for invoice in posted), currency)),
            money(_total("receivable/", currency)),
        ),
        Figure(
            "usage records taken in",
            str(sum(file.normalised + file.suspended + file.duplicates for file in files)),
            str(sum(file.records for file in files)),
        ),
    ]
    for unit, name in ((Unit.OCTET, "data"), (Unit.MILLISECOND, "talk"), (Unit.MESSAGE, "messages")):
        granted = _total("granted/", unit.value)
        rest = _total("allowance/", unit.value) + _total("used/", unit.value) + _total("expired/", unit.value)
        figures.append(Figure(f"{name} granted", Quantity(granted, unit).human(), Quantity(rest, unit).human()))
    return Summary(tuple(figures), tuple(verify()), ledger.ledger_hash())
