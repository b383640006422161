"""One request, or the end of a session's time, against a line as it stands: what to answer and what to keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from linehouse.charging.controls import deciding
from linehouse.charging.controls.values import Outcome
from linehouse.charging.online.effects import BucketChange, changes
from linehouse.charging.online.records import OnlineRecord, records
from linehouse.charging.online.subject import Subject
from linehouse.rating.session.answers import Answer
from linehouse.rating.session.decide import decide
from linehouse.rating.session.lapse import lapse
from linehouse.rating.session.requests import Request
from linehouse.rating.session.state import Session, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What is to be kept before the answer leaves. ``session`` None: nothing moved, nothing is kept.

    ``subject`` is the line after it, on which the next request is decided.
    """

    answer: Answer | None
    session: Session | None
    changes: tuple[BucketChange, ...]
    records: tuple[OnlineRecord, ...]
    subject: Subject
    controls: Outcome | None = None
    """What it did to the line's caps and counters."""


def charge(subject: Subject, session: Session | None, request: Request, now: datetime) -> Effect:
    """Decide a request that was not answered before."""
    period = subject.period_of(session, now)
    before = subject.state(session, period, now)
    decision = decide(before, request, subject.terms, now, remember=False)
    after = decision.state.sessions.get(request.session)
    if after is None or decision.state is before:
        return Effect(answer=decision.answer, session=None, changes=(), records=(), subject=subject)
    return _effect(subject, session, before, decision.state, after, request.key, decision.answer, period, now)


def lapsed(subject: Subject, session: Session, now: datetime) -> Effect:
    """Release what a session keeps beyond its time, and end it when nothing of it is left."""
    period = subject.period_of(session, now)
    before = subject.state(session, period, now)
    state = lapse(before, now, subject.terms).state
    after = state.sessions[session.id]
    if after == session:
        return Effect(answer=None, session=None, changes=(), records=(), subject=subject)
    return _effect(subject, session, before, state, after, f"lapse@{now.isoformat()}", None, period, now)


def _effect(
    subject: Subject,
    session: Session | None,
    before: State,
    state: State,
    after: Session,
    key: str,
    answer: Answer | None,
    period: date,
    now: datetime,
) -> Effect:
    changed = tuple(changes(subject.buckets, before, state, subject.line))
    controls, outcome = subject.controls, None
    if controls.rules.home:
        controls, outcome = deciding.outcome(
            deciding.Decided(
                subscription_id=subject.line.subscription_id,
                line=controls,
                before=before,
                after=state,
                session_before=session,
                session=after,
                answer=answer,
                tariff=subject.terms.tariff_at(now),
                buckets=tuple({**subject.buckets, **{one.after.ref: one.after for one in changed}}.values()),
                now=now,
            )
        )
    return Effect(
        answer=answer,
        session=after,
        changes=changed,
        records=tuple(records(subject, session, after, key, changed, period)),
        subject=subject.after({change.after.ref: change.after for change in changed}, period, state.counters, controls),
        controls=outcome,
    )
