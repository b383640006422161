"""`linehouse demo usage`: what subscribers do with their phones, as the host operator's nightly files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from linehouse.kernel.error import Invalid, NotFound
from linehouse.kernel.numbering import Msisdn
from linehouse.kernel.period import local_date
from linehouse.run.at_work import brand_at_work, brand_option
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.usage import Habits, Subscriber, Use, make_usage
from linehouse.simulators.world.brands import usage_inbox

if TYPE_CHECKING:
    from linehouse.inventory.values import Subscriber as Identified

_HABITS = Habits(calls=5, largest_session_octets=300_000_000)


@click.command("usage")
@click.option("--number", "numbers", multiple=True, required=True, help="A subscriber's number, such as +31610200000.")
@click.option("--days", type=click.IntRange(1, 366), default=31, show_default=True, help="At most so many days.")
@click.option("--seed", default="2026", show_default=True, help="Decides what the subscribers do.")
@brand_option
def usage(numbers: tuple[str, ...], days: int, seed: str, brand: str) -> None:
    """Let subscribers use their phones: one file of the host for each day that has passed, laid into the inbox.

    The days are the last full ones before today by the business clock, so advance it first. Days on which a number was
    nobody's are left out. The worker takes the files within seconds.
    """
    from linehouse.run import environment

    with brand_at_work(brand):
        from linehouse.catalog.service import published
        from linehouse.platform.clock.service import business_now

        profile = published().brand
        today = local_date(business_now(), profile.zone)
        lines = [Msisdn.parse(number, profile.country) for number in numbers]
        inbox = usage_inbox(environment.settings().home, brand)
        written = 0
        for day in (today - timedelta(days=back) for back in range(days, 0, -1)):
            uses = make_usage(seed, list(_subscribers(lines, day, profile.zone)), day, 1, profile.zone, _HABITS)
            if uses:
                _lay(inbox, uses, day, profile.zone, str(profile.home_network))
                written += 1
                click.echo(f"{day}: {_told(uses)}")
    if not written:
        raise Invalid(
            "there is no full day on which these numbers were in use", field="number", value=", ".join(numbers),
            expected="a number in use; `linehouse clock advance +1d` lets a day pass",
        )  # fmt: skip
    click.echo(f"{written} files lie in {inbox}; the worker of `linehouse run` takes them.")


def _subscribers(lines: Sequence[Msisdn], day: date, zone: ZoneInfo) -> Iterator[Subscriber]:
    """Those of the lines that were somebody's from the day's beginning to its end."""
    from linehouse.inventory.service import identify
    from linehouse.kernel.period import day_start

    for line in lines:
        first = identify(msisdn=line, at=day_start(day, zone))
        last = identify(msisdn=line, at=day_start(day + timedelta(days=1), zone) - timedelta(seconds=1))
        if first is not None and last is not None and first.product_id == last.product_id:
            yield Subscriber(_imsi(first, line), line.digits)


def _imsi(subscriber: Identified, line: Msisdn) -> str:
    if subscriber.imsi is None:
        raise NotFound("this number has no SIM card", field="number", value=str(line), expected="an active line")
    return subscriber.imsi.digits


def _lay(inbox: Path, uses: tuple[Use, ...], day: date, zone: ZoneInfo, plmn: str) -> None:
    """Write the day's file under the next free number; a reader never sees half of it."""
    inbox.mkdir(parents=True, exist_ok=True)
    taken = sum(1 for _ in inbox.rglob(f"*host-{day:%Y%m%d}-*.csv"))
    file = host_csv(uses, day, zone=zone, plmn=plmn, number=taken + 1)
    growing = inbox / f".{file.name}.part"
    growing.write_bytes(file.data)
    growing.rename(inbox / file.name)


def _told(uses: Sequence[Use]) -> str:
    calls, messages = (sum(use.kind == kind for use in uses) for kind in ("voice", "sms"))
    octets = sum(use.octets_up + use.octets_down for use in uses)
    return f"{calls} calls, {messages} messages, {octets // 1_000_000} MB"
