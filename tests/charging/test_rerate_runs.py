"""A re-rate as a run: planned, put before another person, applied once, however often it is interrupted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.db import DatabaseError, connections

from linehouse.charging import service as charging
from linehouse.charging.errors import RerateNotNow, RerateRefused
from linehouse.charging.models import Rerate, RerateSubscriber
from linehouse.charging.service import RerateRequest, rerate_runs, rerate_steps, rerate_write
from linehouse.ledger import service as ledger
from linehouse.platform.approval import service as approval
from linehouse.platform.approval.errors import OwnProposal
from linehouse.platform.checks import verify
from linehouse.usage import service as usage
from tests.balance.house import activate, register
from tests.charging.host import Cdr
from tests.charging.test_rerating import GB, US, calls, corrected, postpaid
from tests.conftest import colleague
from tests.platform.test_jobs import _terminate

__all__ = ["corrected", "postpaid"]


def asked(version, **more):
    return RerateRequest(
        start=date(2026, 11, 2),
        until=date(2026, 11, 5),
        reason="US calls were too dear",
        catalog_version=version,
        **more,
    )


@pytest.fixture
def planned(postpaid, take, corrected, actor):
    """Five calls to the United States, three of them in the period, planned with the right version."""
    take(*calls(postpaid))
    number = charging.plan_rerate(asked(corrected()), actor=actor)
    charging.finish_rerate(number)
    return number


@pytest.fixture
def other(brand):
    return colleague(brand, "finance")


def unbroken():
    return [result for result in verify() if not result.holds]


def test_the_difference_is_seen_approved_by_another_and_applied_once(planned, postpaid, actor, other, drain, events):
    view = charging.rerate_view(planned)
    assert (view.state, view.looked_at, view.changed, view.subscribers) == ("planned", 4, 3, 1)
    assert [str(money) for money in view.difference] == ["-0.60 EUR"]
    (row,), _ = charging.rerate_sums(planned)
    assert (row.rule, row.records, str(row.before), str(row.now)) == ("world-1-calls", 3, "3.00 EUR", "2.40 EUR")
    proposal = charging.propose_rerate(planned, actor=actor)
    effect = approval.find_proposal(proposal).effect
    assert effect is not None
    assert effect.micros == -600_000
    with pytest.raises(OwnProposal):
        approval.approve(proposal, actor=actor)
    assert ledger.balance(f"unbilled/{postpaid.billing_account_number}", "EUR") == 4_132_230
    events()
    assert approval.approve(proposal, actor=other).state == "applied"
    drain()
    view = charging.rerate_view(planned)
    assert (view.state, view.applied, view.left_out) == ("applied", 3, 0)
    # 3 × 0.80 and 2 × 1.00 with 21 % tax: 3 × 0.661157 + 2 × 0.826446
    assert ledger.balance(f"unbilled/{postpaid.billing_account_number}", "EUR") == 3_636_363
    told = events()
    assert told.count("charging.usage.rated_again") == 1
    assert told.count("charging.rerate.state_changed") == 3
    rows, count = charging.rated_usage(subscription_id=postpaid.id)
    assert (count, sorted(row.revision for row in rows)) == (5, [0, 0, 1, 1, 1])
    assert [row.sequence for row in sorted(rows, key=lambda row: row.started_at)] == [1, 2, 3, 4, 5]
    assert {usage.find_usage(row.record_id).state for row in rows} == {"rated"}
    assert unbroken() == []


def test_again_it_changes_nothing(planned, actor, other, drain):
    approval.approve(charging.propose_rerate(planned, actor=actor), actor=other)
    drain()
    version = Rerate.objects.get().catalog_version
    again = charging.plan_rerate(asked(version), actor=actor)
    charging.finish_rerate(again)
    assert charging.rerate_view(again).changed == 0
    with pytest.raises(RerateNotNow, match="nothing differs"):
        charging.propose_rerate(again, actor=actor)
    # another correction of later days leaves alone what was put right
    later = RerateRequest(start=date(2026, 11, 1), until=date(2026, 11, 2), reason="the first day", order="event")
    number = charging.plan_rerate(later, actor=actor)
    charging.finish_rerate(number)
    assert charging.rerate_view(number).changed == 0


def test_usage_that_was_billed_meanwhile_makes_it_stale(planned, postpaid, actor, other, drain):
    proposal = charging.propose_rerate(planned, actor=actor)
    first = charging.rerate_records(planned)[0][0]
    charging.mark_billed([first.record_id], "INV-1", actor=actor)
    done = approval.approve(proposal, actor=other)
    assert done.state == "refused"
    assert postpaid.number in done.result
    assert "plan it again" in done.result
    drain()
    assert charging.rerate_view(planned).state == "stale"
    again = charging.plan_rerate(asked(Rerate.objects.get(number=planned).catalog_version), actor=actor)
    charging.finish_rerate(again)
    view = charging.rerate_view(again)
    assert (view.changed, view.billed_records, [str(m) for _, m in view.billed.values()]) == (2, 1, ["1.00 EUR"])
    assert [row.invoice for row in charging.rerate_billed(again)[0]] == ["INV-1"]


def test_what_changes_while_it_waits_is_left_out_by_name(postpaid, take, corrected, actor, other, drain):
    """New usage that would cost something else, too, was not approved."""
    take(
        Cdr(postpaid, "DATA", 18 * GB, start="2026-11-03 12:00:00"),
        Cdr(postpaid, "VOICE", 61, "2026-11-03 13:00:00", US),
    )
    number = charging.plan_rerate(asked(corrected()), actor=actor)
    charging.finish_rerate(number)
    proposal = charging.propose_rerate(number, actor=actor)
    take(Cdr(postpaid, "VOICE", 61, start="2026-11-04 13:00:00", party=US), number=2)
    approval.approve(proposal, actor=other)
    drain()
    view = charging.rerate_view(number)
    assert (view.state, view.applied, view.left_out) == ("applied", 0, 1)
    (left,) = charging.rerate_left_out(number)
    assert (left.subscription, left.why) == (postpaid.number, rerate_steps.CHANGED)
    assert unbroken() == []


def test_new_usage_that_stays_as_it_is_does_no_harm(planned, postpaid, take, actor, other, drain):
    take(Cdr(postpaid, "VOICE", 61, start="2026-11-06 13:00:00", party=US), number=2)
    approval.approve(charging.propose_rerate(planned, actor=actor), actor=other)
    drain()
    assert charging.rerate_view(planned).applied == 3


def test_a_crash_between_and_within_steps_does_it_once(
    shop, take, corrected, actor, other, advance, drain, monkeypatch
):
    plans = [activate(actor, register(actor, name), "robin-sim-only-20") for name in ("Ans", "Bo", "Cas")]
    advance(datetime(2026, 11, 8, 8, tzinfo=UTC))
    for nth, plan in enumerate(plans, 1):
        take(*[Cdr(plan, "VOICE", 61, start=f"2026-11-0{day} 12:00:00", party=US) for day in (2, 3)], number=nth)
    number = charging.plan_rerate(asked(corrected()), actor=actor)
    charging.finish_rerate(number)
    before = charging.rerate_view(number)
    approval.approve(charging.propose_rerate(number, actor=actor), actor=other)
    monkeypatch.setattr(rerate_runs, "APPLY_CHUNK", 1)
    real, calls_made = rerate_write.enter_again, []

    def killed(*given):
        real(*given)
        calls_made.append(1)
        if len(calls_made) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(rerate_steps, "enter_again", killed)
    with pytest.raises(KeyboardInterrupt):
        charging.finish_rerate(number)
    assert unbroken() == []
    assert charging.rerate_view(number).done == 1
    charging.finish_rerate(number)
    view = charging.rerate_view(number)
    assert (view.state, view.applied, view.applied_sums) == ("applied", before.changed, before.sums)
    with pytest.raises(RerateNotNow):
        charging.finish_rerate(number)
    rerate_runs.go_on(view.id, 0, "applying")
    assert set(RerateSubscriber.objects.values_list("state", flat=True)) == {"applied"}
    assert unbroken() == []


def test_what_the_second_person_refuses_is_given_up(planned, actor, other, drain):
    proposal = charging.propose_rerate(planned, actor=actor)
    with pytest.raises(RerateNotNow, match="is proposed"):
        charging.finish_rerate(planned)
    approval.refuse(proposal, actor=other, note="marketing never said so")
    drain()
    view = charging.rerate_view(planned)
    assert (view.state, view.note) == ("discarded", f"{proposal} was refused")
    with pytest.raises(RerateNotNow, match="is discarded"):
        charging.propose_rerate(planned, actor=actor)


PLACES = (
    "linehouse.balance.service.rebook",
    "linehouse.ledger.service.post_all",
    "linehouse.charging.service.reversals.reverse",
    "linehouse.charging.store.insert_rated",
    "linehouse.usage.service.mark_rated",
)
"""What writing a record anew goes through, one after the other."""


@pytest.mark.parametrize("place", PLACES)
def test_killed_at_any_place_it_is_done_once(planned, brand, actor, other, drain, monkeypatch, place):
    """As kill -9 of the worker does: the server sees the connection end inside the transaction."""
    approval.approve(charging.propose_rerate(planned, actor=actor), actor=other)
    module, _, name = place.rpartition(".")
    home = import_module(module)
    real = getattr(home, name)
    killed: list[str] = []

    def kill(*given, **named):
        done = real(*given, **named)
        if not killed:
            killed.append(place)
            with connections[brand].cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                pid = cursor.fetchone()[0]
            _terminate(brand, pid)
        return done

    monkeypatch.setattr(home, name, kill)
    with pytest.raises(DatabaseError):
        charging.finish_rerate(planned)
    assert killed == [place]
    connections[brand].close()
    assert charging.rerate_view(planned).applied == 0
    assert unbroken() == []
    drain()
    view = charging.rerate_view(planned)
    assert (view.state, view.applied) == ("applied", 3)
    amounts = [row.amount.micros for row in charging.rated_usage()[0]]
    assert sorted(amounts) == [800_000] * 3 + [1_000_000] * 2
    assert unbroken() == []


def test_a_plan_is_given_up_with_a_reason(planned, actor, other, drain):
    with pytest.raises(RerateRefused):
        charging.discard_rerate(planned, actor=actor, reason=" ")
    proposal = charging.propose_rerate(planned, actor=actor)
    charging.discard_rerate(planned, actor=actor, reason="the old rate was right")
    drain()
    assert approval.find_proposal(proposal).state == "withdrawn"
    assert charging.rerate_view(planned).note == "the old rate was right"
    second = charging.plan_rerate(asked(None), actor=actor)
    charging.finish_rerate(second)
    charging.discard_rerate(second, actor=other, reason="nothing in it")
    assert charging.rerate_view(second).state == "discarded"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"until": date(2026, 11, 2)}, "until"),
        ({"reason": " "}, "reason"),
        ({"order": "random"}, "order"),
        ({"subscriptions": ("P-999999",)}, "subscriptions"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(shop, actor, more, field):
    given = {"start": date(2026, 11, 2), "until": date(2026, 11, 5), "reason": "wrong rate"} | more
    with pytest.raises(RerateRefused) as refused:
        charging.plan_rerate(RerateRequest(**given), actor=actor)
    assert refused.value.field == field
