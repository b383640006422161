"""Answers on trust: how far they go, and what stays on the disk until it is charged."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from linehouse.catalog.values import BillingMode
from linehouse.charging.node.degraded_journal import Kept, TrustJournal, encoded
from linehouse.charging.node.requests import Door, Who
from linehouse.charging.online.degraded import KnownLine, Limits, Trust
from linehouse.charging.online.subject import TariffVersion
from linehouse.charging.values import Line
from linehouse.rating.session.answers import CutBy, Refusal
from linehouse.rating.session.requests import Operation, Report
from linehouse.rating.session.terms import Policy
from tests.conftest import in_own_thread
from tests.rating.session.player import tariff
from tests.rating.session.test_properties import NOW, ask, event, request

MINUTE = 60_000
"""Milliseconds; a call costs 0.15 a minute by the second."""


def known(name: str = "L-1") -> KnownLine:
    line = Line(
        customer_id=UUID(int=1),
        subscription_id=UUID(int=2),
        subscription=name,
        account_id=UUID(int=3),
        account="A-1",
        offering="plain",
        tariff_key="plain",
        billing_mode=BillingMode.PREPAID,
        currency="EUR",
        tax_country="NL",
        zone=ZoneInfo("Europe/Amsterdam"),
    )
    return KnownLine(line, (TariffVersion(tariff=tariff("plain"), catalog_version=1),), Policy())


def test_a_line_is_trusted_up_to_its_limit():
    trust = Trust(Limits(line=600_000, total=10**9))
    begun = trust.answer(known(), request(1, Operation.START, "s", ask(want=3 * MINUTE)), NOW)
    assert (begun.only.granted, begun.degraded, trust.exposure) == (3 * MINUTE, True, 450_000)
    more = trust.answer(known(), request(2, Operation.UPDATE, "s", ask(used=(Report(3 * MINUTE),), want=MINUTE)), NOW)
    assert (more.only.granted, more.only.charged, trust.exposure) == (MINUTE, 450_000, 600_000)
    last = trust.answer(known(), request(3, Operation.UPDATE, "s", ask(used=(Report(MINUTE),), want=MINUTE)), NOW)
    assert (last.only.granted, last.only.refusal, trust.exposure) == (0, Refusal.CREDIT_LIMIT, 600_000)


def test_all_lines_together_are_trusted_up_to_the_nodes_limit():
    trust = Trust(Limits(line=600_000, total=900_000))
    first = trust.answer(known("L-1"), request(1, Operation.START, "a", ask(want=4 * MINUTE)), NOW)
    second = trust.answer(known("L-2"), request(1, Operation.START, "b", ask(want=4 * MINUTE)), NOW)
    third = trust.answer(known("L-3"), request(1, Operation.START, "c", ask(want=4 * MINUTE)), NOW)
    assert [first.only.granted, second.only.granted, third.only.granted] == [4 * MINUTE, 2 * MINUTE, 0]
    assert (second.only.final, second.only.cut_by, trust.exposure) == (True, CutBy.MONEY, 900_000)
    trust.answer(known("L-1"), request(2, Operation.FINISH, "a", ask(used=(Report(MINUTE),))), NOW)
    assert trust.exposure == 450_000
    again = trust.answer(known("L-3"), request(2, Operation.START, "d", ask(want=4 * MINUTE)), NOW)
    assert again.only.granted == 3 * MINUTE


def test_a_session_from_before_goes_on_and_ends():
    trust = Trust(Limits(line=600_000, total=10**9))
    going = trust.answer(known(), request(7, Operation.UPDATE, "old", ask(used=(Report(MINUTE),), want=MINUTE)), NOW)
    assert (going.only.granted, going.only.charged, trust.exposure) == (MINUTE, 0, 150_000)
    ended = trust.answer(known(), request(8, Operation.FINISH, "older", ask(used=(Report(MINUTE),))), NOW)
    assert (ended.only.refusal, ended.only.granted, trust.exposure) == (None, None, 150_000)


def test_an_enquiry_costs_no_trust():
    trust = Trust(Limits(line=600_000, total=10**9))
    told = trust.answer(known(), request(1, Operation.ENQUIRE, "s", ask(want=MINUTE)), NOW)
    assert told.only.cost is not None
    assert (told.only.cost.micros, trust.exposure, trust.states) == (150_000, 0, {})


def kept(key: int) -> Kept:
    asked = request(key, Operation.START, "s", replace(ask(want=MINUTE), event=event()))
    answer = Trust(Limits(600_000, 600_000)).answer(known(), asked, NOW)
    return Kept(
        who=Who(msisdn="31612345678"),
        door=Door("json", {}),
        session="s",
        key=str(key),
        fingerprint="f",
        at=NOW,
        request=asked,
        answer=answer,
    )


def line(key: int) -> bytes:
    return encoded(kept(key))


def test_what_is_kept_comes_back_as_it_was(tmp_path):
    journal = TrustJournal(tmp_path, "robin")

    async def keep() -> None:
        await asyncio.gather(*(journal.keep(line(n)) for n in range(5)))

    in_own_thread(keep)
    assert journal.waits()
    with pytest.raises(OSError, match="away"), journal.left() as left:
        raise OSError("away")
    with journal.left() as left:
        assert left == [kept(n) for n in range(5)]
    assert not journal.waits()
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_died_leaves_its_file_to_others_and_one_that_lives_does_not(tmp_path):
    mine, others = TrustJournal(tmp_path, "robin"), TrustJournal(tmp_path, "robin")
    in_own_thread(lambda: mine.keep(line(1)))
    with others.left() as left:
        assert left == []
    assert mine._file is not None
    mine._file.close()
    path = next(iter(tmp_path.iterdir()))
    path.write_bytes(path.read_bytes() + b'{"who"')  # it died while it wrote
    with others.left() as left:
        assert left == [kept(1)]
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_cannot_be_read_is_put_aside_and_keeps_nobody_up(tmp_path):
    journal = TrustJournal(tmp_path, "robin")
    in_own_thread(lambda: journal.keep(line(1)))
    path = next(iter(tmp_path.iterdir()))
    path.write_bytes(b"[]\n" + path.read_bytes())
    with journal.left() as left:
        assert left == [kept(1)]
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("robin.refused", b"[]\n")]
