"""The ledger of consents: the last word counts, and no line is ever changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db.utils import ProgrammingError

from linehouse.kernel.outcome import InvalidFields
from linehouse.party import service as party
from linehouse.party.consent_models import Consent
from linehouse.party.consent_values import ConsentChannel, ConsentSource, Purpose
from linehouse.platform.advance import Advanced
from linehouse.platform.clock.service import business_now
from linehouse.platform.work import Actor

JANE = UUID("0190a000-0000-7000-8000-00000000000a")
JOHN = UUID("0190a000-0000-7000-8000-00000000000b")


def say(actor: Actor, *, given: bool, channel: str = "", evidence: str = "ticked on paper form 12") -> None:
    party.record_consent(
        JANE, "marketing", given=given, channel=channel, source=ConsentSource.SHOP, evidence=evidence, actor=actor
    )


def test_nobody_agrees_by_silence(brand: str) -> None:
    assert party.consent_given(JANE, Purpose.MARKETING) is False
    assert party.consent_now(JANE, "marketing").entry is None


def test_the_last_word_counts_for_its_channel_and_for_all(
    brand: str, actor: Actor, advance: Callable[..., Advanced]
) -> None:
    say(actor, given=True, channel="email")
    first = business_now()
    assert party.consent_given(JANE, "marketing", channel="email")
    assert not party.consent_given(JANE, "marketing", channel="sms")
    assert not party.consent_given(JANE, "profiling", channel="email")
    assert not party.consent_given(JOHN, "marketing", channel="email")
    advance(first + timedelta(days=1))
    say(actor, given=False, evidence="")
    assert not party.consent_given(JANE, "marketing", channel="email")
    assert party.consent_given(JANE, "marketing", first, channel="email")
    assert not party.consent_given(JANE, "marketing", first - timedelta(seconds=1), channel="email")
    assert [entry.given for entry in party.consent_ledger(JANE)] == [False, True]
    assert party.consent_ledger(JANE)[0].actor == "Ada Example"


def test_a_consent_needs_evidence_and_known_words(brand: str, actor: Actor) -> None:
    with pytest.raises(InvalidFields, match="evidence"):
        say(actor, given=True, evidence=" ")
    with pytest.raises(InvalidFields) as refused:
        say(actor, given=True, channel="pigeon")
    assert refused.value.problems[0].expected == "nothing (all), email, sms, phone, post"


def test_the_database_keeps_every_line(brand: str, actor: Actor, events: Callable[[], list[str]]) -> None:
    say(actor, given=True, channel=ConsentChannel.SMS)
    assert events() == ["party.consent.changed"]
    rows = Consent.objects.filter(party_id=JANE)
    for change in ({"given": False}, {"evidence": "other words"}, {"party_id": JOHN}):
        with pytest.raises(ProgrammingError, match="Cannot update"):
            rows.update(**change)
    with pytest.raises(ProgrammingError, match="Cannot delete"):
        rows.delete()
    assert rows.update(evidence="") == 1
