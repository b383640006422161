"""The hub: clients register listeners, look at them, pause them and let what happened be told again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.callback import checked
from linehouse.edge.tmf.kit.declaration import Api, Links
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body
from linehouse.edge.tmf.kit.sealed import sealed
from linehouse.edge.tmf.kit.sending import again, release
from linehouse.edge.tmf.kit.telling import parsed
from linehouse.edge.tmf.lifecycle import LISTENER
from linehouse.edge.tmf.models import HubDelivery, HubSubscription
from linehouse.kernel.error import NotFound
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import last_position, position_at
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Actor, Work, unit_of_work

REPLAY = "tmf.replay"
MAX_TEXT = 1000


def loopback_allowed() -> bool:
    """Whether this machine may be called: a setting for development."""
    return bool(getattr(settings, "TMF_CALLBACKS_TO_LOOPBACK", False))


def signing_key(listener: HubSubscription) -> str:
    """The key of a subscription's signatures: derived from the installation's secret, kept nowhere."""
    salt = f"linehouse.tmf.hub/{current_brand()}"
    return salted_hmac(salt, str(listener.id), algorithm="sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Credentials:
    """How we log in at a listener that wants a token of us (OAuth 2.0 client credentials, RFC 6749 §4.4)."""

    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    scope: str = ""


NONE = Credentials()


def subscribe(
    api: Api, who: Caller, callback: str, query: str, links: Links, credentials: Credentials = NONE
) -> HubSubscription:
    """Register a listener. Raises CallbackRefused, ApiProblem 400 for a query, 409 for the same one again."""
    if not any(resource.events for resource in api.resources):
        raise ApiProblem(409, "tmf.no_events", f"{api.number} sends no events yet")
    if not any(who.identity.may(resource.read) for resource in api.resources):
        raise ApiProblem(403, "access.not_allowed", "this needs the permission to read a resource of this API")
    if max(map(len, (callback, query, credentials.token_url))) > MAX_TEXT:
        raise ApiProblem(400, "tmf.body", f"callback, query and token address have at most {MAX_TEXT} characters")
    checked(callback, loopback=loopback_allowed())
    if credentials != NONE:
        _require_complete(credentials)
    parsed(api, query)
    with unit_of_work(who.actor, f"{api.number} POST hub") as work:
        same = HubSubscription.objects.filter(
            api=api.path, client_id=who.identity.id, callback=callback, query=query
        ).exists()
        if same:
            raise ApiProblem(409, "tmf.subscribed", "this callback listens with this query already", "/callback")
        return HubSubscription.objects.create(
            api=api.path,
            client_id=who.identity.id,
            client_name=who.identity.name,
            scopes=sorted(who.identity.scopes),
            callback=callback,
            query=query,
            base_url=links.base,
            since_position=last_position(),
            token_url=credentials.token_url,
            token_client=credentials.client_id,
            token_secret=sealed(credentials.client_secret),
            token_scope=credentials.scope,
            created_at=work.now,
            changed_at=work.now,
        )


def _require_complete(credentials: Credentials) -> None:
    for name, value in (
        ("tokenUrl", credentials.token_url),
        ("clientId", credentials.client_id),
        ("clientSecret", credentials.client_secret),
    ):
        if not value or len(value) > MAX_TEXT // 2:
            raise bad_body(f"/authorization/{name}", f"{name} is mandatory and has at most {MAX_TEXT // 2} characters")
    if len(credentials.client_id) > 200 or len(credentials.scope) > 300:
        raise bad_body("/authorization", "clientId has at most 200 characters, scope at most 300")
    checked(credentials.token_url, loopback=loopback_allowed(), field="/authorization/tokenUrl")


def subscriptions(api: Api, who: Caller) -> list[HubSubscription]:
    """The client's own listeners, oldest first."""
    return list(HubSubscription.objects.filter(api=api.path, client_id=who.identity.id).order_by("id"))


def subscription(api: Api, who: Caller, key: str) -> HubSubscription:
    """One of the client's own listeners; raises ApiProblem 404."""
    found = next((s for s in subscriptions(api, who) if str(s.id) == key), None)
    if found is None:
        raise ApiProblem(404, "kernel.not_found", "there is no such subscription")
    return found


def unsubscribe(api: Api, who: Caller, key: str) -> None:
    """Remove a listener and what still waits for it; raises ApiProblem 404."""
    with unit_of_work(who.actor, f"{api.number} DELETE hub"):
        subscription(api, who, key).delete()


def move(listener: HubSubscription, state: str, *, actor: Actor, reason: str) -> HubSubscription:
    """Pause a listener, or let it hear again: what was held is then sent, in order. Raises IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        row = HubSubscription.objects.select_for_update().get(id=listener.id)
        row.state = LISTENER.require(row.state, state)
        row.changed_at = work.now
        row.save(update_fields=["state", "changed_at"])
        if state == "active":
            release(row, work)
        return row


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the event log: behind one position, up to and with another."""

    after: int
    until: int


def span_of(*, after: int | None, since: datetime | None, until: datetime | None) -> Span:
    """The part of the log behind a cursor, or between two business instants. Raises ApiProblem 400 for neither."""
    if (after is None) == (since is None):
        raise bad_body("", "either after, a position, or since, an instant, is needed")
    begin = after if after is not None else position_at(since) if since is not None else 0
    return Span(begin, position_at(until) if until is not None else last_position())


def replay(listener: HubSubscription, span: Span, *, actor: Actor, reason: str) -> None:
    """Let everything of the span be told again, and what was not told before: a job goes through the log."""
    with unit_of_work(actor, reason) as work:
        ask_for_replay(listener, span, f"{listener.id}/{span.after}-{span.until}/{work.correlation}")


def ask_for_replay(listener: HubSubscription, span: Span, key: str) -> None:
    """Add the job for a span; within a unit of work."""
    payload = {"listener": str(listener.id), "after": span.after, "until": span.until, "key": key}
    enqueue(REPLAY, payload, key=f"{key}/{span.after}", serial=f"{REPLAY}/{listener.id}")


def send_again(delivery_id: str, *, actor: Actor, reason: str) -> HubDelivery:
    """Send one notification again, and what was held behind it. Raises NotFound."""
    with unit_of_work(actor, reason) as work:
        row = _delivery(delivery_id)
        again([row], work)
        return row


def skip(delivery_id: str, *, actor: Actor, reason: str) -> HubDelivery:
    """Give a notification up that could not be delivered, and send what was held behind it.

    Raises NotFound, IllegalTransition.
    """
    with unit_of_work(actor, reason) as work:
        row = _delivery(delivery_id)
        give_up(row, work)
        return row


def give_up(row: HubDelivery, work: Work) -> None:
    """The same within a unit of work."""
    from linehouse.edge.tmf.lifecycle import DELIVERY

    row.state = DELIVERY.require(row.state, "discarded")
    row.save(update_fields=["state"])
    release(row.subscription, work)


def _delivery(delivery_id: str) -> HubDelivery:
    row = HubDelivery.objects.select_for_update(of=("self",)).select_related("subscription").filter(id=delivery_id)
    found = row.first()
    if found is None:
        raise NotFound("there is no such notification", field="id", value=delivery_id)
    return found
