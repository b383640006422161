"""A brand with every kind of control, lines that are charged while they are used, and a clock that moves."""

from __future__ import annotations

import asyncio
from datetime import datetime

import asyncpg

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.charging.node import Asking, Charger, Door, Who
from linehouse.kernel.numbering import Plmn
from linehouse.rating.session.answers import Answer, ServiceAnswer
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.values import Direction, UsageEvent, UsageType
from tests.balance.house import ROBIN
from tests.conftest import in_own_thread

CONTROLS = """
always-open: [robin-service]
limits:
  child:
    name: {en: All spending}
    of: {}
    per: billing-month
    consent: true
  new-line-premium:
    name: {en: Paid numbers on a new line}
    of: {usage-type: voice, number-kind: premium}
    amount: 5.00
    per: rolling
    within: 60 min
    first-days: 30
attempts:
  new-line-international:
    name: {en: Calls abroad on a new line}
    of: {usage-type: voice, direction: out, international: true}
    most: 3
    within: 10 min
    first-days: 30
policy-counters:
  speed:
    name: {en: Speed of data}
    of: {usage-type: data, where: [home, union]}
    per: billing-month
    allowance: data
    turbo: [turbo]
    statuses:
      - {status: turbo, acts: turbo, when: {boosted: true}}
      - {status: slow, acts: throttle, when: {used: 3 GB}}
      - {status: reduced, acts: throttle, when: {used: 2 GB}}
      - {status: full-speed}
"""
US, FR, NL = Plmn.parse("310-410"), Plmn.parse("208-01"), Plmn.parse("204-04")


def publish(actor) -> None:
    """Robin's catalogue with these controls, as the next version."""
    files = {**read_folder(ROBIN), "controls/robin.yaml": CONTROLS}
    catalog.apply_texts(files, actor=actor, base_version=1)


def usage(kind=UsageType.DATA, *, at: datetime, to: str = "", plmn: Plmn | None = NL) -> UsageEvent:
    """Something that is used from now on."""
    return UsageEvent(
        usage_type=kind, direction=Direction.OUT, started_at=at, quantity=0, other_party=to, serving_plmn=plmn
    )


def asking(
    msisdn: str,
    operation: Operation,
    session: str,
    key: str,
    *,
    kind=UsageType.DATA,
    to: str = "",
    plmn: Plmn | None = NL,
    want: int | None = None,
    used: int | None = None,
    since: datetime | None = None,
) -> Asking:
    """One request of a gateway."""

    def make(subject, now):
        event = usage(kind, at=since or now, to=to, plmn=plmn)
        reports = () if used is None else (Report(used),)
        ask = Ask(event=event, used=reports, want=want, wants=operation is not Operation.FINISH)
        return Request(key=key, operation=operation, session=session, subscriber=subject.line.subscription, asks=(ask,))

    return Asking(Who(msisdn=msisdn), session, key, f"{operation}/{key}/{want}/{used}/{to}/{plmn}", make, Door("json"))


class Engine:
    """Charges as so many nodes as wished, each request of a call at once."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, *askings: Asking, nodes: int = 1) -> list[Answer | Exception]:
        async def run():
            pools = [await asyncpg.create_pool(self._url, min_size=0, max_size=4) for _ in range(nodes)]
            try:
                chargers = [Charger(pool) for pool in pools]
                return await asyncio.gather(
                    *(chargers[place % nodes].ask(one) for place, one in enumerate(askings)), return_exceptions=True
                )
            finally:
                for pool in pools:
                    pool.terminate()

        return in_own_thread(run)

    def one(self, asked: Asking) -> ServiceAnswer:
        [answer] = self.ask(asked)
        assert isinstance(answer, Answer), answer
        return answer.services[0]

    def run(self, work):
        """Run ``work(connection)`` on a connection of its own."""

        async def go():
            connection = await asyncpg.connect(self._url)
            try:
                return await work(connection)
            finally:
                await connection.close()

        return in_own_thread(go)
