"""Asking the network, once per key, and recording what came of it."""

from __future__ import annotations

from uuid import UUID

from linehouse.activation.connector import connector
from linehouse.activation.desired import from_json, to_json
from linehouse.activation.errors import NoConnector, RequestDiffers, RequestNotFound
from linehouse.activation.events import RequestCompleted, RequestFailed
from linehouse.activation.lifecycle import OUT_OF_LINE, PROVISIONING_REQUEST
from linehouse.activation.models import Line, Request, WireExchange
from linehouse.activation.service.look import request_view
from linehouse.activation.values import (
    Action,
    Done,
    NetworkRefused,
    NewRequest,
    Reply,
    RequestView,
    Unreachable,
    Working,
)
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import SYSTEM, Actor, Work, unit_of_work

#: Attempts until a network that does not answer, or does not finish, counts as having failed: about twenty minutes.
PATIENCE = 11
_OPEN = ("pending", "accepted")


def request(new: NewRequest, *, actor: Actor) -> RequestView:
    """Ask the network for something; the answer comes as an event. The same key again gives the same request.

    Raises RequestDiffers when the key asked for something else.
    """
    desired = to_json(new.desired) if new.desired is not None else None
    with unit_of_work(actor, "provisioning") as work:
        known = Request.objects.select_related("line").filter(key=new.key).first()
        if known is not None:
            if (known.line.line, known.action, known.desired) != (new.line, str(new.action), desired):
                raise RequestDiffers("the key asked for something else", field="key", value=new.key)
            return request_view(known)
        line, _ = Line.objects.update_or_create(
            line=new.line,
            defaults={"desired": desired, "changed_at": work.now},
            create_defaults={
                "desired": desired,
                "product_id": new.product_id,
                "customer_id": new.customer_id,
                "created_at": work.now,
                "changed_at": work.now,
            },
        )
        row = Request.objects.create(
            key=new.key,
            line=line,
            action=str(new.action),
            desired=desired,
            followed=new.followed,
            created_at=work.now,
            changed_at=work.now,
        )
        _touch(line, work)
        # One line's requests go out one after the other, so that the last one asked for is the last one done.
        enqueue("activation.call", {"request": str(row.id)}, key=str(row.id), serial=f"activation/{new.line}")
        return request_view(row)


def monitor_changed(monitor: str, notification: str) -> bool:
    """The network says that a monitor moved: look at it now. The message itself is not believed; False when unknown.

    ``notification`` is the message's own id: the same message twice is one look.
    """
    with unit_of_work(SYSTEM, "the network called back"):
        row = Request.objects.filter(monitor=monitor, state="accepted").first()
        if row is None:
            return False
        enqueue("activation.look", {"request": str(row.id)}, key=f"{row.id}/{notification}")
        return True


def call_network(request_id: UUID, *, last: bool) -> str:
    """Send the request, or ask how it is going, and record the answer; returns what is still missing, or nothing.

    Safe to repeat: the network knows the request by its key. ``last``: no answer now means failure.
    """
    row = Request.objects.select_related("line").filter(id=request_id).first()
    if row is None:
        raise RequestNotFound("there is no such request", field="request", value=str(request_id))
    if row.state not in _OPEN:
        return ""
    return _record(row.id, _ask(row), last=last)


def _ask(row: Request) -> Reply:
    try:
        network = connector()
    except NoConnector as error:
        return Unreachable(error.message)
    if row.state == "accepted":
        return network.progress(row.monitor)
    action = Action(row.action)
    if action is Action.REMOVE or row.desired is None:
        return network.remove(row.line.network_ref, row.line.line, row.key)
    desired = from_json(row.desired)
    if action is Action.CREATE:
        return network.create(row.line.line, desired, row.key)
    return network.change(row.line.network_ref, row.line.line, desired, row.key)


def _record(request_id: UUID, reply: Reply, *, last: bool) -> str:
    with unit_of_work(SYSTEM, "the network answered") as work:
        row = Request.objects.select_for_update().select_related("line").get(id=request_id)
        WireExchange.objects.bulk_create(
            WireExchange(
                request=row,
                method=e.method,
                path=e.path,
                request_body=e.request_body,
                status=e.status,
                response_body=e.response_body,
                at=e.at,
                milliseconds=e.milliseconds,
            )
            for e in reply.exchanges
        )
        if row.state not in _OPEN:
            return ""
        row.attempts += 1
        row.changed_at = work.now
        return _settle(row, reply, work, last=last)


def _settle(row: Request, reply: Reply, work: Work, *, last: bool) -> str:
    match reply:
        case Done(network_ref):
            _complete(row, "" if row.action == Action.REMOVE else network_ref, work)
            return ""
        case NetworkRefused(code, reason):
            _fail(row, code, reason, work)
            return ""
        case Working(monitor):
            if row.state == "pending":
                row.state, row.monitor = PROVISIONING_REQUEST.require(row.state, "accepted"), monitor
            missing = "the network is still at work"
        case Unreachable(reason):
            missing = reason
    if last:
        _fail(row, "activation.no_answer", missing, work)
        return ""
    row.reason = missing
    row.save()
    return missing


def _touch(line: Line, work: Work) -> None:
    """A line that differed, or for which something once failed, may be in order now."""
    if line.drift is not None or Request.objects.filter(line=line, state="failed").exists():
        work.touch(OUT_OF_LINE, line.line)


def _complete(row: Request, network_ref: str, work: Work) -> None:
    row.state = PROVISIONING_REQUEST.require(row.state, "completed")
    row.network_ref, row.reason, row.settled_at = network_ref, "", work.now
    row.save()
    Line.objects.filter(id=row.line_id).update(
        network_ref=network_ref, confirmed_at=work.now, drift=None, changed_at=work.now
    )
    _touch(row.line, work)
    emit(
        RequestCompleted(
            request_id=row.id,
            key=row.key,
            line=row.line.line,
            action=row.action,
            network_ref=network_ref,
            product_id=row.line.product_id,
            customer_id=row.line.customer_id,
            completed_at=work.now,
        )
    )


def _fail(row: Request, code: str, reason: str, work: Work) -> None:
    row.state = PROVISIONING_REQUEST.require(row.state, "failed")
    row.code, row.reason, row.settled_at = code, reason, work.now
    row.save()
    work.touch(OUT_OF_LINE, row.line.line)
    emit(
        RequestFailed(
            request_id=row.id,
            key=row.key,
            line=row.line.line,
            action=row.action,
            code=code,
            reason=reason,
            product_id=row.line.product_id,
            customer_id=row.line.customer_id,
            failed_at=work.now,
        )
    )
