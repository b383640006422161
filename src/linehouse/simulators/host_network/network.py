"""What the host operator does with a request: decides, remembers, finishes later. No HTTP in here."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from linehouse.kernel.clock import Clock
from linehouse.simulators.host_network.documents import (
    API,
    Refusal,
    checked_create,
    checked_update,
    clash,
    monitor_document,
    monitor_event,
    service_document,
)
from linehouse.simulators.host_network.faults import Fault, FaultKind, take
from linehouse.simulators.host_network.memory import Behaviour, Memory, MonitorRecord, StoredAnswer


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: status, JSON body (None: none), path of the Location."""

    status: int
    body: Any = None
    location: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer and what happens to it on its way."""

    answer: Answer
    wait_ms: int = 0
    broken: bool = False
    notify_first: bool = False


_BROKEN = Outcome(Answer(500), broken=True)


class Network:
    """The host operator. Methods may be called from any thread; what one decided is on disk when it returns."""

    def __init__(self, memory: Memory, clock: Clock, base_url: str) -> None:
        self._memory = memory
        self._clock = clock
        self._base_url = base_url
        self._lock = threading.RLock()
        self._notices: deque[tuple[str, dict[str, Any]]] = deque()
        self.state = memory.load()

    # What TMF640 offers.

    def create(self, body: Any, key: str) -> Outcome:
        """POST /service."""
        line = str(body.get("name", "")) if isinstance(body, dict) else ""
        return self._change("POST", line, body, key, lambda fault: self._create(body, fault))

    def update(self, service_id: str, body: Any, key: str) -> Outcome:
        """PATCH /service/{id}."""
        request = {"id": service_id, "patch": body}
        return self._change(
            "PATCH", self._line(service_id), request, key, lambda fault: self._update(service_id, body, fault)
        )

    def delete(self, service_id: str, key: str) -> Outcome:
        """DELETE /service/{id}."""
        return self._change(
            "DELETE", self._line(service_id), {"id": service_id}, key, lambda _: self._delete(service_id)
        )

    def service(self, service_id: str) -> Answer:
        """GET /service/{id}."""
        with self._lock:
            self.settle()
            service = self.state.services.get(service_id)
            return Answer(200, self._shown(service)) if service else _unknown("service", service_id)

    def services(self, wanted: Mapping[str, str]) -> list[dict[str, Any]]:
        """GET /service, filtered by equal text of top-level attributes."""
        with self._lock:
            self.settle()
            shown = [self._shown(service) for _, service in sorted(self.state.services.items())]
        return [s for s in shown if all(str(s.get(name, "")) == value for name, value in wanted.items())]

    def monitor(self, monitor_id: str) -> Answer:
        """GET /monitor/{id}."""
        with self._lock:
            self.settle()
            record = self.state.monitors.get(monitor_id)
            return Answer(200, self._followed(record)) if record else _unknown("monitor", monitor_id)

    def monitors(self) -> list[dict[str, Any]]:
        """GET /monitor."""
        with self._lock:
            self.settle()
            return [self._followed(record) for _, record in sorted(self.state.monitors.items())]

    def listen(self, body: Any) -> Answer:
        """POST /hub."""
        callback = body.get("callback") if isinstance(body, dict) else None
        if not isinstance(callback, str) or not callback.startswith(("http://", "https://")):
            return _refused(Refusal(400, "20", "a subscription needs a callback address"))
        with self._lock:
            listener = self._next("hub")
            self.state.listeners[listener] = callback
            self._save()
        return Answer(201, {"id": listener, "callback": callback, "query": body.get("query") or ""}, f"/hub/{listener}")

    def unlisten(self, listener: str) -> Answer:
        """DELETE /hub/{id}."""
        with self._lock:
            if self.state.listeners.pop(listener, None) is None:
                return _unknown("subscription", listener)
            self._save()
        return Answer(204)

    # What happens by itself.

    def settle(self) -> None:
        """Finish the accepted requests that are due, and write the notices about them."""
        with self._lock:
            now = self._clock.now()
            due = [m for m in self.state.monitors.values() if m.state == "InProgress" and m.due_at <= now]
            for record in sorted(due, key=lambda m: (m.due_at, m.id)):
                self._finish(record)
                notice = monitor_event(self._followed(record), now)
                for callback in self.state.listeners.values():
                    self._notices.extend([(callback, notice)] * record.notices)
            if due:
                self._save()

    def notices(self) -> list[tuple[str, dict[str, Any]]]:
        """What is to be sent, in order, as (callback, event); each is handed out once."""
        with self._lock:
            waiting = list(self._notices)
            self._notices.clear()
            return waiting

    # What the person at the fault menu does.

    def add_fault(self, fault: Fault) -> None:
        """Put a fault in the queue."""
        with self._lock:
            self.state.faults.append(fault)
            self._save()

    def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self.state.faults.clear()
            self._save()

    def behave(self, behaviour: Behaviour) -> None:
        """Work at once, or later."""
        with self._lock:
            self.state.behaviour = behaviour
            self._save()

    # Within.

    def _change(self, method: str, line: str, request: Any, key: str, do: Callable[[Fault | None], Answer]) -> Outcome:
        with self._lock:
            self.settle()
            fault = take(self.state.faults, method, line)
            if fault is not None:
                self._save()
            before = self._before(fault)
            if before is not None:
                return before
            answer = self._once(request, key, lambda: do(fault))
            if fault is not None and fault.kind is FaultKind.REORDER:
                self.settle()
            return Outcome(
                answer,
                wait_ms=fault.milliseconds if fault is not None and fault.kind is FaultKind.SLOW else 0,
                broken=fault is not None and fault.kind is FaultKind.LOST_ANSWER,
                notify_first=fault is not None and fault.kind is FaultKind.REORDER,
            )

    def _before(self, fault: Fault | None) -> Outcome | None:
        match fault.kind if fault is not None else None:
            case FaultKind.RESTART:
                self._notices.clear()
                self.state = self._memory.load()
                return _BROKEN
            case FaultKind.UNAVAILABLE:
                return Outcome(_refused(Refusal(500, "1", "the provisioning system is not available")))
            case FaultKind.REFUSE if fault is not None:
                return Outcome(_refused(Refusal(400, "70", fault.reason)))
            case _:
                return None

    def _once(self, request: Any, key: str, do: Callable[[], Answer]) -> Answer:
        """Do it, or give the answer that was given to this key before; only what was taken is remembered."""
        text = json.dumps(request, sort_keys=True)
        known = self.state.answers.get(key) if key else None
        if known is not None:
            if known.request != text:
                return _refused(Refusal(409, "62", "the idempotency key was used for another request"))
            return Answer(known.status, json.loads(known.body), known.location)
        answer = do()
        if key and answer.status < 300:
            self.state.answers[key] = StoredAnswer(
                request=text, status=answer.status, body=json.dumps(answer.body), location=answer.location
            )
        self._save()
        return answer

    def _create(self, body: Any, fault: Fault | None) -> Answer:
        new = checked_create(body)
        if isinstance(new, Refusal):
            return _refused(new)
        if (taken := clash(new, self.state.services)) is not None:
            return _refused(taken)
        now = self._clock.now()
        service = {"id": self._next("svc"), **new, "serviceDate": now.isoformat()}
        self.state.services[service["id"]] = service
        overtaken = fault is not None and fault.kind in (FaultKind.REORDER, FaultKind.PARTIAL, FaultKind.FAIL_LATER)
        if not self.state.behaviour.later and not overtaken:
            return Answer(201, self._shown(service), f"{API}/service/{service['id']}")
        record = self._follow(service, body, fault)
        return Answer(202, None, f"{API}/monitor/{record.id}")

    def _follow(self, service: dict[str, Any], body: Any, fault: Fault | None) -> MonitorRecord:
        kind = fault.kind if fault is not None else None
        wait = 0 if kind is FaultKind.REORDER else self.state.behaviour.delay_ms
        record = MonitorRecord(
            id=self._next("mon"),
            service_id=service["id"],
            state="InProgress",
            due_at=self._clock.now() + timedelta(milliseconds=wait),
            request_body=json.dumps(body),
            wanted_state=service["state"],
            error=_error_of(fault),
            partial=kind is FaultKind.PARTIAL,
            notices=2 if kind is FaultKind.DUPLICATE else 1,
        )
        service["state"] = "inactive"
        if kind is FaultKind.PARTIAL:
            listed = service["serviceCharacteristic"]
            service["serviceCharacteristic"] = listed[: (len(listed) + 1) // 2]
        self.state.monitors[record.id] = record
        return record

    def _finish(self, record: MonitorRecord) -> None:
        record.state = "InError" if record.error else "Completed"
        service = self.state.services.get(record.service_id)
        if service is None:
            return
        if not record.error:
            service["state"] = record.wanted_state
        elif not record.partial:
            # What failed as a whole leaves nothing behind; what succeeded in part does.
            del self.state.services[record.service_id]

    def _update(self, service_id: str, body: Any, _fault: Fault | None) -> Answer:
        service = self.state.services.get(service_id)
        if service is None:
            return _unknown("service", service_id)
        patch = checked_update(body)
        if isinstance(patch, Refusal):
            return _refused(patch)
        patched = {name: value for name, value in {**service, **patch}.items() if value is not None}
        if (taken := clash(patched, self.state.services, service_id)) is not None:
            return _refused(taken)
        self.state.services[service_id] = patched
        return Answer(200, self._shown(patched))

    def _delete(self, service_id: str) -> Answer:
        if self.state.services.pop(service_id, None) is None:
            return _unknown("service", service_id)
        return Answer(204)

    def _line(self, service_id: str) -> str:
        with self._lock:
            return str(self.state.services.get(service_id, {}).get("name", ""))

    def _shown(self, service: Mapping[str, Any]) -> dict[str, Any]:
        return service_document(service, self._base_url)

    def _followed(self, record: MonitorRecord) -> dict[str, Any]:
        return monitor_document(record, self.state.services.get(record.service_id), self._base_url)

    def _next(self, prefix: str) -> str:
        number = self.state.next_number
        self.state.next_number += 1
        return f"{prefix}-{number:06d}"

    def _save(self) -> None:
        self._memory.save(self.state)


def _error_of(fault: Fault | None) -> str:
    match fault.kind if fault is not None else None:
        case FaultKind.PARTIAL:
            return "only a part of the service could be configured"
        case FaultKind.FAIL_LATER if fault is not None:
            return fault.reason
        case _:
            return ""


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, refusal.document())


def _unknown(what: str, name: str) -> Answer:
    return _refused(Refusal(404, "60", f"there is no {what} {name}"))
