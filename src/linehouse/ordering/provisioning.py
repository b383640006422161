"""From the catalogue's service specification to the desired state of a line; and what a product brings at all.

The parameters of a specification are the words that a product manager writes; here they are given their meaning once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from linehouse.activation.values import Bar, DesiredState, LineService
from linehouse.catalog.values import Catalogue, ParameterValue, ResourceKind, ServiceNeed
from linehouse.kernel.error import Invalid
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


def undeliverable(catalogue: Catalogue) -> tuple[Problem, ...]:
    """What in a catalogue provisioning would not understand: it is refused before anybody can order it."""
    problems: list[Problem] = []
    for key in sorted(catalogue.offerings):
        needs = catalogue.decompose(key)
        found = [problem for need in needs for problem in _misunderstood(need)]
        if needs and not found:
            try:
                desired_state(needs, Msisdn("0"), Imsi("0"), Iccid("0"))
            except Invalid as error:
                found.append(Problem("ordering.no_line", error.message, error.field, "", error.expected))
        problems += [replace(problem, field=f"offerings.{key}.{problem.field}") for problem in found]
    return tuple(problems)


def _misunderstood(need: ServiceNeed) -> list[Problem]:
    known = {*_SWITCHES, _APNS, _SPEED, _BARS}
    bars = {str(bar) for bar in Bar}
    problems = []
    for name, value in need.parameters.items():
        field = f"{need.specification.key}.{name}"
        if name not in known:
            expected = ", ".join(sorted(known))
            problems.append(
                Problem("ordering.parameter_unknown", "provisioning does not know this", field, name, expected)
            )
        elif name in _SWITCHES and not isinstance(value, bool):
            problems.append(Problem("ordering.parameter_wrong", f"{name} is on or off", field, str(value), "yes or no"))
        elif name == _BARS:
            problems += [
                Problem("ordering.bar_unknown", "there is no such bar", field, bar, ", ".join(sorted(bars)))
                for bar in _texts(value)
                if bar not in bars
            ]
    return problems


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
