"""Reading usage by customer, subscription, file, state and time; and marking it rated and billed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest

from linehouse.kernel.ids import new_id
from linehouse.platform.work import Actor
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.usage import service
from linehouse.usage.errors import UsageFileUnknown, UsageRecordUnknown
from linehouse.usage.values import UsageFilter
from tests.usage.conftest import ADA, People, host_file, tap_file, uses

Take = Callable[[MadeFile], UUID]


def test_filters_and_pages(take: Take, people: People) -> None:
    host = take(host_file())
    tap = take(tap_file(Fault.UNKNOWN_SUBSCRIBER, of=uses(seed="abroad")))
    everything, count = service.list_usage(UsageFilter(), limit=500)
    assert count == len(everything) == len(uses()) + len(uses(seed="abroad")) + 1
    started = [one.started_at for one in everything if one.started_at]
    assert started == sorted(started, reverse=True)
    ada = people.known[ADA.imsi]
    hers, her_count = service.list_usage(UsageFilter(customer_id=ada.customer_id, file_id=host), limit=500)
    assert her_count == len([use for use in uses() if use.subscriber == ADA])
    assert {one.msisdn for one in hers} == {ADA.msisdn}
    by = service.list_usage
    assert by(UsageFilter(subscription_id=ada.product_id, file_id=host))[1] == her_count
    assert by(UsageFilter(billing_account_id=ada.billing_account_id, file_id=host))[1] == her_count
    assert by(UsageFilter(states=("rejected",)))[1] == 1
    assert by(UsageFilter(states=("guided",), file_id=tap))[1] == len(uses(seed="abroad"))
    assert by(UsageFilter(usage_type="sms", file_id=host))[1] == len([u for u in uses() if u.kind == "sms"])
    noon = datetime(2026, 10, 30, 12, tzinfo=UTC)
    early = by(UsageFilter(started_to=noon))[1]
    assert early + by(UsageFilter(started_from=noon))[1] == count
    pages = [by(UsageFilter(), offset=offset, limit=7)[0] for offset in range(0, count, 7)]
    assert [one.id for page in pages for one in page] == [one.id for one in everything]


def test_one_usage_in_any_state(take: Take) -> None:
    file_id = take(tap_file(Fault.UNKNOWN_SUBSCRIBER))
    record = service.normalised_records(file_id)[0]
    shown = service.find_usage(record.id)
    assert (shown.state, shown.quantity, shown.wholesale) == ("guided", record.quantity, record.wholesale)
    assert (shown.serving, shown.visited, shown.suspense_id) == (record.serving, True, None)
    (waiting,), _ = service.list_suspense(file_id=file_id)
    rejected = service.find_usage(waiting.record_id)
    assert (rejected.state, rejected.suspense_id, rejected.reason) == ("rejected", waiting.id, "unknown_subscriber")
    assert rejected.wholesale is not None
    with pytest.raises(UsageRecordUnknown):
        service.find_usage(new_id())


def test_files_are_found_by_state_source_and_text(take: Take) -> None:
    host, tap = take(host_file()), take(tap_file(number=17))
    take(tap_file(Fault.WRONG_CHARGE, number=18))
    assert [file.id for file in service.list_files(source="host-cdr")[0]] == [host]
    assert [file.id for file in service.list_files(text="00017")[0]] == [tap]
    assert service.list_files(state="refused")[1] == 1
    assert service.list_files(limit=1)[1] == 3
    with pytest.raises(UsageFileUnknown):
        service.find_file(new_id())
    with pytest.raises(UsageFileUnknown):
        service.reconcile(new_id())
    assert service.latest_received("host-cdr") is not None
    assert service.latest_received("roaming-nrtrde") is None


def test_rated_rerated_and_billed(take: Take, actor: Actor) -> None:
    file_id = take(host_file())
    ids = [record.id for record in service.normalised_records(file_id)]
    assert service.mark_rated(ids[:-1], actor=actor) == len(ids) - 1
    assert service.mark_rated(ids[:-1], actor=actor) == 0, "once is enough"
    found = service.reconcile(file_id)
    assert (found.rated, found.guided, found.counts_add_up) == (len(ids) - 1, 1, True)
    assert [record.id for record in service.normalised_records(file_id)] == ids[-1:]
    assert service.find_usage(ids[0]).rated_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert service.mark_rerated(ids[:2], actor=actor, reason="tariff corrected") == 2
    assert service.mark_rated(ids[:2], actor=actor) == 2
    assert service.mark_billed(ids, actor=actor, reason="INV-000001") == len(ids) - 1, "what is not rated is not billed"
    moves = [(m["old"], m["new"], m["actor"], m["reason"]) for m in service.history_of_usage(ids[0])]
    assert moves == [
        ("guided", "rated", "Ada Example", "rated"),
        ("rated", "rerated", "Ada Example", "tariff corrected"),
        ("rerated", "rated", "Ada Example", "rated"),
        ("rated", "billed", "Ada Example", "INV-000001"),
    ]
    assert service.mark_rated([], actor=actor) == 0
