"""The engine's decision as a credit control answer (RFC 8506 §3.2, §5.6, §9). Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from linehouse.edge.network.diameter.avp import Fields
from linehouse.edge.network.diameter.codec import encoded
from linehouse.edge.network.diameter.commands import CREDIT_CONTROL
from linehouse.edge.network.diameter.credit.currencies import NUMBER
from linehouse.edge.network.diameter.credit.request import Action, Credit, Kind, Service
from linehouse.edge.network.diameter.credit.units import THRESHOLD, UnitKind, Wanted, granted, told, value_of
from linehouse.edge.network.diameter.results import Result
from linehouse.kernel.money import Money
from linehouse.rating.session.answers import Action as FinalAction
from linehouse.rating.session.answers import Answer, Refusal, ServiceAnswer

RESULTS = {
    None: Result.SUCCESS,
    Refusal.CREDIT_LIMIT: Result.CREDIT_LIMIT_REACHED,
    Refusal.DENIED: Result.END_USER_SERVICE_DENIED,
    Refusal.UNRATED: Result.RATING_FAILED,
    Refusal.INVALID: Result.RATING_FAILED,
    Refusal.UNKNOWN_SESSION: Result.UNKNOWN_SESSION_ID,
    Refusal.KEY_REUSED: Result.UNABLE_TO_COMPLY,
    Refusal.NOTHING_TO_REFUND: Result.UNABLE_TO_COMPLY,
}
"""A refusal of the engine as a result code. Those that the engine learns later are denials."""
_FINAL = {FinalAction.TERMINATE: 0, FinalAction.REDIRECT: 1, FinalAction.RESTRICT: 2}
_V4, _V6, _URL, _SIP = range(4)


def echo(credit: Credit) -> Fields:
    """What every answer repeats."""
    return {
        "Auth-Application-Id": [CREDIT_CONTROL],
        "CC-Request-Type": [int(credit.kind)],
        "CC-Request-Number": [credit.number],
    }


def answer_of(credit: Credit, answer: Answer) -> tuple[Result, Fields]:
    """The result code of the whole and the AVPs of the answer."""
    fields = echo(credit)
    if answer.refusal is not None:
        result = result_of(answer.refusal)
        if result is Result.UNABLE_TO_COMPLY:
            fields["Error-Message"] = ["this request number was used for another content"]
        return result, fields
    told_of = _by_service(credit, answer)
    if any(one is not None and one.refusal is Refusal.UNKNOWN_SESSION for _, one in told_of):
        return Result.UNKNOWN_SESSION_ID, fields
    fields.update(_treatment(credit))
    results = [_result(service, one) for service, one in told_of]
    if credit.action is Action.CHECK_BALANCE:
        fields["Check-Balance-Result"] = [0 if _enough(told_of) else 1]
        return Result.SUCCESS, fields
    if credit.action is Action.PRICE_ENQUIRY or credit.kind in {Kind.EVENT, Kind.TERMINATION}:
        fields.update(_cost([one.cost for _, one in told_of if one is not None and one.cost is not None]))
    if credit.multiple:
        fields["Multiple-Services-Credit-Control"] = [_service(credit, service, one) for service, one in told_of]
        return _of_all(credit, results), fields
    for service, one in told_of:
        mine = _service(credit, service, one)
        mine.pop("Result-Code", None)
        fields.update(mine)
    return results[0] if results else Result.SUCCESS, fields


def result_of(refusal: Refusal | None) -> Result:
    """The result code of a refusal."""
    return RESULTS.get(refusal, Result.END_USER_SERVICE_DENIED)


def _by_service(credit: Credit, answer: Answer) -> list[tuple[Service, ServiceAnswer | None]]:
    """The engine answers in the order in which it was asked; services with a fault of their own were not asked."""
    answers = iter(answer.services)
    return [(one, next(answers, None) if one.fault is None else None) for one in credit.services]


def _of_all(credit: Credit, results: Sequence[Result]) -> Result:
    """One bad service does not fail the others. A session of which nothing can begin does not begin."""
    if credit.kind in {Kind.INITIAL, Kind.EVENT} and results and len(set(results)) == 1:
        return results[0]
    return Result.SUCCESS


def _result(service: Service, answer: ServiceAnswer | None) -> Result:
    if service.fault is not None:
        return service.fault.result
    if answer is None:
        return Result.SUCCESS
    if answer.refusal is None and _nothing(service, answer):
        return Result.CREDIT_LIMIT_REACHED
    return result_of(answer.refusal)


def _nothing(service: Service, answer: ServiceAnswer) -> bool:
    """Whether what is granted comes to nothing in the units that the client counts."""
    wanted = service.wanted
    asked = wanted is not None and wanted.amount != 0
    return asked and answer.granted is not None and told(service.kind, answer.granted) == 0


def _service(credit: Credit, service: Service, answer: ServiceAnswer | None) -> Fields:
    result = _result(service, answer)
    fields: Fields = dict(service.echo)
    if answer is not None and result is Result.SUCCESS:
        fields.update(_grant(credit, service, answer))
    elif answer is not None and answer.action in {FinalAction.REDIRECT, FinalAction.RESTRICT}:
        # No units and a final action: it begins at once, and is looked at again when the validity ends.
        fields["Final-Unit-Indication"] = [_final(credit, answer)]
        fields["Validity-Time"] = [credit.context.restarts]
    if service.fault is not None:
        fields["Failed-AVP"] = [service.fault.failed]
    elif result is Result.RATING_FAILED:
        fields["Failed-AVP"] = [_unrated(service)]
    fields["Result-Code"] = [int(result)]
    return fields


def _unrated(service: Service) -> bytes:
    """What could not be rated: the rating group, or the service."""
    for name in ("Rating-Group", "Service-Identifier"):
        if name in service.echo:
            return encoded(name, service.echo[name][0])
    return encoded("Rating-Group", 0)


def _grant(credit: Credit, service: Service, answer: ServiceAnswer) -> Fields:
    fields: Fields = {}
    wanted = service.wanted
    if wanted is None or answer.granted is None or credit.kind is Kind.TERMINATION:
        if credit.kind is Kind.UPDATE:
            # A client that redirects or restricts after its last unit asks again when this is over.
            fields["Validity-Time"] = [credit.context.restarts]
        return fields
    unit: Fields = {}
    if answer.tariff_change is not None and service.kind is not UnitKind.TIME:
        unit["Tariff-Time-Change"] = [answer.tariff_change]
    unit.update(granted(Wanted(service.kind, None, wanted.micros, wanted.currency), answer.granted))
    fields["Granted-Service-Unit"] = [unit]
    if credit.kind is Kind.EVENT:
        return fields
    if answer.validity is not None:
        fields["Validity-Time"] = [max(1, int(answer.validity.total_seconds()))]
    if answer.final:
        fields["Final-Unit-Indication"] = [_final(credit, answer)]
    elif answer.threshold is not None and service.kind in THRESHOLD:
        fields[THRESHOLD[service.kind]] = [min(told(service.kind, answer.threshold), 0xFFFF_FFFF)]
    if credit.context.holding is not None:
        fields["Quota-Holding-Time"] = [credit.context.holding]
    return fields


def _final(credit: Credit, answer: ServiceAnswer) -> Fields:
    action = answer.action or FinalAction.TERMINATE
    fields: Fields = {"Final-Unit-Action": [_FINAL[action]]}
    if action is FinalAction.REDIRECT:
        fields["Redirect-Server"] = [
            {
                "Redirect-Address-Type": [_type_of(answer.redirect_to)],
                "Redirect-Server-Address": [answer.redirect_to],
            }
        ]
    elif action is FinalAction.RESTRICT and credit.context.filter:
        fields["Filter-Id"] = [credit.context.filter]
    return fields


def _type_of(address: str) -> int:
    if address.lower().startswith(("sip:", "sips:")):
        return _SIP
    try:
        return _V4 if ipaddress.ip_address(address).version == 4 else _V6
    except ValueError:
        return _URL


def _treatment(credit: Credit) -> Fields:
    """How the client is to treat failures, where the realm says it."""
    context, fields = credit.context, Fields()
    if credit.kind is Kind.EVENT:
        if context.continues is not None:
            fields["Direct-Debiting-Failure-Handling"] = [int(context.continues)]
    elif credit.kind is Kind.INITIAL:
        if context.failover is not None:
            fields["CC-Session-Failover"] = [int(context.failover)]
        if context.failure is not None:
            fields["Credit-Control-Failure-Handling"] = [int(context.failure)]
    return fields


def _enough(told_of: Sequence[tuple[Service, ServiceAnswer | None]]) -> bool:
    return all(
        one is not None
        and one.refusal is None
        and (service.wanted is None or (one.granted or 0) >= (service.wanted.amount or 1))
        for service, one in told_of
    )


def _cost(costs: Sequence[Money]) -> Fields:
    if not costs or costs[0].currency not in NUMBER:
        return {}
    currency = costs[0].currency
    total = sum(one.micros for one in costs if one.currency == currency)
    return {"Cost-Information": [{"Unit-Value": [value_of(total)], "Currency-Code": [NUMBER[currency]]}]}


def not_applicable(credit: Credit) -> tuple[Result, Fields]:
    """A call for help: it passes, costs nothing, and nobody needs to ask again."""
    fields = echo(credit)
    if credit.multiple:
        result = int(Result.CREDIT_CONTROL_NOT_APPLICABLE)
        fields["Multiple-Services-Credit-Control"] = [
            {**service.echo, "Result-Code": [result]} for service in credit.services
        ]
    return Result.CREDIT_CONTROL_NOT_APPLICABLE, fields
