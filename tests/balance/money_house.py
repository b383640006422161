"""Prepaid lines with money on them, for tests of money moves."""

from __future__ import annotations

from linehouse.balance import service as balance
from linehouse.balance.money_rules import Method
from linehouse.balance.service import TopUpRequest, TopUpView
from linehouse.inventory.values import ProductView
from linehouse.kernel.money import Money
from linehouse.platform.checks import verify
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor
from tests.balance.house import ROBIN, activate, register

EUR = "EUR"


def eur(text: str) -> Money:
    """An amount in euro."""
    return Money.of(text, EUR)


def use_robins_rules(actor: Actor) -> None:
    """The demo brand's file about money."""
    balance.apply_money_file((ROBIN / "money.yaml").read_text("utf-8"), actor=actor)


def prepaid_line(actor: Actor, name: str = "Sanne") -> ProductView:
    """An active prepaid line of a new customer."""
    return activate(actor, register(actor, name), "robin-prepaid-start")


def put(actor: Actor, line: ProductView, amount: str, once: str, method: Method = Method.AGENT) -> TopUpView:
    """Put money on a line."""
    return balance.top_up(TopUpRequest(line=line.number, amount=eur(amount), method=method, once=once), actor=actor)


def left(ref: str) -> str:
    """What a bucket holds, as text."""
    bucket = balance.bucket(ref)
    return Money(bucket.left or 0, bucket.asset).text


def wishes() -> list[tuple[str, str]]:
    """Wishes that sessions are asked again: line and reason, in order."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT subscription_id::text, reason FROM charging_wish ORDER BY id")
        return list(cursor.fetchall())


def broken_laws() -> list[str]:
    """Laws of money that do not hold."""
    ours = ("balance", "ledger", "voucher")
    return [str(row) for row in verify() if row.verdict.findings and row.name.split(".")[0] in ours]
