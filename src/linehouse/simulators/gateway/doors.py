"""How a session is charged: what a network element wants of a door, and the two that are spoken over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from itertools import count
from typing import Any, Protocol

import httpx

from linehouse.kernel.clock import MachineClock
from linehouse.simulators.gateway.target import Line

NCHF = "/nchf-convergedcharging/v3/chargingdata"


class Service(StrEnum):
    """What is used."""

    DATA = "data"
    VOICE = "voice"
    SMS = "sms"


class Step(StrEnum):
    """Where in a session a request stands."""

    START = "start"
    UPDATE = "update"
    FINISH = "finish"


class Unanswered(Exception):
    """The door gave no answer, or one that is none."""


@dataclass(slots=True)
class Use:
    """One session: whose, what, with whom; it counts its requests. ``reference`` is the door's own name for it."""

    line: Line
    service: Service
    name: str
    party: str = ""
    reference: str = ""
    requests: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What was granted, in octets, seconds or messages; nothing where it was refused. ``last``: then it is over."""

    granted: int
    last: bool = False
    refusal: str = ""


class Door(Protocol):
    """A way to the charging process."""

    name: str

    async def ask(self, use: Use, step: Step, used: int, wanted: int) -> Told:
        """Report what was used and ask for more. Raises Unanswered."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


def _now() -> str:
    return MachineClock().now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Http:
    """What both doors over HTTP share."""

    def __init__(self, port: int, token: str, host: str) -> None:
        headers = {"authorization": f"Bearer {token}", "host": host}
        self._http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10)

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        try:
            answer = await self._http.post(path, json=body)
        except httpx.HTTPError as error:
            raise Unanswered(f"{type(error).__name__}") from None
        if answer.status_code >= 500:
            raise Unanswered(f"{answer.status_code}")
        return answer

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()


_UNIT = {Service.DATA: "B", Service.VOICE: "s", Service.SMS: "sms"}
_SECONDS = {"s": 1, "min": 60, "h": 3600}
_OCTETS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


class JsonDoor(_Http):
    """An application's way: the JSON door."""

    name = "json"

    async def ask(self, use: Use, step: Step, used: int, wanted: int) -> Told:
        """Report what was used and ask for more. Raises Unanswered."""
        use.requests += 1
        service: dict[str, Any] = {"usageType": use.service, "grant": step is not Step.FINISH}
        if use.party:
            service["otherParty"] = use.party
        if used:
            service["used"] = [{"quantity": f"{used} {_UNIT[use.service]}"}]
        if wanted:
            service["want"] = f"{wanted} {_UNIT[use.service]}"
        body = {"session": use.name, "key": str(use.requests), "msisdn": f"+{use.line.msisdn}", "services": [service]}
        answer = await self._post(f"/charging/v1/{step}", body)
        if answer.status_code != 200:
            raise Unanswered(f"{answer.status_code} {answer.text[:200]}")
        [told] = answer.json()["services"]
        return Told(_amount(told.get("granted", "")), bool(told.get("final")), told.get("refusal", ""))


def _amount(text: str) -> int:
    """``1 min 20 s`` or ``2.5 MB`` in seconds or octets."""
    words = text.split()
    sizes = {**_SECONDS, **_OCTETS, "sms": 1}
    # A part of a kilobyte has decimals; integers of thousandths keep it exact enough for a simulation.
    return sum(
        int(number.replace(".", "").ljust(1, "0")) * sizes.get(unit, 1) // 10 ** len(number.partition(".")[2])
        for number, unit in zip(words[::2], words[1::2], strict=False)
    )


class NchfDoor(_Http):
    """An SMF's way: Nchf_ConvergedCharging (3GPP TS 32.291)."""

    name = "nchf"
    _group = 10

    async def ask(self, use: Use, step: Step, used: int, wanted: int) -> Told:
        """Report what was used and ask for more. Raises Unanswered."""
        unit: dict[str, Any] = {"ratingGroup": self._group}
        if step is not Step.FINISH:
            unit["requestedUnit"] = {"totalVolume": wanted}
        if used:
            container = {"localSequenceNumber": use.requests, "quotaManagementIndicator": "ONLINE_CHARGING"}
            unit["usedUnitContainer"] = [{**container, "totalVolume": used}]
        home = {"mcc": use.line.imsi[:3], "mnc": use.line.imsi[3:5]}
        body = {
            "subscriberIdentifier": f"imsi-{use.line.imsi}",
            "nfConsumerIdentification": {"nodeFunctionality": "SMF"},
            "invocationTimeStamp": _now(),
            "invocationSequenceNumber": use.requests,
            "pDUSessionChargingInformation": {
                "chargingId": int(use.name.rpartition("-")[2]),
                "pduSessionInformation": {"pduSessionID": 5, "dnnId": "internet", "servingCNPlmnId": home},
            },
            "multipleUnitUsage": [unit],
        }
        use.requests += 1
        path = NCHF if step is Step.START else f"{NCHF}/{use.reference}/{_NCHF_STEPS[step]}"
        answer = await self._post(path, body)
        if answer.status_code == 204:
            return Told(0, last=True)
        if answer.status_code not in {200, 201}:
            raise Unanswered(f"{answer.status_code} {answer.text[:200]}")
        if step is Step.START:
            use.reference = answer.headers["location"].rpartition("/")[2]
        [told] = answer.json()["multipleUnitInformation"]
        code = told["resultCode"]
        granted = told.get("grantedUnit", {}).get("totalVolume", 0)
        return Told(granted, "finalUnitIndication" in told, "" if code == "SUCCESS" else code)


_NCHF_STEPS = {Step.UPDATE: "update", Step.FINISH: "release"}
NUMBERS = count(1)
"""Charging ids of this run, after the second in which it began."""


def charging_id() -> int:
    """A number for a session that no other of this gateway has (32 bits)."""
    return (int(MachineClock().now().timestamp()) % 4_000_000) * 1_000 + next(NUMBERS) % 1_000
