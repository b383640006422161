"""The brand's file ``money.yaml`` as rules. Pure: reads text, opens no file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import yaml

from linehouse.balance.errors import MoneyFileInvalid
from linehouse.balance.money_rules import (
    USUAL_REASONS,
    AutomaticRules,
    Bonus,
    Method,
    MoneyRules,
    PinRules,
    Reason,
    TransferRules,
)
from linehouse.kernel.money import Money

FILE = "money.yaml"


class _Part(msgspec.Struct, frozen=True):
    """Unknown words are refused: a mistyped one would silently not hold."""


class _TopUp(_Part, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    credit_valid_days: int | None = None


class _Bonus(_Part, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    bonus: str
    text: dict[str, str]
    from_: date = msgspec.field(name="from")
    until: date | None = None
    amount_from: Decimal
    percent: Decimal | None = None
    amount: Decimal | None = None
    at_most: Decimal | None = None
    valid_days: int
    methods: list[Method] = []


class _Transfer(_Part, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    minimum: Decimal
    maximum: Decimal
    per_day: Decimal
    times_a_day: int
    fee: Decimal = Decimal(0)


class _Reason(_Part, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    reason: str
    text: dict[str, str]
    ways: list[str]
    ledger: str


class _Pins(_Part, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    wrong: int = 5
    wrong_of_channel: int = 100
    within_hours: int = 24
    locked_hours: int = 24


class _Automatic(_Part, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    attempts: int = 3
    again_after_hours: int = 24


class _File(_Part, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    currency: str
    top_up: _TopUp = _TopUp()
    bonuses: list[_Bonus] = []
    transfer: _Transfer | None = None
    adjustments: list[_Reason] = []
    pins: _Pins = _Pins()
    automatic: _Automatic = _Automatic()


def read_money(text: str) -> MoneyRules:
    """The rules of a file. Raises MoneyFileInvalid naming the field, its value and what would be right."""
    try:
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  # builds texts only: 0.10 stays as written
        given = msgspec.convert(document or {}, _File, strict=False)
    except yaml.YAMLError as error:
        raise MoneyFileInvalid(
            f"the file is no YAML: {error}", field=FILE, expected="keys and values, indented"
        ) from error
    except msgspec.ValidationError as error:
        raise MoneyFileInvalid(str(error), field=_place(error), expected="as the guide to top-ups shows") from error
    return _rules(given)


def rules_of(kept: Mapping[str, Any]) -> MoneyRules:
    """Rules as they were kept: the text of the file."""
    return read_money(str(kept["text"]))


def _place(error: msgspec.ValidationError) -> str:
    text = str(error)
    return text.rpartition("`$")[2].strip("`.") if "`$" in text else FILE


def _rules(given: _File) -> MoneyRules:
    currency = given.currency

    def money(amount: Decimal, field: str, *, least: int = 0) -> Money:
        if amount < least:
            raise MoneyFileInvalid(f"{field} is below {least}", field=field, value=amount, expected=f"at least {least}")
        return Money.of(amount, currency)

    bonuses = tuple(_bonus(row, f"bonuses[{place}]", currency) for place, row in enumerate(given.bonuses))
    transfer = None
    if given.transfer is not None:
        rules = given.transfer
        transfer = TransferRules(
            minimum=money(rules.minimum, "transfer.minimum"),
            maximum=money(rules.maximum, "transfer.maximum"),
            per_day=money(rules.per_day, "transfer.per-day"),
            times_a_day=rules.times_a_day,
            fee=money(rules.fee, "transfer.fee"),
        )
        if transfer.maximum < transfer.minimum:
            raise MoneyFileInvalid(
                "no amount fits",
                field="transfer.maximum",
                value=str(rules.maximum),
                expected=f"at least {rules.minimum}",
            )
    top_up = given.top_up
    return MoneyRules(
        currency=currency,
        minimum=None if top_up.minimum is None else money(top_up.minimum, "top-up.minimum"),
        maximum=None if top_up.maximum is None else money(top_up.maximum, "top-up.maximum"),
        credit_days=top_up.credit_valid_days,
        bonuses=bonuses,
        transfer=transfer,
        reasons={row.reason: _reason(row) for row in given.adjustments} or USUAL_REASONS,
        pins=PinRules(
            wrong=given.pins.wrong,
            wrong_of_channel=given.pins.wrong_of_channel,
            within=timedelta(hours=given.pins.within_hours),
            locked=timedelta(hours=given.pins.locked_hours),
        ),
        automatic=AutomaticRules(
            attempts=given.automatic.attempts, again_after=timedelta(hours=given.automatic.again_after_hours)
        ),
    )


def _bonus(row: _Bonus, field: str, currency: str) -> Bonus:
    if (row.percent is None) == (row.amount is None):
        raise MoneyFileInvalid(
            f"bonus {row.bonus} gives nothing or two things", field=field, value=row.bonus, expected="percent or amount"
        )
    if row.until is not None and row.until <= row.from_:
        raise MoneyFileInvalid(
            f"bonus {row.bonus} never holds", field=f"{field}.until", value=str(row.until), expected="a later day"
        )
    if row.valid_days < 1 or (row.percent is not None and row.percent <= 0):
        raise MoneyFileInvalid(f"bonus {row.bonus} gives nothing", field=field, value=row.bonus, expected="above zero")
    return Bonus(
        key=row.bonus,
        texts=row.text,
        begins=row.from_,
        ends=row.until,
        amount_from=Money.of(row.amount_from, currency),
        percent=None if row.percent is None else Fraction(row.percent),
        amount=None if row.amount is None else Money.of(row.amount, currency),
        at_most=None if row.at_most is None else Money.of(row.at_most, currency),
        valid_days=row.valid_days,
        methods=frozenset(row.methods),
    )


def _reason(row: _Reason) -> Reason:
    if not row.ways or set(row.ways) - {"up", "down"}:
        raise MoneyFileInvalid(
            f"reason {row.reason} goes no way", field="ways", value=row.ways, expected="up, down or both"
        )
    return Reason(code=row.reason, texts=row.text, up="up" in row.ways, down="down" in row.ways, gl=row.ledger)
