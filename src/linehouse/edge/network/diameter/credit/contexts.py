"""Service contexts: which usage a request is about, by the end of Service-Context-Id, and how its failures are met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from linehouse.rating.values import UsageType


class FailureHandling(IntEnum):
    """What a client does when nobody answers (Credit-Control-Failure-Handling)."""

    TERMINATE = 0
    CONTINUE = 1
    RETRY_AND_TERMINATE = 2


@dataclass(frozen=True, slots=True)
class Context:
    """A service context: what its name ends with, what is used, and what its clients are told beside grants.

    ``failure`` None and ``failover`` None: nothing is told, and then clients terminate and do not fail over.
    ``continues``: what a direct debit without an answer does. ``holding`` is the quota holding time in seconds,
    ``restarts`` after how many seconds a client that redirects or restricts asks again.
    """

    suffix: str
    usage: UsageType
    failure: FailureHandling | None = None
    failover: bool | None = None
    continues: bool | None = None
    holding: int | None = None
    restarts: int = 3600
    filter: str = ""


_ENDS = "@3gpp.org"
STANDARD: tuple[Context, ...] = (
    Context(f"32251{_ENDS}", UsageType.DATA),
    Context(f"32260{_ENDS}", UsageType.VOICE),
    Context(f"32275{_ENDS}", UsageType.VOICE),
    Context(f"32276{_ENDS}", UsageType.VOICE),
    Context(f"32274{_ENDS}", UsageType.SMS),
    Context(f"32270{_ENDS}", UsageType.MMS),
)
"""TS 32.251 packet domain, 32.260 IMS, 32.275 MMTel, 32.276 voice call service, 32.274 SMS, 32.270 MMS."""

SETTINGS: Mapping[str, str] = {
    "usage": "data, voice, sms, mms or event: of a context that has no standard number",
    "failure": "terminate, continue or retry-and-terminate: what a client does when nobody answers",
    "failover": "yes or no: whether a session may go on with another server",
    "direct-debit-failure": "terminate or continue",
    "quota-holding-time": "seconds without usage after which a quota is given back; 0 is never",
    "restarts": "seconds after which a client that redirects or restricts asks again",
    "restrict-filter": "name of the filter that a client applies when it restricts access",
}
"""What a realm may say of a service context."""
_FAILURES = {
    "terminate": FailureHandling.TERMINATE,
    "continue": FailureHandling.CONTINUE,
    "retry-and-terminate": FailureHandling.RETRY_AND_TERMINATE,
}
_TRUTH = {"yes": True, "no": False}


def context_of(name: str, said: Mapping[str, Mapping[str, str]]) -> Context | None:
    """The context of a Service-Context-Id with what a realm says of it; None: nobody knows it.

    What stands before the number is the operator's own, and so is a name that the realm declares.
    """
    if not said:
        return _standard(name)
    for suffix, settings in said.items():
        if name.endswith(suffix) and "usage" in settings:
            return _with(Context(suffix, UsageType(settings["usage"])), settings)
    one = _standard(name)
    return None if one is None else _with(one, said.get(one.suffix) or said.get(one.suffix.removesuffix(_ENDS)) or {})


@lru_cache(maxsize=1_000)
def _standard(name: str) -> Context | None:
    return next((one for one in STANDARD if name.endswith(one.suffix)), None)


def _with(context: Context, settings: Mapping[str, str]) -> Context:
    holding = settings.get("quota-holding-time", "")
    continues = settings.get("direct-debit-failure", "")
    return Context(
        context.suffix,
        context.usage,
        _FAILURES.get(settings.get("failure", "")),
        _TRUTH.get(settings.get("failover", "")),
        continues == "continue" if continues else None,
        int(holding) if holding else None,
        int(settings.get("restarts") or context.restarts),
        settings.get("restrict-filter", ""),
    )


def mistake_in(said: Mapping[str, Mapping[str, str]]) -> str:
    """What is wrong in what a realm says of its services; empty when nothing is."""
    for suffix, settings in said.items():
        for name, value in settings.items():
            allowed = {
                "usage": {one.value for one in UsageType},
                "failure": set(_FAILURES),
                "failover": set(_TRUTH),
                "direct-debit-failure": {"terminate", "continue"},
            }.get(name)
            if name not in SETTINGS:
                return f"{suffix}: there is no {name}; there is {', '.join(SETTINGS)}"
            if allowed is not None and value not in allowed:
                return f"{suffix}: {name} is one of {', '.join(sorted(allowed))}, not {value}"
            if name in {"quota-holding-time", "restarts"} and not value.isdigit():
                return f"{suffix}: {name} is a number of seconds, not {value}"
    return ""
