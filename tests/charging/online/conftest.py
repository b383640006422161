"""A gateway that asks charging nodes directly: one request at a time, or many at once over several nodes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from linehouse.balance import service as balance
from linehouse.charging.node import Asking, Charger, Door, Who
from linehouse.charging.ports import use_tax_rates
from linehouse.kernel.numbering import Plmn
from linehouse.platform.checks import verify
from linehouse.platform.outbox import service as outbox
from linehouse.platform.outbox.registry import consumers_of
from linehouse.platform.sql import brand_cursor
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.values import Direction, UsageEvent, UsageType
from linehouse.run.charging_node import _rate
from tests.balance.house import open_shop
from tests.conftest import in_own_thread

HOME = Plmn.parse("204-80")


@pytest.fixture
def shop(brand, actor, monkeypatch):
    """Robin sells, and what is told reaches balance and charging."""
    ours = ("balance.", "charging.")
    monkeypatch.setattr(outbox, "consumers_of", lambda name: [c for c in consumers_of(name) if c.name.startswith(ours)])
    open_shop(actor)
    before = use_tax_rates(_rate)
    yield
    use_tax_rates(before)


@dataclass(frozen=True)
class Said:
    """One request of the gateway, ready to be asked of any node."""

    line: Any
    operation: str
    session: str = "s1"
    key: str = "1"
    usage: UsageType = UsageType.DATA
    service: str = ""
    used: tuple[Report, ...] = ()
    want: int | None = None
    wants: bool = True
    totals: bool = False
    absent_is_used: bool = False
    other: str = ""
    at: Any = None
    by_imsi: bool = False
    door: Door = field(default_factory=lambda: Door("json"))

    def asking(self) -> Asking:
        """For the engine."""
        said = repr((self.operation, self.used, self.want, self.wants, self.totals, self.usage, self.other))

        def make(subject, now) -> Request:
            event = UsageEvent(
                usage_type=self.usage,
                direction=Direction.OUT,
                started_at=self.at or now,
                quantity=0,
                other_party=self.other,
                serving_plmn=HOME,
            )
            ask = Ask(
                event=event,
                service=self.service,
                used=self.used,
                want=self.want,
                wants=self.wants,
                totals=self.totals,
                absent_is_used=self.absent_is_used,
            )
            operation = Operation(self.operation)
            return Request(
                key=self.key,
                operation=operation,
                session=self.session,
                subscriber=subject.line.subscription,
                asks=(ask,),
            )

        who = Who(imsi=self.line.imsi.digits) if self.by_imsi else Who(msisdn=self.line.msisdn.digits)
        print_ = hashlib.sha256(said.encode()).hexdigest()
        return Asking(who=who, session=self.session, key=self.key, fingerprint=print_, make=make, door=self.door)


def used(*amounts: int) -> tuple[Report, ...]:
    """Usage since the last report."""
    return tuple(Report(amount) for amount in amounts)


@pytest.fixture
def nodes(shop, installation):
    """``nodes(*said, nodes=1, sweep=False)``: the answers, or the refusals, in their order."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT current_database()")
        url = installation.dsn.url(cursor.fetchone()[0])

    def put(*said: Said, nodes: int = 1, sweep: bool = False, doors: Mapping[str, Any] | None = None):
        async def run():
            pools = [await asyncpg.create_pool(url, min_size=0, max_size=4) for _ in range(nodes)]
            try:
                chargers = [Charger(pool, doors=dict(doors or {})) for pool in pools]
                asked = (chargers[place % nodes].ask(one.asking()) for place, one in enumerate(said))
                answers = await asyncio.gather(*asked, return_exceptions=True)
                if sweep:
                    await chargers[0].sweep()
                if doors:
                    await chargers[0].ask_again()
                return answers
            finally:
                for pool in pools:
                    await pool.close()

        return in_own_thread(run)

    return put


@pytest.fixture
def ask(nodes):
    """``ask(line, "start", key="2", …)``: the one service's answer."""

    def go(line, operation, **fields):
        [answer] = nodes(Said(line, operation, **fields))
        if isinstance(answer, BaseException):
            raise answer
        return answer.services[0] if len(answer.services) == 1 else answer

    return go


def figures(ref: str) -> tuple[int | None, int, int]:
    """What is left of a bucket, reserved in it, used of it."""
    bucket = balance.bucket(ref)
    return bucket.left, bucket.reserved, bucket.used


def rows(text: str, *params: Any) -> list[tuple[Any, ...]]:
    """Bare SQL."""
    with brand_cursor() as cursor:
        cursor.execute(text, list(params))
        return list(cursor.fetchall())


def lawful() -> None:
    """Every law of the house holds."""
    assert [(result.name, result.verdict.findings) for result in verify() if not result.holds] == []
