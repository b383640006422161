"""A file is taken in whole or refused and kept; every record is somewhere, once, and the sums agree."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from uuid import UUID

import pytest
from django.db import IntegrityError, connections

from linehouse.edge.network.nrtrde import codec as nrtrde
from linehouse.edge.network.tap3 import codec as tap
from linehouse.platform.documents import service as documents
from linehouse.platform.scope import brand_scope
from linehouse.platform.work import Actor
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.simulators.cdr_feed.usage import Subscriber
from linehouse.usage import service
from linehouse.usage.errors import DeliveryReused, FeedUnknown
from linehouse.usage.laws import every_charge_is_somewhere, every_record_is_somewhere
from linehouse.usage.models import UsageFile
from linehouse.usage.values import UsageFilter
from tests.edge.network.nrtrde.test_reader import CALL, report
from tests.edge.network.tap3.batches import DATA, batch
from tests.usage.conftest import ADA, BOB, People, host_file, tap_file, uses

Take = Callable[[MadeFile], UUID]
Events = Callable[[], list[str]]


def require_complete(file_id: UUID) -> None:
    """Nothing is lost, nothing counts twice, the money agrees."""
    file, found = service.find_file(file_id), service.reconcile(file_id)
    assert file.records == file.normalised + file.duplicates + file.suspended
    assert found.counts_add_up, found
    assert found.charges_agree, found
    for law in (every_record_is_somewhere, every_charge_is_somewhere):
        verdict = law()
        assert verdict.examined >= 1
        assert verdict.findings == ()


def test_a_host_file(take: Take, events: Events, people: People) -> None:
    made = host_file()
    file_id = take(made)
    assert events() == ["usage.file.received", "usage.file.processed"]
    file = service.find_file(file_id)
    assert (file.state, file.source, file.format) == ("processed", "host-cdr", "csv")
    assert file.records == file.normalised == len(uses())
    assert documents.load(file.document_id).content == made.data
    require_complete(file_id)
    records = service.normalised_records(file_id)
    assert len(records) == len(uses())
    assert [(r.started_at, r.position) for r in records] == sorted((r.started_at, r.position) for r in records)
    ada = people.known[ADA.imsi]
    assert {r.customer_id for r in records} == {ada.customer_id, people.known[BOB.imsi].customer_id}
    mine = next(r for r in records if r.imsi == ADA.imsi)
    assert (mine.subscription_id, mine.billing_account_id, mine.msisdn) == (
        ada.product_id,
        ada.billing_account_id,
        ADA.msisdn,
    )
    assert (mine.visited, str(mine.serving), mine.serving.country) == (False, "204-04", "NL")
    assert people.asked == 1, "subscribers are asked for once, however many records there are"


def test_a_roaming_file(take: Take) -> None:
    file_id = take(tap_file())
    file = service.find_file(file_id)
    assert (file.version, file.sender, file.recipient, file.sequence) == ("3.12", "DEUD2", "NLDRM", "00001")
    assert file.declared_charge == file.summed_charge
    require_complete(file_id)
    found = service.reconcile(file_id)
    assert (found.currency, found.declared, found.guided) == ("XDR", found.by_outcome["guided"], file.records)
    record = service.normalised_records(file_id)[0]
    assert (record.visited, str(record.serving), record.serving.country) == (True, "262-02", "DE")
    assert record.utc_offset == 60
    assert record.wholesale is not None


def test_the_same_content_again_is_refused_and_kept(take: Take, events: Events, actor: Actor) -> None:
    first = take(host_file())
    events()
    second = service.receive_file("again.csv", host_file().data, "host-cdr", actor=actor)
    assert events() == ["usage.file.refused"]
    assert second != first
    file = service.find_file(second)
    assert (file.state, file.reason) == ("refused", "duplicate_file")
    assert "came as host-20261031-001.csv before" in file.message
    assert documents.load(file.document_id).content == host_file().data
    assert service.find_file(first).state == "processed"


def test_the_same_delivery_again_is_the_same_file(feeds: None, actor: Actor) -> None:
    made = host_file()
    first = service.receive_file(made.name, made.data, actor=actor, delivery="d1")
    assert service.receive_file(made.name, made.data, actor=actor, delivery="d1") == first
    with pytest.raises(DeliveryReused):
        service.receive_file(made.name, made.data + b"x", actor=actor, delivery="d1")
    assert UsageFile.objects.count() == 1


def test_the_database_holds_one_file_of_a_content(feeds: None, actor: Actor) -> None:
    made = host_file()
    file_id = service.receive_file(made.name, made.data, actor=actor)
    row = UsageFile.objects.get(id=file_id)
    row.pk = None
    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_a_file_may_be_processed_twice_and_counts_once(take: Take, actor: Actor, events: Events) -> None:
    file_id = take(host_file())
    events()
    service.process_file(file_id, actor=actor)
    assert events() == []
    require_complete(file_id)


def test_a_worker_killed_while_reading_leaves_nothing_and_reads_again(
    feeds: None, actor: Actor, drain: Callable[[], int], events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The process is gone."""

    def dies(*_: object, **__: object) -> None:
        raise Killed

    made = host_file()
    file_id = service.receive_file(made.name, made.data, actor=actor)
    events()
    with monkeypatch.context() as patch:
        patch.setattr("linehouse.usage.service.process.add_waiting", dies)
        with pytest.raises(Killed):
            drain()
    assert events() == []
    assert service.find_file(file_id).state == "received"
    assert service.list_usage(UsageFilter())[1] == 0
    drain()
    assert events() == ["usage.file.processed"]
    require_complete(file_id)


