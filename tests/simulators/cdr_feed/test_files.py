"""The made files are the same for the same seed, and the readers read what the writers meant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from linehouse.edge.network.cdr_csv.reader import read as read_csv
from linehouse.edge.network.tap3.reader import read as read_tap
from linehouse.simulators.cdr_feed.chance import Chance
from linehouse.simulators.cdr_feed.files import Fault
from linehouse.simulators.cdr_feed.host_csv import charge_micros, host_csv
from linehouse.simulators.cdr_feed.roaming_tap import charge_units, roaming_tap
from linehouse.simulators.cdr_feed.usage import Subscriber, Use, make_usage
from linehouse.usage.values import ParsedFile, RawUsage

FEED = Path(__file__).resolve().parents[3] / "brands" / "robin" / "feeds" / "host-cdr.yaml"
ADA = Subscriber("204041234567890", "31612345678")
BOB = Subscriber("204041234567891", "31612345679")
ZONE = ZoneInfo("Europe/Amsterdam")


def uses(seed: str = "seed") -> tuple[Use, ...]:
    # The last days of October 2026: the clocks go back on the 25th.
    return make_usage(seed, (ADA, BOB), date(2026, 10, 24), 3, ZONE)


def csv(*faults: Fault) -> ParsedFile:
    made = host_csv(uses(), date(2026, 10, 26), zone=ZONE, faults=frozenset(faults))
    return read_csv(made.data, yaml.safe_load(FEED.read_text())["settings"])


def tap(*faults: Fault) -> ParsedFile:
    made_at = datetime(2026, 10, 27, tzinfo=UTC)
    made = roaming_tap(
        uses(), made_at, sender="DEUD2", recipient="NLDRM", number=7, zone=ZONE, faults=frozenset(faults)
    )
    assert made.name == "CDDEUD2NLDRM00007"
    return read_tap(made.data, {})


def test_the_seed_decides() -> None:
    assert uses() == uses()
    assert uses() != uses("another")
    assert [Chance("a").below(100) for _ in range(3)] == [Chance("a").below(100)] * 3
    drawn = Chance("a")
    assert len({drawn.below(2**32) for _ in range(1000)}) == 1000
    assert {drawn.between(1, 6) for _ in range(200)} == {1, 2, 3, 4, 5, 6}


def test_one_more_subscriber_changes_nothing_for_the_others() -> None:
    alone = make_usage("seed", (ADA,), date(2026, 10, 24), 3, ZONE)
    assert tuple(use for use in uses() if use.subscriber == ADA) == alone


@pytest.mark.parametrize("read", [csv, tap])
def test_the_reader_reads_what_the_writer_meant(read: type) -> None:
    file: ParsedFile = read()
    assert file.disagreements == ()
    assert file.declared.records == len(uses())
    for use, record in zip(uses(), file.records, strict=True):
        assert isinstance(record, RawUsage), record
        assert (record.usage_type, record.direction) == (use.kind, use.direction)
        assert (record.imsi, record.msisdn, record.started_at) == (
            use.subscriber.imsi,
            use.subscriber.msisdn,
            use.started_at,
        )
        expected = {"voice": use.seconds * 1000, "sms": 1, "data": use.octets_up + use.octets_down}[use.kind]
        assert record.quantity.amount == expected
        assert record.wholesale is not None
        assert record.wholesale.amount == (charge_micros(use) if read is csv else charge_units(use))


def test_faults_do_what_they_say() -> None:
    for read in (csv, tap):
        plain = read()
        assert len(read(Fault.REPEATED_RECORD).records) == len(plain.records) + 1
        assert [p.field for p in read(Fault.WRONG_COUNT).disagreements] in (
            ["trailer.records"],
            ["callEventDetailsCount"],
        )
        assert [p.field for p in read(Fault.WRONG_CHARGE).disagreements] in (["trailer.charge"], ["totalCharge"])


def test_an_empty_day() -> None:
    empty = roaming_tap((), datetime(2026, 10, 27, tzinfo=UTC), sender="DEUD2", recipient="NLDRM", number=1, zone=ZONE)
    assert read_tap(empty.data, {}).records == ()
