"""The draft of a bill: lines from entries and usage, their tax, and what each line rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from linehouse.billing.charges import Entry
from linehouse.billing.errors import DocumentDoesNotAdd
from linehouse.billing.proration import to_minor
from linehouse.billing.tax import RateTotal, Taxable, TaxRounding, tax_of
from linehouse.billing.tax_rates import TaxRate, rate_by_code, rate_on
from linehouse.billing.values import AccountFacts, Basis, LineKind, UsageItem
from linehouse.catalog.values import PriceKind, TaxMode, Texts
from linehouse.kernel.money import Money, money_sum
from linehouse.kernel.period import DatePeriod, local_date
from linehouse.kernel.quantity import Quantity

_ORDER = {LineKind.ONE_TIME: 0, LineKind.RECURRING: 1, LineKind.REVERSAL: 2, LineKind.USAGE: 3, LineKind.ADJUSTMENT: 4}


class DocumentKind(StrEnum):
    """Lines that sum below zero are issued as a credit note."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line. ``amount`` is in the price mode, rounded once from ``exact`` (micro-units); ``net`` is without tax.

    ``accrued`` is what usage has already put into the journal, net; zero for charges.
    """

    number: int
    subscription: str
    kind: LineKind
    key: str
    label: Texts
    exact: Fraction
    amount: Money
    net: Money
    mode: TaxMode
    rate: TaxRate
    gl: str
    clause: str
    covered: DatePeriod | None
    basis: tuple[Basis, ...]
    entry: Entry | None = None
    usage: tuple[UsageItem, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def rounding(self) -> Fraction:
        """What rounding added to (or took from) the sum of the children, in micro-units."""
        return self.amount.micros - self.exact

    @property
    def accrued(self) -> Money:
        """The net amount of the summed records, as the journal has it."""
        return money_sum((item.net for item in self.usage), self.amount.currency)

    @property
    def quantity(self) -> Quantity | None:
        """The summed quantity of the records, where they have one unit."""
        if not self.usage:
            return None
        return Quantity(sum(item.quantity.amount for item in self.usage), self.usage[0].quantity.unit)


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill before it has a number."""

    account: AccountFacts
    lines: tuple[DraftLine, ...]
    totals: tuple[RateTotal, ...]
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        """What the customer owes for it; below zero it is a credit."""
        return self.net + self.tax

    @property
    def kind(self) -> DocumentKind:
        """Invoice, or credit note when the sum is below zero."""
        return DocumentKind.CREDIT_NOTE if self.gross.micros < 0 else DocumentKind.INVOICE

    @property
    def rounding(self) -> Fraction:
        """All line roundings together, in micro-units."""
        return sum((line.rounding for line in self.lines), Fraction(0))


def draft(
    account: AccountFacts,
    entries: Sequence[Entry],
    usage: Iterable[UsageItem] = (),
    tax_rounding: TaxRounding = TaxRounding.RATE,
) -> Draft:
    """Lines from new entries and unbilled usage, taxed as one document.

    Raises UnknownTaxRate, MixedTaxModes, CurrencyMismatch.
    """
    lines = [_entry_line(account, entry) for entry in entries] + _usage_lines(account, usage)
    lines.sort(key=_place)
    taxed = tax_of([Taxable(line.amount, line.mode, line.rate) for line in lines], account.currency, tax_rounding)
    numbered = tuple(
        replace(line, number=number, net=net)
        for number, (line, net) in enumerate(zip(lines, taxed.line_nets, strict=True), start=1)
    )
    net = money_sum((total.net for total in taxed.totals), account.currency)
    tax = money_sum((total.tax for total in taxed.totals), account.currency)
    return Draft(account, numbered, taxed.totals, net, tax)


def _place(line: DraftLine) -> tuple[str, int, date, str]:
    begin = line.covered.start if line.covered and line.kind is not LineKind.USAGE else date.min
    return (line.subscription, _ORDER[line.kind], begin, line.key)


