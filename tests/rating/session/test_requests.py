"""Requests as doors make them: several services in one, keys and digests, versions of a catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Unit
from linehouse.rating.session.answers import Action, Refusal
from linehouse.rating.session.decide import decide
from linehouse.rating.session.lapse import pass_time
from linehouse.rating.session.requests import Ask, Operation, Report, Request
from linehouse.rating.session.terms import Policy, Terms
from linehouse.rating.values import BucketKind, UsageType
from tests.rating.session.player import tariff
from tests.rating.session.test_properties import NOW, ask, event, holding, request, stocked

PLAIN = Terms((tariff("plain"),))


def data(service, **more):
    return Ask(event=event(UsageType.DATA), service=service, **more)


def several(key, operation, *asks, session="s"):
    return Request(key=key, operation=operation, session=session, subscriber="anna", asks=asks)


def main(micros):
    return holding("main", micros, BucketKind.MAIN, "EUR")


def test_services_of_one_request_are_answered_one_by_one_and_see_each_other():
    state, _ = stocked([main(150_000)])
    barred = Ask(event=replace(event(), other_party="+31906123456"), service="adult")
    made = decide(
        state,
        several("1", Operation.START, data("10", want=10**7), barred, data("20", want=10**7)),
        PLAIN,
        NOW,
    )
    first, refused, second = made.answer.services
    assert (first.granted, first.final) == (10**7, False)
    assert refused.refusal is Refusal.DENIED
    assert (second.granted, second.final, second.action) == (5 * 10**6, True, Action.TERMINATE)
    assert made.state.holdings["main"].available == 0


def test_the_end_of_a_session_ends_every_service_of_it():
    state, _ = stocked([main(1_000_000)])
    begun = decide(state, several("1", Operation.START, data("10"), data("20")), PLAIN, NOW).state
    assert begun.holdings["main"].reserved == 200_000
    ended = decide(begun, several("2", Operation.FINISH, data("10", used=(Report(10**6),))), PLAIN, NOW).state
    assert ended.holdings["main"].reserved == 0
    assert ended.holdings["main"].available == 990_000
    assert ended.sessions["s"].closed_at == NOW


def test_a_final_fee_is_due_when_a_session_ends_by_itself():
    terms = Terms((tariff("floor"),), Policy(validity=timedelta(minutes=5), keeps=1))
    state, _ = stocked([main(1_000_000)])
    state = decide(state, request(1, Operation.START, "s", ask(want=60_000)), terms, NOW).state
    made = decide(state, request(2, Operation.UPDATE, "s", ask(used=(Report(1_000),), want=60_000)), terms, NOW)
    assert made.answer.only.charged == 10_000
    passed = pass_time(made.state, NOW + timedelta(minutes=6), terms)
    assert passed.ended == ("s",)
    # One second, and the fee for the end: less than the minimum.
    assert passed.state.holdings["main"].available == 900_000


@pytest.mark.parametrize("more", [{"want": 5}, {"used": (Report(1),)}, {"service": "10"}, {"totals": True}])
def test_another_content_has_another_digest(more):
    one = request(1, Operation.UPDATE, "s", ask())
    assert one.fingerprint == request(1, Operation.UPDATE, "s", ask()).fingerprint
    assert one.fingerprint != request(1, Operation.UPDATE, "s", ask(**more)).fingerprint


def test_sets_in_a_request_have_no_order():
    lists = [frozenset(("a", "b", "c")), frozenset(("c", "b", "a"))]
    digests = {
        request(1, Operation.START, "s", Ask(event=replace(event(), friend_lists=one))).fingerprint for one in lists
    }
    assert len(digests) == 1


def test_every_answer_says_who_was_assigned_what():
    state, _ = stocked([holding("pack", 60_000), main(1_000_000)])
    made = decide(state, request(1, Operation.START, "s", ask(used=(Report(90_000),))), PLAIN, NOW)
    told = [(one.part.start, one.part.end, one.part.bucket, one.part.tariff) for one in made.assignments]
    assert told == [(0, 60_000, "pack", "plain v1"), (60_000, 90_000, "", "plain v1")]
    more = decide(made.state, request(2, Operation.UPDATE, "s", ask(used=(Report(30_000),))), PLAIN, NOW)
    (added,) = more.assignments
    assert (added.part.start, added.part.end, added.part.amount, added.undone) == (90_000, 120_000, 75_000, False)
    back = decide(more.state, request(3, Operation.FINISH, "s", ask(used=(Report(60_000),), totals=True)), PLAIN, NOW)
    assert [(one.part.start, one.part.end, one.undone) for one in back.assignments] == [(60_000, 120_000, True)]


def test_what_the_network_does_at_the_end_is_the_policys():
    terms = Terms(PLAIN.tariffs, Policy(action=Action.REDIRECT, redirect_to="http://top-up"))
    state, _ = stocked([main(10_000)])
    answer = decide(state, request(1, Operation.START, "s", data("", want=10**7)), terms, NOW).answer.only
    assert (answer.granted, answer.action, answer.redirect_to) == (10**6, Action.REDIRECT, "http://top-up")


def test_a_tariff_that_reads_the_clock_of_the_serving_network_switches_there():
    """18:00 in London is an hour later than in Amsterdam."""
    abroad = replace(tariff("bands"), serving_time=True)
    there = replace(event(at=NOW + timedelta(hours=1)), utc_offset=timedelta(0))
    state, _ = stocked([main(10_000_000)])
    asked = Ask(event=there, want=600_000)
    now = NOW + timedelta(hours=1)
    answer = decide(state, request(1, Operation.START, "s", asked), Terms((abroad,)), now).answer.only
    assert answer.granted == 120_000
    assert (now + timedelta(minutes=2)).astimezone(ZoneInfo("Europe/London")).hour == 18


def test_the_policy_says_how_much_by_unit():
    policy = Policy(quota={Unit.OCTET: 3 * 10**6}, most={Unit.OCTET: 2 * 10**6})
    state, _ = stocked([main(1_000_000)])
    answer = decide(state, request(1, Operation.START, "s", data("")), Terms(PLAIN.tariffs, policy), NOW).answer.only
    assert answer.granted == 2 * 10**6


def ended(seconds):
    state, _ = stocked([main(1_000_000)])
    state = decide(state, request(1, Operation.START, "s", ask(want=60_000)), PLAIN, NOW).state
    return decide(state, request(2, Operation.FINISH, "s", ask(used=(Report(seconds * 1000),))), PLAIN, NOW).state


@pytest.mark.parametrize(("total", "charged"), [(90, 75_000), (30, -75_000), (60, 0), (0, -150_000)])
def test_a_record_of_what_was_charged_settles_the_difference(total, charged):
    asked = request("file", Operation.CORRECT, "s", ask(used=(Report(total * 1000),)))
    made = decide(ended(60), asked, PLAIN, NOW)
    assert (made.answer.only.charged, made.answer.only.cost) == (charged, Money(150_000 + charged, "EUR"))
    assert made.state.holdings["main"].available == 850_000 - charged
    assert (made.state.holdings["main"].reserved, made.state.sessions["s"].closed_at) == (0, NOW)
    again = decide(made.state, asked, PLAIN, NOW)
    assert (again.state, again.answer) == (made.state, made.answer)


def test_a_record_does_not_correct_what_is_unknown_or_was_given_back():
    state = ended(60)
    asked = request("file", Operation.CORRECT, "s", ask(used=(Report(90_000),), service="other"))
    assert decide(state, asked, PLAIN, NOW).answer.only.refusal is Refusal.UNKNOWN_SESSION
    state = decide(state, request(3, Operation.REFUND, "s", ask()), PLAIN, NOW).state
    asked = request("file", Operation.CORRECT, "s", ask(used=(Report(90_000),)))
    made = decide(state, asked, PLAIN, NOW)
    assert (made.answer.only.refusal, made.answer.only.charged) == (Refusal.INVALID, 0)
    assert made.state.holdings["main"].available == 1_000_000