@pytest.mark.parametrize(
    ("made", "reason", "words"),
    [
        (tap_file(Fault.TRUNCATED), "unreadable", "at offset"),
        (tap_file(Fault.UNKNOWN_VERSION), "unknown_version", "version 3.42"),
        (tap_file(Fault.WRONG_COUNT), "wrong_totals", "callEventDetailsCount"),
        (tap_file(Fault.WRONG_CHARGE), "wrong_totals", "totalCharge"),
        (tap_file(recipient="NLDXX"), "wrong_recipient", "for NLDXX"),
        (host_file(Fault.TRUNCATED), "unreadable", "trailer"),
        (host_file(Fault.WRONG_COUNT), "wrong_totals", "trailer counts"),
        (host_file(Fault.WRONG_CHARGE), "wrong_totals", "trailer says"),
        (MadeFile("host-1.csv", b""), "unreadable", "header has no column"),
        (MadeFile("picture.png", b"\x89PNG"), "unknown_format", "belongs to no feed"),
    ],
)
def test_a_bad_file_is_refused_with_its_reason_and_kept(
    made: MadeFile, reason: str, words: str, take: Take, events: Events
) -> None:
    file_id = take(made)
    assert events()[-1] == "usage.file.refused"
    file = service.find_file(file_id)
    assert (file.state, file.reason) == ("refused", reason)
    assert words in file.message
    assert documents.load(file.document_id).content == made.data
    assert service.list_usage(UsageFilter())[1] == 0
    assert service.list_suspense()[1] == 0


def test_a_refused_file_may_come_again(take: Take, actor: Actor) -> None:
    bad = tap_file(Fault.WRONG_CHARGE)
    first, second = take(bad), take(bad)
    assert [service.find_file(one).reason for one in (first, second)] == ["wrong_totals"] * 2
    good = take(tap_file())
    assert service.find_file(good).state == "processed", "a refused file does not use its number up"


def test_a_number_that_was_used_is_refused(take: Take) -> None:
    take(tap_file(of=uses(seed="one")))
    again = take(tap_file(of=uses(seed="two")))
    file = service.find_file(again)
    assert (file.state, file.reason) == ("refused", "sequence_repeated")


def test_missing_numbers_are_found(take: Take) -> None:
    for number in (1, 2, 5):
        take(tap_file(number=number, of=uses(seed=str(number), days=1)))
    assert service.missing_numbers("roaming-tap", "DEUD2") == [3, 4]


def test_bad_records_wait_with_their_reasons_and_the_counts_add_up(take: Take, events: Events) -> None:
    faults = (
        Fault.REPEATED_RECORD,
        Fault.CONTRADICTING_RECORD,
        Fault.UNKNOWN_SUBSCRIBER,
        Fault.OLD_RECORD,
        Fault.FUTURE_RECORD,
    )
    file_id = take(tap_file(*faults))
    assert events() == ["usage.file.received", *["usage.record.suspended"] * 4, "usage.file.processed"]
    file = service.find_file(file_id)
    assert (file.records, file.duplicates, file.suspended) == (len(uses()) + 5, 1, 4)
    require_complete(file_id)
    waiting, count = service.list_suspense()
    assert count == 4
    assert sorted(one.reason for one in waiting) == [
        "conflicting_duplicate",
        "in_future",
        "too_old",
        "unknown_subscriber",
    ]
    (duplicate,) = service.duplicates_of(file_id)
    assert (duplicate["first_file_id"], duplicate["first_position"]) == (file_id, 1)
    found = service.reconcile(file_id)
    assert (found.suspended, found.duplicates) == (4, 1)
    assert found.declared == sum(found.by_outcome.values(), Fraction(0))


def test_a_record_that_came_in_an_earlier_file_is_a_repeat(take: Take) -> None:
    first = take(host_file())
    overlapping = host_file(number=2, of=(*uses(), *uses(seed="more")))
    second = take(overlapping)
    file = service.find_file(second)
    assert (file.duplicates, file.normalised) == (len(uses()), len(uses(seed="more")))
    assert {row["first_file_id"] for row in service.duplicates_of(second)} == {first}
    require_complete(second)


