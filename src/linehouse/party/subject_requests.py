"""Requests of data subjects: taken in, identity checked, answered or refused within a month of business time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import Problem
from linehouse.party import service as party
from linehouse.party.errors import NotIdentified, ReasonNeeded, SubjectRequestUnknown
from linehouse.party.events import PartyErased, SubjectRequestMoved, SubjectRequestReceived
from linehouse.party.export import export_of
from linehouse.party.lifecycle import SUBJECT_REQUEST
from linehouse.party.models import SubjectRequest
from linehouse.party.tasks import ERASED_AGAIN
from linehouse.party.tasks import SUBJECT_REQUEST as TASK
from linehouse.party.values import RequestKind, RequestView
from linehouse.platform.documents.service import Sealing, store
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.personal.access_log import note_access
from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.erase import AGAIN, Effect, effects_of, erase, obstacles_of
from linehouse.platform.work import SYSTEM, Actor, Work, unit_of_work
from linehouse.platform.worklist.service import raise_task, settle_task

SERIES = default_series("subject-request", "DSR-{n:06d}")
EXPORT = "privacy.export"


def receive(
    party_id: UUID, kind: RequestKind, *, channel: str, actor: Actor, note: str = "", customer_id: UUID | None = None
) -> str:
    """Take a request in; it must be answered within a month. Returns its number. Raises PartyUnknown."""
    with unit_of_work(actor, f"request for {kind}") as work:
        party.party(party_id)
        row = SubjectRequest.objects.create(
            id=new_id(),
            number=next_number(SERIES),
            party_id=party_id,
            kind=kind,
            due_at=month_after(work.now),
            channel=channel,
            note=note.strip(),
            taken_by=actor.name,
            created_at=work.now,
            changed_at=work.now,
        )
        raise_task(
            TASK, row.number, subject=row.number, reason=f"asked for {kind}", customer_id=customer_id, due=row.due_at
        )
        emit(
            SubjectRequestReceived(
                request_id=row.id, number=row.number, party_id=party_id, kind=row.kind, due_at=row.due_at
            )
        )
        return row.number


def identify(number: str, how: str, *, actor: Actor) -> None:
    """Say how it was made sure who asks. Raises SubjectRequestUnknown, ReasonNeeded, IllegalTransition."""
    if not how.strip():
        raise ReasonNeeded(
            "say how the identity was checked", field="how", expected="such as: passport seen in the shop"
        )
    with unit_of_work(actor, "identity checked") as work:
        row = _locked(number)
        row.identity = how.strip()
        _move(row, "identified", work)


def answer(number: str, *, actor: Actor, outcome: str = "") -> tuple[Effect, ...]:
    """Answer: an access with an export that is kept for the person, an erasure by erasing, a rectification by saying
    what was put right. Returns what an erasure did.

    Raises SubjectRequestUnknown, NotIdentified, and for an erasure RefusedError naming what stands in its way.
    """
    with unit_of_work(actor, f"answer to {number}") as work:
        row = _locked(number)
        if row.state == "received":
            raise NotIdentified(
                "the identity was not checked yet", field="state", value=row.state, expected="identified"
            )
        if row.state == "identified":
            _move(row, "in-progress", work)
        SUBJECT_REQUEST.require(row.state, "answered")
        effects: tuple[Effect, ...] = ()
        if row.kind == RequestKind.ACCESS:
            note_access([row.party_id], actor, "export", number, reason=f"answer to {number}")
            data = export_of(row.party_id, brand=work.brand, made_at=work.now)
            sealing = Sealing(Purpose.PERSONAL, row.party_id)
            row.document_id = store(
                f"{number}.zip", "application/zip", data, kind=EXPORT, subject=number, sealing=sealing
            )
            row.outcome = outcome.strip() or "exported"
        elif row.kind == RequestKind.ERASURE:
            effects = erase(row.party_id, actor=actor, reason=f"erasure {number}")
            emit(PartyErased(party_id=row.party_id, tables=len({effect.table for effect in effects})))
            row.outcome = outcome.strip() or "erased; what the law keeps is restricted"
        else:
            if not outcome.strip():
                raise ReasonNeeded("say what was put right", field="outcome", expected="a sentence")
            row.outcome = outcome.strip()
        _settle(row, "answered", work)
        return effects


def refuse(number: str, reason: str, *, actor: Actor) -> None:
    """Refuse, with the reason that is told. Raises SubjectRequestUnknown, ReasonNeeded, IllegalTransition."""
    if not reason.strip():
        raise ReasonNeeded("a refusal has a reason", field="reason", expected="what the person is told")
    with unit_of_work(actor, reason) as work:
        row = _locked(number)
        row.outcome = reason.strip()
        _settle(row, "refused", work)


def erased_again(party_id: UUID, at: datetime, left: Sequence[Problem]) -> str:
    """Record that an erasure was repeated after a restore of an older state; returns the request's number.

    A request for it that is open is answered; where none is known any more, one says what happened. ``left`` are the
    contracts and the money that the restored state still shows: they become a task.
    """
    with unit_of_work(SYSTEM, AGAIN) as work:
        open_states = ("received", "identified", "in-progress")
        rows = SubjectRequest.objects.select_for_update().filter(party_id=party_id, kind=RequestKind.ERASURE)
        row = rows.filter(state__in=open_states).order_by("created_at", "id").first()
        if row is None:
            number = receive(party_id, RequestKind.ERASURE, channel="restore", actor=SYSTEM)
            row = _locked(number)
        for state in ("identified", "in-progress"):
            if row.state != state and (row.state, state) in SUBJECT_REQUEST.transitions:
                _move(row, state, work)
        row.outcome = f"{AGAIN}: it was erased on {at:%Y-%m-%d}"
        _settle(row, "answered", work)
        emit(PartyErased(party_id=party_id, tables=0))
        if left:
            told = "; ".join(problem.message for problem in left)
            raise_task(ERASED_AGAIN, row.number, subject=row.number, reason=told[:500])
        return row.number


def request(number: str) -> RequestView:
    """One request. Raises SubjectRequestUnknown."""
    row = SubjectRequest.objects.filter(number=number).first()
    if row is None:
        raise _unknown(number)
    return _view(row)


def requests(
    *, party_id: UUID | None = None, state: str = "", search: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[RequestView], int]:
    """A page of requests, those that are due first, and how many there are."""
    rows = SubjectRequest.objects.order_by("settled_at", "due_at", "id")
    if party_id:
        rows = rows.filter(party_id=party_id)
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(number__icontains=search.strip())
    return [_view(row) for row in rows[offset : offset + limit]], rows.count()


def erasure_preview(party_id: UUID) -> tuple[tuple[Problem, ...], tuple[Effect, ...]]:
    """What stands in the way of an erasure, and what it would do."""
    return obstacles_of(party_id), effects_of(party_id)


def month_after(instant: datetime) -> datetime:
    """The same day of the next month, the last one where that is shorter (Regulation 1182/71, 3(2)(c))."""
    year, month = instant.year + instant.month // 12, instant.month % 12 + 1
    return instant.replace(year=year, month=month, day=min(instant.day, monthrange(year, month)[1]))


def _locked(number: str) -> SubjectRequest:
    row = SubjectRequest.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise _unknown(number)
    return row


def _unknown(number: str) -> SubjectRequestUnknown:
    return SubjectRequestUnknown(
        "there is no such request", field="number", value=number, expected="such as DSR-000001"
    )


def _move(row: SubjectRequest, state: str, work: Work) -> None:
    old, row.state = row.state, SUBJECT_REQUEST.require(row.state, state)
    row.changed_at = work.now
    row.save()
    emit(SubjectRequestMoved(request_id=row.id, number=row.number, party_id=row.party_id, old=old, new=state))


def _settle(row: SubjectRequest, state: str, work: Work) -> None:
    row.settled_at = work.now
    _move(row, state, work)
    settle_task(TASK, row.number, outcome=row.outcome[:200])


def _view(row: SubjectRequest) -> RequestView:
    return RequestView(
        id=row.id,
        number=row.number,
        party_id=row.party_id,
        kind=RequestKind(row.kind),
        state=row.state,
        received_at=row.created_at,
        due_at=row.due_at,
        channel=row.channel,
        note=row.note,
        identity=row.identity,
        outcome=row.outcome,
        document_id=row.document_id,
        taken_by=row.taken_by,
        settled_at=row.settled_at,
    )
