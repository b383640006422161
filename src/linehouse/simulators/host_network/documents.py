"""TMF640 v4 documents as the host writes them, and the checks it makes on those it gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linehouse.kernel.ids import new_id
from linehouse.simulators.host_network.memory import MonitorRecord

API = "/tmf-api/ServiceActivationAndConfiguration/v4"
"""Base path of the published specification."""
STATES = ("feasibilityChecked", "designed", "reserved", "inactive", "active", "terminated")
"""ServiceStateType of TMF640."""
_NEEDED = ("msisdn", "imsi", "iccid")
_SERVER_SET = frozenset({"id", "href", "serviceDate"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not taken: HTTP status, the host's own code, a sentence."""

    status: int
    code: str
    reason: str
    message: str = ""

    def document(self) -> dict[str, Any]:
        """The body (Error)."""
        found = {"@type": "Error", "code": self.code, "reason": self.reason, "status": str(self.status)}
        return found | ({"message": self.message} if self.message else {})


def characteristics(service: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a service's characteristics by name."""
    listed = service.get("serviceCharacteristic") or []
    return {str(c.get("name")): c.get("value") for c in listed if isinstance(c, dict)}


def checked_create(body: Any) -> dict[str, Any] | Refusal:
    """The body of a POST, or why it is not taken."""
    if not isinstance(body, dict):
        return Refusal(400, "20", "the body is no JSON object")
    specification = body.get("serviceSpecification")
    if not isinstance(specification, dict) or not specification.get("id"):
        return Refusal(400, "21", "serviceSpecification.id is missing")
    if body.get("state") not in STATES:
        return Refusal(400, "21", "state is missing or unknown", f"one of {', '.join(STATES)}")
    missing = [name for name in _NEEDED if not characteristics(body).get(name)]
    if missing:
        return Refusal(400, "21", f"the characteristic {missing[0]} is missing")
    return {name: value for name, value in body.items() if name not in _SERVER_SET}


def checked_update(body: Any) -> dict[str, Any] | Refusal:
    """The body of a PATCH, or why it is not taken."""
    if not isinstance(body, dict):
        return Refusal(400, "20", "the body is no JSON object")
    if "state" in body and body["state"] not in STATES:
        return Refusal(400, "21", "state is unknown", f"one of {', '.join(STATES)}")
    if set(body) & _SERVER_SET:
        return Refusal(400, "22", "id, href and serviceDate cannot be changed")
    return body


def clash(new: Mapping[str, Any], services: Mapping[str, Mapping[str, Any]], own_id: str = "") -> Refusal | None:
    """A service that has the name, the number, the IMSI or the card already."""
    mine = characteristics(new)
    for service_id, service in services.items():
        if service_id == own_id:
            continue
        if new.get("name") and new.get("name") == service.get("name"):
            return Refusal(409, "60", "a service of that name exists")
        theirs = characteristics(service)
        for name in _NEEDED:
            if mine.get(name) and mine[name] == theirs.get(name):
                return Refusal(409, "61", f"that {name} is on another service")
    return None


def service_document(service: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """A service as it is shown (Service)."""
    return {**service, "href": f"{base_url}{API}/service/{service['id']}", "@type": "Service"}


def monitor_document(record: MonitorRecord, service: Mapping[str, Any] | None, base_url: str) -> dict[str, Any]:
    """A monitor as it is shown (Monitor): the request it follows and, once there is one, the answer."""
    json_header = [{"name": "Content-Type", "value": "application/json"}]
    found: dict[str, Any] = {
        "@type": "Monitor",
        "id": record.id,
        "href": f"{base_url}{API}/monitor/{record.id}",
        "sourceHref": f"{base_url}{API}/service/{record.service_id}",
        "state": record.state,
        "request": {
            "method": "POST",
            "to": f"{base_url}{API}/service",
            "header": json_header,
            "body": record.request_body,
        },
    }
    if record.state == "InError":
        error = Refusal(400, "70", record.error).document()
        found["response"] = {"statusCode": "400", "header": json_header, "body": json.dumps(error)}
    elif record.state == "Completed" and service is not None:
        shown = json.dumps(service_document(service, base_url))
        found["response"] = {"statusCode": "201", "header": json_header, "body": shown}
    return found


def monitor_event(monitor: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The notice that a monitor moved (MonitorStateChangeEvent); ``timeOcurred`` is spelled as published."""
    return {
        "eventId": str(new_id()),
        "eventTime": at.isoformat(),
        "eventType": "MonitorStateChangeEvent",
        "timeOcurred": at.isoformat(),
        "event": {"monitor": dict(monitor)},
    }
