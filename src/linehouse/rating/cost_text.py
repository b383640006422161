"""Wholesale tariffs from text: which tariff says what usage costs, and what its currency was worth."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from zoneinfo import ZoneInfo

from linehouse.kernel.error import DomainError
from linehouse.kernel.money import require_currency
from linehouse.kernel.period import day_start
from linehouse.rating.cost import unfit
from linehouse.rating.errors import TariffLinkBroken
from linehouse.rating.marked import FieldSet, MarkedNode
from linehouse.rating.values import ExchangeRate, Tariff

EXCHANGE = FieldSet("exchange", required=("to", "from", "rate", "source"))


def read_exchange(node: MarkedNode, currency: str, zone: ZoneInfo) -> tuple[ExchangeRate, ...]:
    """The dated table of a tariff: what one unit of its currency is worth. Raises SourceTextInvalid."""
    rows: list[ExchangeRate] = []
    for item in node.items():
        given = item.mapping(EXCHANGE)
        to = given["to"].text()
        try:
            require_currency(to)
        except DomainError as problem:
            given["to"].fail(problem.message, problem.expected)
        if to == currency:
            given["to"].fail(f"the tariff is in {currency} itself", "another currency")
        rate = Fraction(given["rate"].decimal())
        if rate <= 0:
            given["rate"].fail("a rate is more than nothing", f"how many {to} one {currency} is worth")
        row = ExchangeRate(
            currency=to,
            valid_from=day_start(given["from"].day(), zone),
            rate=rate,
            source=given["source"].text(),
        )
        if any((row.currency, row.valid_from) == (other.currency, other.valid_from) for other in rows):
            given["from"].fail(f"there are two rates to {to} from {given['from'].text()}", "one rate for each day")
        rows.append(row)
    return tuple(sorted(rows, key=lambda row: (row.currency, row.valid_from)))


def require_cost_tariff(tariff: Tariff, tariffs: Mapping[str, Tariff]) -> None:
    """Raise TariffLinkBroken when a tariff's wholesale tariff does not exist or does not fit."""
    key = tariff.cost_key or ""
    if key not in tariffs:
        raise TariffLinkBroken(
            f"tariff {tariff.key!r} names the wholesale tariff {key!r}, which does not exist",
            field="cost-tariff",
            value=key,
            expected=", ".join(sorted(set(tariffs) - {tariff.key})),
        )
    if message := unfit(tariff, tariffs[key]):
        raise TariffLinkBroken(message, field="cost-tariff", value=key, expected="a tariff with `prices: net`")
