"""Where usage took place: the serving network, from whichever element of a request names it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from linehouse.edge.network.nchf.messages import (
    ChargingDataRequest,
    PlmnId,
    ServingFunction,
    UsedUnitContainer,
    UserLocation,
)
from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Plmn

_ZONE = re.compile(r"([+-])([0-9]{2}):?([0-5][0-9])(?:\+([0-2]))?")
_VISITED = re.compile(r"(?:.*\.)?mnc([0-9]{3})\.mcc([0-9]{3})\.3gppnetwork\.org", re.IGNORECASE)


def place_of(asked: ChargingDataRequest) -> Plmn | None:
    """The network that serves the subscriber at the instant of the request; None: the request does not say."""
    named: list[PlmnId | None] = []
    if asked.pdu is not None:
        if asked.pdu.session is not None:
            named += [asked.pdu.session.serving_plmn, *_functions([asked.pdu.session.serving_function])]
        named.append(_located(asked.pdu.location))
    if asked.ims is not None:
        if visited := _VISITED.fullmatch(asked.ims.visited):
            return _plmn(PlmnId(visited[2], visited[1].removeprefix("0")))
        named.append(_located(asked.ims.location))
    if asked.sms is not None:
        named.append(_located(asked.sms.location))
    if asked.roaming is not None:
        for container in reversed(asked.roaming.containers):
            if container.information is not None:
                named += [_located(container.information.location), *_functions(container.information.functions)]
    return _first(named)


def place_used(container: UsedUnitContainer) -> Plmn | None:
    """The network in which a part of a session was used; None: the report does not say."""
    if container.pdu is None:
        return None
    return _first([*_functions(container.pdu.functions), _located(container.pdu.location)])


def offset_of(asked: ChargingDataRequest) -> timedelta | None:
    """How far the subscriber's clock is from UTC (TimeZone of TS 29.571: ``+01:00``, with ``+1`` in summer)."""
    parts = (asked.pdu, asked.sms, asked.ims)
    text = next((one.time_zone for one in parts if one is not None and one.time_zone), "")
    found = _ZONE.fullmatch(text)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return offset if found[1] == "+" else -offset


def _functions(functions: Iterable[ServingFunction | None]) -> list[PlmnId | None]:
    return [one.information.nf_plmn for one in functions if one is not None and one.information is not None]


def _located(location: UserLocation | None) -> PlmnId | None:
    return location.plmn if location is not None else None


def _first(named: Iterable[PlmnId | None]) -> Plmn | None:
    return next((plmn for one in named if one is not None and (plmn := _plmn(one)) is not None), None)


def _plmn(named: PlmnId) -> Plmn | None:
    try:
        return Plmn(named.mcc, named.mnc)
    except Invalid:
        return None
