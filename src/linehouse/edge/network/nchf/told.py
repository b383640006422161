"""What the bucket function answers, in the words of Nchf_ConvergedCharging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from linehouse.edge.network.nchf.mapping import group_named, named_groups, usage_type_of, wrong_unit
from linehouse.edge.network.nchf.messages import (
    ChargingDataRequest,
    ChargingDataResponse,
    FinalUnit,
    GrantedUnit,
    InvocationResult,
    RedirectServer,
    Trigger,
    UnitInformation,
    UnitUsage,
)
from linehouse.edge.network.nchf.options import Options
from linehouse.kernel.quantity import Unit
from linehouse.rating.session.answers import Action, Refusal, ServiceAnswer

FAILOVER = "FAILOVER_SUPPORTED"
"""Every process answers for every session."""
_RESULTS = {
    Refusal.CREDIT_LIMIT: "QUOTA_LIMIT_REACHED",
    Refusal.DENIED: "END_USER_SERVICE_DENIED",
    Refusal.UNRATED: "RATING_FAILED",
    Refusal.INVALID: "RATING_FAILED",
}
_FREE = "QUOTA_MANAGEMENT_NOT_APPLICABLE"
_REJECTED = "END_USER_SERVICE_REJECTED"
_ACTIONS = {Action.TERMINATE: "TERMINATE", Action.REDIRECT: "REDIRECT", Action.RESTRICT: "RESTRICT_ACCESS"}
_MILLISECONDS = 1000
AT_ONCE = "IMMEDIATE_REPORT"


def response_of(
    asked: ChargingDataRequest, services: Sequence[ServiceAnswer], options: Options, *, begins: bool
) -> ChargingDataResponse:
    """The answer to a request; ``begins``: it opened a session, which is told when to report."""
    # The answer for the quota of a rating group stands behind those for its reports.
    last = {group_named(one.service): one for one in services}
    groups = zip(named_groups(asked.usages), asked.usages, strict=True)
    found = [_unit(asked, usage, last.get(group), options) for group, usage in groups]
    units = [one for one in found if one is not None]
    # Where usage is priced by network, it is told apart when the network changes.
    moved = [Trigger(AT_ONCE, "PLMN_CHANGE")] if begins and asked.pdu is not None else []
    return ChargingDataResponse(
        at=instant_told(asked.at),
        sequence=asked.sequence,
        result=InvocationResult(options.failure_handling),
        failover=FAILOVER,
        units=units,
        triggers=moved,
    )


def not_applicable(asked: ChargingDataRequest, options: Options) -> ChargingDataResponse:
    """The answer to what is let pass without quota and without charge."""
    return ChargingDataResponse(
        at=instant_told(asked.at),
        sequence=asked.sequence,
        result=InvocationResult(options.failure_handling),
        failover=FAILOVER,
        units=[UnitInformation(usage.rating_group, _FREE, upf=usage.upf) for usage in asked.usages],
    )


def instant_told(instant: datetime) -> str:
    """As RFC 3339 writes it."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _unit(
    asked: ChargingDataRequest, usage: UnitUsage, answer: ServiceAnswer | None, options: Options
) -> UnitInformation | None:
    if wrong_unit(asked, usage):
        return UnitInformation(rating_group=usage.rating_group, result="RATING_FAILED", upf=usage.upf)
    if answer is None:
        return None
    unit = usage_type_of(asked, usage).unit
    if answer.refusal is not None:
        return UnitInformation(
            rating_group=usage.rating_group,
            result=_RESULTS.get(answer.refusal, _REJECTED),
            final=_final(answer) if answer.action is Action.REDIRECT else None,
            validity=_seconds(answer),
            upf=usage.upf,
        )
    if answer.granted is None:
        return None
    return UnitInformation(
        rating_group=usage.rating_group,
        result="SUCCESS",
        granted=_granted(unit, answer),
        validity=_seconds(answer),
        holding=options.quota_holding or None,
        final=_final(answer) if answer.final else None,
        time_threshold=_scaled(answer.threshold) if unit is Unit.MILLISECOND else None,
        volume_threshold=answer.threshold if unit is Unit.OCTET else None,
        unit_threshold=answer.threshold if unit in (Unit.MESSAGE, Unit.EVENT) else None,
        upf=usage.upf,
    )


def _granted(unit: Unit, answer: ServiceAnswer) -> GrantedUnit:
    granted = answer.granted or 0
    return GrantedUnit(
        tariff_change=None if answer.tariff_change is None else instant_told(answer.tariff_change),
        time=granted // _MILLISECONDS if unit is Unit.MILLISECOND else None,
        total=granted if unit is Unit.OCTET else None,
        specific=granted if unit in (Unit.MESSAGE, Unit.EVENT) else None,
    )


def _final(answer: ServiceAnswer) -> FinalUnit:
    action = answer.action or Action.TERMINATE
    redirect = None
    if action is Action.REDIRECT:
        redirect = RedirectServer(_address_type(answer.redirect_to), answer.redirect_to)
    return FinalUnit(_ACTIONS[action], redirect)


def _address_type(address: str) -> str:
    return "URI" if address.startswith(("sip:", "sips:", "tel:")) else "URL"


def _seconds(answer: ServiceAnswer) -> int | None:
    return None if answer.validity is None else int(answer.validity.total_seconds())


def _scaled(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // _MILLISECONDS