def test_negative_quantities_and_unreadable_rows_wait(take: Take) -> None:
    made = host_file(of=uses(days=1))
    lines = made.data.decode().splitlines()
    place = next(i for i, line in enumerate(lines) if ";VOICE;" in line)
    cells = lines[place].split(";")
    cells[8] = "-60"
    lines[place] = ";".join(cells)
    lines[place + 1 if place + 2 < len(lines) else place - 1] = "garbage"
    file_id = take(MadeFile(made.name, "\n".join(lines).encode()))
    file = service.find_file(file_id)
    assert (file.state, file.suspended) == ("processed", 2)
    reasons = {one.reason: one for one in service.list_suspense()[0]}
    assert set(reasons) == {"negative_quantity", "unreadable"}
    assert reasons["unreadable"].evidence == "garbage"
    assert service.reconcile(file_id).counts_add_up


def test_numbers_that_no_table_holds_wait_as_text(take: Take) -> None:
    made = host_file(of=uses(days=1))
    lines = made.data.decode().splitlines()
    place = next(i for i, line in enumerate(lines) if ";VOICE;" in line)
    cells = lines[place].split(";")
    cells[8] = "9" * 30
    lines[place] = ";".join(cells)
    file_id = take(MadeFile(made.name, "\n".join(lines).encode()))
    assert service.find_file(file_id).state == "processed"
    (one,), _ = service.list_suspense()
    assert (one.reason, one.record) == ("unreadable", None)
    assert "9" * 30 in one.evidence
    assert service.reconcile(file_id).counts_add_up


def test_nobody_is_charged_when_imsi_and_msisdn_disagree(take: Take) -> None:
    mixed = Subscriber(ADA.imsi, BOB.msisdn)
    file_id = take(host_file(of=uses(mixed, days=1)))
    assert service.find_file(file_id).normalised == 0
    assert {one.reason for one in service.list_suspense()[0]} == {"identity_conflict"}


def test_the_msisdn_serves_where_the_imsi_is_unknown(take: Take) -> None:
    file_id = take(host_file(of=uses(Subscriber("204049999999999", ADA.msisdn), days=1)))
    assert service.find_file(file_id).suspended == 0


def test_reports_are_never_charged(take: Take) -> None:
    event = (CALL[0], {**CALL[1], "callEventStartTimeStamp": b"20261031093000"})
    file_id = take(MadeFile("NRDEUD2NLDRM0000386", nrtrde.encode(report(event))))
    file = service.find_file(file_id)
    assert (file.state, file.format, file.chargeable, file.normalised) == ("processed", "nrtrde", False, 1)
    assert service.normalised_records(file_id) == []
    found = service.reconcile(file_id)
    assert (found.reported, found.guided, found.counts_add_up) == (1, 0, True)


def test_test_files_are_never_charged(take: Take) -> None:
    sent = batch(DATA, total=500)
    sent["batchControlInfo"]["fileTypeIndicator"] = b"T"
    basic = sent["callEventDetails"][0][1]["gprsBasicCallInformation"]
    basic["callEventStartTimeStamp"] = {"localTimeStamp": b"20261031093000", "utcTimeOffsetCode": 1}
    file_id = take(MadeFile("TDDEUD2NLDRM00042", tap.encode(("transferBatch", sent))))
    assert service.normalised_records(file_id) == []
    assert service.reconcile(file_id).reported == 1


def test_a_source_that_is_not_known(feeds: None, actor: Actor) -> None:
    with pytest.raises(FeedUnknown) as caught:
        service.receive_file("x", b"x", "nowhere", actor=actor)
    assert "host-cdr" in caught.value.expected


def test_a_month_without_a_partition_gets_one(take: Take, brand: str) -> None:
    take(host_file())
    with connections[brand].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM usage_record_default")
        assert cursor.fetchone() == (0,)


def test_two_brands_know_nothing_of_each_other(take: Take, second_brand: str) -> None:
    take(host_file())
    with brand_scope(second_brand):
        assert service.list_files() == ([], 0)
        assert service.feeds() == ()


def test_the_laws_see_what_is_lost(take: Take, brand: str) -> None:
    take(tap_file(Fault.UNKNOWN_SUBSCRIBER))
    with connections[brand].cursor() as cursor:
        cursor.execute(
            "DELETE FROM usage_record WHERE position = (SELECT max(position) FROM usage_record WHERE charge > 0)"
        )
    assert [finding.subject for finding in every_record_is_somewhere().findings] == ["CDDEUD2NLDRM00001"]
    assert [finding.subject for finding in every_charge_is_somewhere().findings] == ["CDDEUD2NLDRM00001"]
