"""The connector: activation's port, spoken as TMF640 v4 over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx

from linehouse.activation.drift import difference
from linehouse.activation.errors import NoConnector
from linehouse.activation.values import DesiredState, Done, NetworkRefused, Reply, Unreachable, Working
from linehouse.edge.network.tmf640.mapping import (
    WireWrong,
    from_service,
    last_segment,
    to_create,
    to_update,
)
from linehouse.edge.network.tmf640.wire import Answer, Conversation

_ASK_AGAIN = frozenset({408, 425, 429})
_Say = Callable[[Conversation], Reply]


class Tmf640Connector:
    """Speaks to one host network at ``base_url``. Each call opens its own connection and records what went over it."""

    def __init__(self, base_url: str, *, timeout_seconds: int = 10, token: str = "") -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = httpx.Timeout(timeout_seconds)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def create(self, line: str, desired: DesiredState, key: str) -> Reply:
        """POST /service. A line that is there already, from an attempt whose answer was lost, is made as desired."""

        def say(talk: Conversation) -> Reply:
            answer = talk.send("POST", "/service", body=to_create(line, desired), key=key)
            if answer.status != 409:
                return _taken(answer)
            there = _named(talk, line)
            return _adopt(talk, there, desired, key) if there else _refusal(answer)

        return self._converse(say)

    def change(self, network_ref: str, line: str, desired: DesiredState, key: str) -> Reply:
        """PATCH /service/{id}; without a reference the line is looked up by its name."""

        def say(talk: Conversation) -> Reply:
            there = network_ref or (_named(talk, line) or {}).get("id", "")
            if not there:
                return NetworkRefused("tmf640.unknown_line", "the network does not know this line")
            return _taken(talk.send("PATCH", f"/service/{there}", body=to_update(desired), key=key))

        return self._converse(say)

    def remove(self, network_ref: str, line: str, key: str) -> Reply:
        """DELETE /service/{id}; a line that is not there is removed already."""

        def say(talk: Conversation) -> Reply:
            there = network_ref or (_named(talk, line) or {}).get("id", "")
            if not there:
                return Done("")
            answer = talk.send("DELETE", f"/service/{there}", key=key)
            return Done("") if answer.status in (200, 204, 404) else _taken(answer)

        return self._converse(say)

    def progress(self, monitor: str) -> Reply:
        """GET /monitor/{id}."""
        return self._converse(lambda talk: _progress(monitor, talk.send("GET", f"/monitor/{monitor}")))

    def read(self, network_ref: str) -> DesiredState | None:
        """GET /service/{id}. Raises NoConnector when the network does not answer, WireWrong when it makes no sense."""
        with self._client() as client:
            answer = Conversation(client).send("GET", f"/service/{network_ref}")
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise NoConnector(f"the network did not answer: {answer.status or answer.body}", expected="a service")
        service = answer.json()
        return from_service(service) if service.get("state") == "active" else None

    def subscribe(self, callback: str) -> str:
        """POST /hub: ask to be told when monitors move; returns the subscription. Raises NoConnector, WireWrong."""
        with self._client() as client:
            answer = Conversation(client).send("POST", "/hub", body={"callback": callback})
        if answer.status != 201:
            raise NoConnector(f"the network took no subscription: {answer.status or answer.body}")
        return _id_of(answer.json())

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self._base_url,
            timeout=self._timeout,
            headers=self._headers,
            follow_redirects=False,
            trust_env=False,
        )

    def _converse(self, say: _Say) -> Reply:
        with self._client() as client:
            talk = Conversation(client)
            try:
                reply = say(talk)
            except _Silence as silence:
                reply = Unreachable(silence.reason)
            except WireWrong as error:
                reply = NetworkRefused(error.code, error.message)
            return _with_exchanges(reply, talk)


class _Silence(Exception):
    """Within a conversation: no answer that counts came."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _with_exchanges(reply: Reply, talk: Conversation) -> Reply:
    recorded = tuple(talk.exchanges)
    match reply:
        case Done(network_ref):
            return Done(network_ref, recorded)
        case Working(monitor):
            return Working(monitor, recorded)
        case NetworkRefused(code, reason):
            return NetworkRefused(code, reason, recorded)
        case Unreachable(reason):
            return Unreachable(reason, recorded)


def _heard(answer: Answer) -> Answer:
    if answer.status == 0 or answer.status >= 500 or answer.status in _ASK_AGAIN:
        raise _Silence(f"the network answered {answer.status}" if answer.status else f"no answer ({answer.body})")
    return answer


def _taken(answer: Answer) -> Reply:
    """What an answer to POST, PATCH or DELETE means."""
    match _heard(answer).status:
        case 200 | 201:
            return Done(_id_of(answer.json()))
        case 202:
            return Working(last_segment(answer.location or str(answer.json().get("href", ""))))
        case 204:
            return Done("")
        case _:
            return _refusal(answer)


def _id_of(service: Mapping[str, Any]) -> str:
    found = service.get("id")
    if not isinstance(found, str) or not found:
        raise WireWrong("the service has no id", field="id")
    return found


def _refusal(answer: Answer, *, status: str = "") -> NetworkRefused:
    said, status = answer.json(), status or str(answer.status)
    reason = " ".join(str(said[part]) for part in ("reason", "message") if said.get(part))
    return NetworkRefused(str(said.get("code") or status), reason or f"the network answered {status}")


def _progress(monitor: str, answer: Answer) -> Reply:
    if _heard(answer).status != 200:
        return NetworkRefused(
            "tmf640.monitor_lost", f"the network lost track of the request: it answered {answer.status}"
        )
    said = answer.json()
    match str(said.get("state", "")).casefold():
        case "completed":
            return Done(last_segment(str(said.get("sourceHref", ""))))
        case "inerror":
            response = said.get("response") or {}
            return _refusal(Answer(0, str(response.get("body") or "")), status=str(response.get("statusCode") or ""))
        case "inprogress":
            return Working(monitor)
        case state:
            raise WireWrong(f"a monitor is in an unknown state {state!r}", field="state", value=state)


def _named(talk: Conversation, line: str) -> dict[str, Any] | None:
    """The service of that name, where the network has one."""
    answer = _heard(talk.send("GET", "/service", query={"name": line}))
    if answer.status != 200:
        return None
    return next((service for service in answer.json_list() if service.get("name") == line and service.get("id")), None)


def _is_as_desired(service: Mapping[str, Any], desired: DesiredState) -> bool:
    try:
        return service.get("state") == "active" and not difference(desired, from_service(service))
    except WireWrong:
        return False


def _adopt(talk: Conversation, service: Mapping[str, Any], desired: DesiredState, key: str) -> Reply:
    """Make a line that is there as desired; when it is so already there is nothing to do."""
    there = _id_of(service)
    if _is_as_desired(service, desired):
        return Done(there)
    return _taken(talk.send("PATCH", f"/service/{there}", body=to_update(desired), key=f"{key}/adopt"))
