"""Real files of real operators, and the published modules: ours must read the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asn1tools  # type: ignore[import-untyped]  # the package carries no type information
import pytest

from linehouse.edge.network.ber import to_indefinite
from linehouse.edge.network.nrtrde import codec as nrtrde
from linehouse.edge.network.nrtrde.reader import read as read_nrtrde
from linehouse.edge.network.tap3 import codec as tap
from linehouse.edge.network.tap3.reader import read as read_tap
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.usage.values import RawUsage, UsageType, WholesaleCharge

pytestmark = pytest.mark.specs


@pytest.fixture
def tap_data(specs_dir: Path) -> bytes:
    return (specs_dir.parent / "data" / "tap" / "CDDNKTDSWETR90904").read_bytes()


@pytest.fixture
def nrtrde_data(specs_dir: Path) -> bytes:
    return (specs_dir.parent / "data" / "tap" / "NRTEST1SWETR0386").read_bytes()


def published(specs_dir: Path, name: str) -> Any:
    return asn1tools.compile_files(str(specs_dir / "tap3" / name), "ber")


def test_a_tap_file_is_read_whole(tap_data: bytes) -> None:
    file = read_tap(tap_data, {})
    assert (file.version, file.sender, file.recipient, file.sequence) == ("3.12", "DNKTD", "SWETR", "90904")
    assert file.created_at == datetime(2015, 11, 16, 10, 10, 17, tzinfo=UTC)
    assert file.disagreements == ()
    assert file.declared == file.summed
    assert (file.declared.records, file.declared.charge) == (5, WholesaleCharge(21, 3, "XDR"))
    # The local currency is the Danish krone; charges are in special drawing rights, since no TAP currency is named.
    assert file.notes == ("local currency DKK, 1 XDR = 9.42498 DKK (code 1)",)
    records = [record for record in file.records if isinstance(record, RawUsage)]
    assert [record.attributes["tap-event"] for record in records] == [
        "supplServiceEvent",
        "supplServiceEvent",
        "mobileTerminatedCall",
        "mobileOriginatedCall",
        "gprsCall",
    ]
    assert [record.quantity for record in records] == [
        Quantity(1, Unit.EVENT),
        Quantity(1, Unit.EVENT),
        Quantity(138_000, Unit.MILLISECOND),
        Quantity(1, Unit.MESSAGE),
        Quantity(128_434, Unit.OCTET),
    ]
    assert [record.wholesale.amount for record in records if record.wholesale] == [0, 0, 0, 16, 5]
    assert records[3].usage_type is UsageType.SMS
    assert records[2].started_at == datetime(2015, 11, 16, 8, 57, 55, tzinfo=UTC)


def test_our_tap_module_decodes_what_the_published_one_decodes(specs_dir: Path, tap_data: bytes) -> None:
    _, expected = published(specs_dir, "TAP-0312.asn").decode("DataInterChange", tap_data)
    for data in (tap_data, to_indefinite(tap_data)):
        file = tap.decode(data)
        assert file.strays == ()
        found = {**file.groups, "callEventDetails": [(event.kind, event.body) for event in file.events]}
        assert found == expected


def test_the_published_module_decodes_what_ours_encodes(specs_dir: Path, tap_data: bytes) -> None:
    module = published(specs_dir, "TAP-0312.asn")
    interchange = module.decode("DataInterChange", tap_data)
    assert module.decode("DataInterChange", tap.encode(interchange)) == interchange


def test_a_near_real_time_report_is_read_whole(specs_dir: Path, nrtrde_data: bytes) -> None:
    file = read_nrtrde(nrtrde_data, {})
    assert (file.version, file.sender, file.recipient, file.sequence) == ("2.1", "TEST1", "SWETR", "386")
    (call,) = file.records
    assert isinstance(call, RawUsage)
    assert call.quantity == Quantity(195_000, Unit.MILLISECOND)
    assert call.started_at == datetime(2015, 10, 30, 13, 3, 25, tzinfo=UTC)
    expected = published(specs_dir, "NRTRDE-0201.asn").decode("Nrtrde", nrtrde_data)
    decoded = nrtrde.decode(nrtrde_data)
    assert {**decoded.head, "callEvents": [(event.kind, event.body) for event in decoded.events]} == expected
