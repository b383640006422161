"""The outgoing call: one notification to its listener, signed, to an address that may be called."""

from __future__ import annotations

from uuid import UUID

import httpx

from linehouse.edge.tmf.kit.callback import SIGNATURE, CallbackRefused, checked, listener_url, post, signature
from linehouse.edge.tmf.kit.hub import REPLAY, Span, ask_for_replay, loopback_allowed, signing_key
from linehouse.edge.tmf.kit.sending import DELIVER, MAX_ATTEMPTS, again, must_wait, tell_people
from linehouse.edge.tmf.kit.telling import Places, tell
from linehouse.edge.tmf.kit.tokens import authorization, forget
from linehouse.edge.tmf.lifecycle import DELIVERY
from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.kernel.clock import MachineClock
from linehouse.platform.jobs.registry import Attempt, RetryLater
from linehouse.platform.outbox.service import events_between
from linehouse.platform.work import SYSTEM, Actor, Work, unit_of_work

REPLAY_PAGE = 200
__all__ = ["REPLAY", "deliver", "replay_page", "retry_dead"]


def deliver(payload: dict[str, object], attempt: Attempt) -> None:
    """Post one notification; raises RetryLater when the listener does not take it.

    After the last attempt it is dead, and a task tells people; later ones of the same resource are held.
    """
    row = HubDelivery.objects.select_related("subscription").filter(id=str(payload["delivery"])).first()
    if row is None or row.state != "waiting" or payload.get("round", 0) != row.round:
        return
    if must_wait(row):
        with unit_of_work(SYSTEM, DELIVER):
            _moved(row.id, "held")
        return
    answer = _posted(row, attempt)
    taken = answer.isdecimal() and answer.startswith("2")
    last = attempt.number >= MAX_ATTEMPTS
    with unit_of_work(SYSTEM, DELIVER) as work:
        HubDelivery.objects.filter(id=row.id).update(
            attempts=attempt.number,
            last_answer=answer[:200],
            delivered_at=MachineClock().now() if taken else None,
        )
        if taken or last:
            _moved(row.id, "delivered" if taken else "dead")
        if last and not taken:
            tell_people(row.subscription, work)
    if not taken and not last:
        raise RetryLater(f"the listener answered {answer}")


def _moved(row_id: UUID, state: str) -> None:
    row = HubDelivery.objects.select_for_update().filter(id=row_id).first()
    if row is not None and row.state == "waiting":
        row.state = DELIVERY.require(row.state, state)
        row.save(update_fields=["state"])


def _posted(row: HubDelivery, attempt: Attempt) -> str:
    """The status that the listener answered, or why there is none."""
    listener = row.subscription
    body = row.body.encode()
    try:
        target = checked(listener_url(listener.callback, row.event_type), loopback=loopback_allowed())
        seconds = int(MachineClock().now().timestamp())
        headers = {
            SIGNATURE: signature(signing_key(listener), body, seconds),
            "X-Linehouse-Attempt": str(attempt.number),
            "X-Linehouse-Position": str(row.position),
            **authorization(listener, loopback=loopback_allowed()),
        }
        status = post(target, body, headers)
    except CallbackRefused as error:
        return error.message
    except httpx.HTTPError as error:
        return type(error).__name__
    if status == 401:
        forget(listener)
    return str(status)


def replay_page(payload: dict[str, object], work: Work, places: Places) -> None:
    """Tell a listener a page of the log again, and ask for the next one."""
    listener = HubSubscription.objects.filter(id=str(payload["listener"])).first()
    if listener is None:
        return
    names = {event.event_name: event for event in places}
    until = int(str(payload["until"]))
    facts = events_between(int(str(payload["after"])), until, list(names), REPLAY_PAGE)
    for fact in facts:
        event = fact.event()
        concerned = [place for place in places[type(event)] if place.concerns(event)]
        tell(listener, event, fact, work, concerned, anew=True)
    if len(facts) == REPLAY_PAGE:
        ask_for_replay(listener, Span(facts[-1].position, until), str(payload["key"]))


def retry_dead(listener_id: str, *, actor: Actor) -> int:
    """Send everything again that a listener did not take; how many."""
    with unit_of_work(actor, "undelivered notifications sent again") as work:
        rows = HubDelivery.objects.select_for_update(of=("self",)).select_related("subscription")
        dead = list(rows.filter(subscription_id=UUID(listener_id), state="dead").order_by("position", "id"))
        again(dead, work)
        return len(dead)
