"""The terms of a billing account: what was wished for, checked, and the brand's defaults for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linehouse.catalog.values import BrandProfile, TaxMode
from linehouse.customer.values import AccountWishes, Delivery
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import require_currency
from linehouse.kernel.outcome import Problem
from linehouse.party.values import is_country

LONGEST_TERMS_DAYS = 180
"""Nobody waits longer for money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTerms:
    """Everything that a billing account must know before it can be billed."""

    cycle_day: int
    currency: str
    zone: str
    payment_terms_days: int
    price_mode: TaxMode
    tax_country: str
    delivery: tuple[Delivery, ...]


def account_terms(wishes: AccountWishes, brand: BrandProfile) -> tuple[AccountTerms | None, tuple[Problem, ...]]:
    """The terms, or everything that is wrong with the wishes."""
    defaults = brand.account_defaults
    cycle_day = defaults.cycle_day if wishes.cycle_day is None else wishes.cycle_day
    days = defaults.payment_terms_days if wishes.payment_terms_days is None else wishes.payment_terms_days
    currency = wishes.currency or brand.currency
    zone = wishes.zone or str(brand.zone)
    mode = wishes.price_mode or brand.price_mode
    tax_country = (wishes.tax_country or brand.tax_country).upper()
    delivery = defaults.delivery if wishes.delivery is None else wishes.delivery
    problems = [
        problem
        for problem in (
            _cycle_day(cycle_day),
            _payment_terms(days),
            _currency(currency),
            _zone(zone),
            _mode(mode),
            _tax_country(tax_country),
            _delivery(delivery),
        )
        if problem is not None
    ]
    if problems:
        return None, tuple(problems)
    terms = AccountTerms(
        cycle_day=cycle_day,
        currency=currency,
        zone=zone,
        payment_terms_days=days,
        price_mode=TaxMode(mode),
        tax_country=tax_country,
        delivery=tuple(dict.fromkeys(Delivery(way) for way in delivery)),
    )
    return terms, ()


def check_changes(changes: Mapping[str, object], languages: tuple[str, ...]) -> tuple[Problem, ...]:
    """What is wrong with new values of an account's changeable fields; the others are refused."""
    problems: list[Problem | None] = []
    for field, value in changes.items():
        match field, value:
            case "payment_terms_days", int():
                problems.append(_payment_terms(value))
            case "delivery", tuple() | list():
                problems.append(_delivery(tuple(str(way) for way in value)))
            case "language", str():
                wanted = ", ".join(languages)
                known = value in languages
                problems.append(None if known else _wrong("language", value, f"no language {value!r}", wanted))
            case "name", str():
                problems.append(None if value.strip() else _wrong("name", value, "the name is missing", "a text"))
            case _:
                expected = "name, language, delivery or payment_terms_days"
                problems.append(_wrong(field, value, f"{field!r} of an account cannot be changed so", expected))
    return tuple(problem for problem in problems if problem is not None)


def _wrong(field: str, value: object, message: str, expected: str) -> Problem:
    return Problem("customer.account_field_invalid", message, f"account.{field}", str(value), expected)


def _cycle_day(day: int) -> Problem | None:
    return None if 1 <= day <= 31 else _wrong("cycle_day", day, "a cycle day is a day of the month", "1 to 31")


def _payment_terms(days: int) -> Problem | None:
    if 0 <= days <= LONGEST_TERMS_DAYS:
        return None
    return _wrong("payment_terms_days", days, "payment terms are out of range", f"0 to {LONGEST_TERMS_DAYS} days")


def _currency(code: str) -> Problem | None:
    try:
        require_currency(code)
    except Invalid as error:
        return _wrong("currency", code, error.message, error.expected)
    return None


def _zone(name: str) -> Problem | None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return _wrong("zone", name, f"{name!r} is no time zone", "an IANA name such as Europe/Amsterdam")
    return None


def _mode(mode: str) -> Problem | None:
    return None if mode in set(TaxMode) else _wrong("price_mode", mode, f"{mode!r} is no price mode", "gross or net")


def _tax_country(code: str) -> Problem | None:
    if is_country(code):
        return None
    return _wrong("tax_country", code, f"{code!r} is no country", "an ISO 3166-1 code such as NL")


def _delivery(ways: tuple[str, ...]) -> Problem | None:
    known = ", ".join(Delivery)
    if not ways:
        return _wrong("delivery", "", "documents are delivered somehow", known)
    wrong = [way for way in ways if way not in set(Delivery)]
    return _wrong("delivery", ", ".join(wrong), "documents cannot be delivered so", known) if wrong else None