def tax_point(entry: Entry) -> date:
    """The day that decides the rate: the first day of what is billed in advance, the last of what is in arrears."""
    if entry.terms.kind is PriceKind.ONE_TIME or entry.terms.in_advance:
        return entry.covered.start
    return entry.covered.last


def _entry_line(account: AccountFacts, entry: Entry) -> DraftLine:
    terms = entry.terms
    if entry.is_reversal:
        kind, rate = LineKind.REVERSAL, rate_by_code(entry.tax_code)
    else:
        kind = LineKind.ONE_TIME if terms.kind is PriceKind.ONE_TIME else LineKind.RECURRING
        rate = rate_on(account.tax_country, terms.tax_category, tax_point(entry))
    return DraftLine(
        number=0,
        subscription=entry.key.subscription,
        kind=kind,
        key=terms.key,
        label=terms.label,
        exact=entry.exact,
        amount=entry.amount,
        net=entry.amount,
        mode=terms.mode,
        rate=rate,
        gl=terms.gl,
        clause=terms.clause,
        covered=entry.covered,
        basis=(Basis(str(entry.key), terms.clause, entry.exact, entry.explanation),),
        entry=entry,
    )


def _usage_lines(account: AccountFacts, usage: Iterable[UsageItem]) -> list[DraftLine]:
    groups: dict[tuple[str, str, str, str, str], list[UsageItem]] = {}
    for item in usage:
        day = local_date(item.started_at, account.zone)
        code = rate_on(account.tax_country, item.tax_category, day).code
        groups.setdefault((item.subscription, item.group, item.mode, code, item.quantity.unit), []).append(item)
    return [_usage_line(account, code, items) for (_, _, _, code, _), items in groups.items()]


def _usage_line(account: AccountFacts, code: str, items: list[UsageItem]) -> DraftLine:
    items.sort(key=lambda item: (item.started_at, str(item.record_id)))
    first, last = items[0], items[-1]
    # Records are exact to the micro-unit: they are summed first and the line is rounded once.
    total = money_sum((item.amount for item in items), account.currency)
    days = [local_date(item.started_at, account.zone) for item in (first, last)]
    return DraftLine(
        number=0,
        subscription=first.subscription,
        kind=LineKind.USAGE,
        key=first.group,
        label=first.label,
        exact=Fraction(total.micros),
        amount=to_minor(Fraction(total.micros), account.currency),
        net=total,
        mode=first.mode,
        rate=rate_by_code(code),
        gl=first.gl,
        clause=", ".join(dict.fromkeys(item.clause for item in items if item.clause)),
        covered=DatePeriod(days[0], date.fromordinal(days[1].toordinal() + 1)),
        basis=tuple(Basis(str(i.record_id), i.clause, Fraction(i.amount.micros)) for i in items),
        usage=tuple(items),
    )


def require_adds_up(made: Draft) -> None:
    """The arithmetic that every document keeps, checked before it is written. Raises DocumentDoesNotAdd.

    Lines come to the nets of their rates, rates to the sums, and each line's children with its rounding to its amount.
    """
    zero = Money.zero(made.account.currency)
    for total in made.totals:
        nets = sum((line.net for line in made.lines if line.rate.code == total.rate.code), zero)
        amounts = sum((line.amount for line in made.lines if line.rate.code == total.rate.code), zero)
        _require(f"the net of {total.rate.code}", total.net, nets)
        _require(f"the lines of {total.rate.code}", total.gross if total.mode is TaxMode.GROSS else total.net, amounts)
    _require("the net", made.net, sum((total.net for total in made.totals), zero))
    _require("the tax", made.tax, sum((total.tax for total in made.totals), zero))
    for line in made.lines:
        children = sum((child.exact for child in line.basis), Fraction(0))
        if children + line.rounding != line.amount.micros:
            raise DocumentDoesNotAdd(f"line {line.number} is not its children", field="line", value=line.number)


def _require(what: str, amount: Money, parts: Money) -> None:
    if amount != parts:
        raise DocumentDoesNotAdd(f"{what} does not add up", field=what, value=str(amount), expected=str(parts))
