"""What usage costs the brand: the price that the host network or a roaming partner asks for the same event.

A wholesale tariff is a tariff like any other. It asks no allowance and adds no tax; where it is in another currency,
its dated table of exchange says what that was worth on the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from linehouse.kernel.rounding import Rounding, round_to_int
from linehouse.rating.price import price
from linehouse.rating.values import ExchangeRate, PaidBy, Per, Priced, Tariff, TaxMode, UsageEvent, Verdict

NO_COST_TARIFF = "no-cost-tariff"
NO_EXCHANGE = "no-exchange-rate"
NOT_ALLOWED = "blocked-by-rule"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one event costs, in micro-units of the currency asked for and without tax; None: nobody can say.

    ``rule`` names the clause (``host-wholesale v2026-11: home-calls``), with the rate of exchange where one was used.
    ``reason`` says why the cost is not known, as a code; ``detail`` as a sentence.
    """

    micros: int | None
    rule: str = ""
    reason: str = ""
    detail: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.micros is not None


NOBODY_SAYS = Cost(None, "", NO_COST_TARIFF, "neither the tariff nor the brand names a wholesale tariff")


def cost_of(wholesale: Tariff | None, event: UsageEvent, currency: str) -> Cost:
    """The cost of an event in a currency. Never raises on data."""
    if wholesale is None:
        return NOBODY_SAYS
    return cost_in(price(wholesale, event), wholesale, currency, event.started_at)


def cost_in(priced: Priced, wholesale: Tariff, currency: str, at: datetime) -> Cost:
    """The cost that a wholesale price means in a currency, by the rate in force at the instant."""
    if priced.verdict is Verdict.UNRATED:
        return Cost(None, wholesale.label, priced.reason, priced.detail)
    if any(part.paid_by is PaidBy.BLOCKED for part in priced.parts):
        return Cost(None, wholesale.label, NOT_ALLOWED, f"{wholesale.label} does not allow it, and it happened")
    clause = _clause(priced, wholesale)
    if wholesale.currency == currency:
        return Cost(priced.total.micros, clause)
    rate = rate_at(wholesale, currency, at)
    if rate is None:
        message = f"{wholesale.label} is in {wholesale.currency} and has no rate to {currency} on {at:%Y-%m-%d}"
        return Cost(None, clause, NO_EXCHANGE, message)
    micros = round_to_int(priced.total.micros * rate.rate, Rounding.HALF_UP)
    worth = f"1 {wholesale.currency} = {_decimal(rate.rate)} {currency}, {rate.source}"
    return Cost(micros, f"{clause} ({worth})")


def rate_at(wholesale: Tariff, currency: str, at: datetime) -> ExchangeRate | None:
    """The row of the tariff's table that is in force at an instant: the latest that has begun."""
    begun = [row for row in wholesale.exchange if row.currency == currency and row.valid_from <= at]
    return max(begun, key=lambda row: row.valid_from, default=None)


def cost_key_of(tariff: Tariff, brand: str | None) -> str | None:
    """The wholesale tariff of a tariff: its own, else its fallback's, else the brand's."""
    asked: Tariff | None = tariff
    while asked is not None:
        if asked.cost_key is not None:
            return asked.cost_key
        asked = asked.fallback
    return brand


def unfit(retail: Tariff, wholesale: Tariff) -> str:
    """Why a tariff cannot say what another one's usage costs; empty when it can."""
    if wholesale.key == retail.key:
        return f"tariff {retail.key!r} cannot be its own wholesale tariff"
    if wholesale.cost_key is not None:
        return f"wholesale tariff {wholesale.key!r} names a wholesale tariff itself"
    if wholesale.tax_mode is not TaxMode.NET:
        return f"wholesale tariff {wholesale.key!r} has prices with tax; what operators charge each other is without"
    if _counts_up(wholesale):
        return (
            f"wholesale tariff {wholesale.key!r} depends on what was used before, and a cost is told for each record by"
            " itself"
        )
    if wholesale.currency != retail.currency and rate_at(wholesale, retail.currency, retail.valid_from) is None:
        return (
            f"wholesale tariff {wholesale.key!r} is in {wholesale.currency}, {retail.key!r} in {retail.currency}, and "
            f"its table of exchange has no rate to {retail.currency} for {retail.valid_from:%Y-%m-%d}"
        )
    return ""


def _counts_up(tariff: Tariff) -> bool:
    """Whether a rule of it or of its fallbacks asks for accumulated usage."""
    asked: Tariff | None = tariff
    while asked is not None:
        for rule in asked.rules:
            if rule.conditions.accumulated or (rule.price is not None and rule.price.per is Per.PERIOD):
                return True
        asked = asked.fallback
    return False


def _clause(priced: Priced, wholesale: Tariff) -> str:
    rules = list(dict.fromkeys(part.rule for part in priced.parts))
    owners = list(dict.fromkeys(part.tariff for part in priced.parts)) or [wholesale.label]
    return f"{', '.join(owners)}: {', '.join(rules) or 'nothing used'}"


def _decimal(rate: Fraction) -> str:
    """A rate as it was written: a decimal, since only decimals are read."""
    digits = len(str(rate.denominator))
    scaled = rate * 10**digits
    while scaled.denominator != 1:
        digits += 1
        scaled = rate * 10**digits
    whole, part = divmod(scaled.numerator, 10**digits)
    return f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".")
