"""Which records tell of which session, and what they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from linehouse.charging.online.matching import Known, Told, correction, match
from linehouse.rating.session.state import ServiceState, Session
from linehouse.rating.values import UsageType
from tests.rating.session.test_properties import NOW, event

LINE, OTHER = UUID(int=1), UUID(int=2)


def session(
    name: str, *, at: int = 0, used: int = 60_000, party: str = "+31612345678", refunded: bool = False
) -> Session:
    told = replace(event(), started_at=NOW + timedelta(seconds=at), other_party=party)
    return Session(id=name, subscriber="L-1", services={"": ServiceState(event=told, used=used, refunded=refunded)})


def known(one: Session, reference: str = "", line: UUID = LINE, taken: frozenset[UsageType] = frozenset()) -> Known:
    return Known(line, reference, one, taken)


def told(key: str, *, at: int = 0, reference: str = "", party: str = "+31612345678", line: UUID = LINE) -> Told:
    return Told(key, line, reference, replace(event(), started_at=NOW + timedelta(seconds=at), other_party=party))


def test_a_reference_tells_every_partial_record():
    sessions = [known(session("a"), "77"), known(session("b"), "78")]
    records = [told(key, reference="77", at=at) for key, at in (("r1", 0), ("r2", 3_600), ("r3", 7_200))]
    assert match(records, sessions) == {"r1": "a", "r2": "a", "r3": "a"}


def test_without_one_the_nearest_session_with_the_same_party_is_it_and_only_once():
    sessions = [known(session("a", at=0)), known(session("b", at=50))]
    assert match([told("r1", at=45), told("r2", at=40), told("r3", at=41)], sessions) == {"r1": "b", "r2": "a"}


@pytest.mark.parametrize(
    "record", [told("r", at=61), told("r", party="+31687654321"), told("r", line=OTHER), told("r", at=-61)]
)
def test_what_is_other_usage(record):
    assert match([record], [known(session("a"))]) == {}


def test_what_took_its_record_already_or_was_given_back_takes_none():
    sessions = [known(session("a"), taken=frozenset({UsageType.VOICE})), known(session("b", refunded=True))]
    assert match([told("r")], sessions) == {}


def test_the_difference_is_the_last_services_and_a_smaller_one_the_largest():
    services = {
        name: ServiceState(event=replace(event(UsageType.DATA), rating_group=int(name)), used=used)
        for name, used in (("10", 5_000), ("20", 1_000))
    }
    one = Session(id="a", subscriber="L-1", services=services)
    assert correction(one, UsageType.DATA, 6_000) is None
    more = correction(one, UsageType.DATA, 6_400)
    assert more is not None
    assert (more.service, more.total, more.difference) == ("20", 1_400, 400)
    less = correction(one, UsageType.DATA, 4_000)
    assert less is not None
    assert (less.service, less.total, less.difference) == ("10", 3_000, -2_000)
    assert correction(one, UsageType.VOICE, 4_000) is None
