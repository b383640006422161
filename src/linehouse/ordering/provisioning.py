"""From the catalogue's service specification to the desired state of a line; and what a product brings at all.

The parameters of a specification are the words that a product manager writes; here they are given their meaning once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linehouse.activation.values import Bar, DesiredState, LineService
from linehouse.catalog.values import ParameterValue, ResourceKind, ServiceNeed
from linehouse.kernel.numbering import Iccid, Imsi, Msisdn
from linehouse.kernel.outcome import Problem

_SWITCHES = {str(service): service for service in LineService}
_APNS, _SPEED, _BARS = "apns", "speed-profile", "bars"


@dataclass(frozen=True, slots=True)
class Brings:
    """What an offering's services stand on."""

    number: bool
    sim: bool
    network: bool


def brings(needs: Sequence[ServiceNeed]) -> Brings:
    """Whether the services need a number, a card, and something in the network."""
    kinds = {resource.kind for need in needs for resource in need.resources}
    return Brings(ResourceKind.MSISDN in kinds, ResourceKind.SIM in kinds, bool(needs))


def desired_state(needs: Sequence[ServiceNeed], msisdn: Msisdn, imsi: Imsi, iccid: Iccid) -> DesiredState:
    """All that the network must know of the line. Raises Invalid when the parameters make no line."""
    settings: dict[str, ParameterValue] = {}
    for need in needs:
        settings |= need.parameters
    return DesiredState(
        msisdn=msisdn,
        imsi=imsi,
        iccid=iccid,
        services=frozenset(service for name, service in _SWITCHES.items() if settings.get(name) is True),
        bars=frozenset(Bar(name) for name in _texts(settings.get(_BARS, ()))),
        apns=_texts(settings.get(_APNS, ())),
        speed_profile=str(settings.get(_SPEED, "")),
    )


def _texts(value: ParameterValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def misunderstood(need: ServiceNeed) -> tuple[Problem, ...]:
    """Parameters of a service that provisioning would not understand; a product with them cannot be delivered."""
    known = {*_SWITCHES, _APNS, _SPEED, _BARS}
    where = f"services.{need.specification.key}"
    problems = [
        Problem(
            "ordering.parameter_unknown",
            f"provisioning does not know the parameter {name!r}",
            where,
            name,
            ", ".join(sorted(known)),
        )
        for name in need.parameters
        if name not in known
    ]
    for name, value in need.parameters.items():
        if name in _SWITCHES and not isinstance(value, bool):
            problems.append(Problem("ordering.parameter_wrong", f"{name} is on or off", where, str(value), "yes or no"))
    bars = {str(bar) for bar in Bar}
    problems += [
        Problem("ordering.bar_unknown", f"there is no bar {bar!r}", where, bar, ", ".join(sorted(bars)))
        for bar in _texts(need.parameters.get(_BARS, ()))
        if bar not in bars
    ]
    return tuple(problems)


def shown(need: ServiceNeed) -> Mapping[str, str | list[str]]:
    """The parameters as a service in inventory shows them."""
    return {
        name: list(value)
        if isinstance(value, tuple)
        else ("yes" if value else "no")
        if isinstance(value, bool)
        else str(value)
        for name, value in need.parameters.items()
    }
