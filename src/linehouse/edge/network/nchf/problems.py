"""What is answered when there is no other answer: ProblemDetails (TS 29.571) with a cause of TS 32.291 or 29.500."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from linehouse.edge.network.nchf.messages import InvalidParam, ProblemDetails
from linehouse.kernel.error import DomainError, Kind
from linehouse.rating.session.answers import Refusal

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_STATUS = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 400,
    Kind.FORBIDDEN: 403,
    Kind.REFUSED: 403,
    Kind.UNAVAILABLE: 503,
}
_AT = re.compile(r"^(?P<reason>.*?) - at `\$(?P<path>[^`]*)`$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_LONGEST = 300


class Cause(StrEnum):
    """Why, for a machine to read."""

    MANDATORY_IE_INCORRECT = "MANDATORY_IE_INCORRECT"
    MANDATORY_IE_MISSING = "MANDATORY_IE_MISSING"
    INVALID_MSG_FORMAT = "INVALID_MSG_FORMAT"
    CHARGING_FAILED = "CHARGING_FAILED"
    CHARGING_NOT_APPLICABLE = "CHARGING_NOT_APPLICABLE"
    END_USER_REQUEST_DENIED = "END_USER_REQUEST_DENIED"
    QUOTA_LIMIT_REACHED = "QUOTA_LIMIT_REACHED"
    USER_UNKNOWN = "USER_UNKNOWN"
    UNKNOWN_COUNTERS = "UNKNOWN_POLICY_COUNTERS"
    NO_COUNTERS = "NO_AVAILABLE_POLICY_COUNTERS"
    SUBSCRIPTION_NOT_FOUND = "SUBSCRIPTION_NOT_FOUND"
    CONTEXT_NOT_FOUND = "CONTEXT_NOT_FOUND"
    URI_UNKNOWN = "RESOURCE_URI_STRUCTURE_NOT_FOUND"
    NOT_ALLOWED = "MODIFICATION_NOT_ALLOWED"
    UNSPECIFIED_NF_FAILURE = "UNSPECIFIED_NF_FAILURE"
    SYSTEM_FAILURE = "SYSTEM_FAILURE"
    CONGESTION = "NF_CONGESTION"


class Problem(Exception):
    """A request ends here, with this answer."""

    def __init__(
        self,
        status: int,
        cause: str = "",
        detail: str = "",
        invalid: Sequence[InvalidParam] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(f"{status} {cause}: {detail}")
        self.status = status
        self.cause = cause
        self.detail = detail
        self.invalid = invalid
        self.headers = headers

    @property
    def details(self) -> ProblemDetails:
        """As it is said."""
        return ProblemDetails(
            status=self.status,
            title=_TITLES.get(self.status, "Error"),
            cause=self.cause,
            detail=self.detail[:_LONGEST],
            invalid=list(self.invalid),
        )


def malformed(message: str) -> Problem:
    """The body could not be read; ``message`` is what msgspec says of it."""
    found = _AT.match(message)
    reason, path = (found["reason"], found["path"]) if found else (message, "")
    pointer = "".join(
        f"/{(name or place).replace('~', '~0').replace('/', '~1')}" for name, place in _STEP.findall(path)
    )
    missing = _MISSING.search(reason)
    if missing is not None:
        pointer += f"/{missing['name']}"
    elif not found:
        return Problem(400, Cause.INVALID_MSG_FORMAT, f"the body is no such JSON: {reason}")
    cause = Cause.MANDATORY_IE_MISSING if missing else Cause.MANDATORY_IE_INCORRECT
    return Problem(400, cause, f"{pointer}: {reason}", (InvalidParam(pointer, reason[:_LONGEST]),))


def problem_of(error: DomainError) -> Problem:
    """An expected failure as it is answered."""
    status = _STATUS[error.kind]
    cause = {
        "charging.subscriber_unknown": Cause.USER_UNKNOWN,
        "charging.session_of_another": Cause.CHARGING_FAILED,
        "nchf.nobody_named": Cause.MANDATORY_IE_MISSING,
    }.get(error.code, Cause.SYSTEM_FAILURE if status == 503 else Cause.CHARGING_FAILED)
    if error.kind is Kind.REFUSED:
        cause = Cause.CHARGING_NOT_APPLICABLE
    invalid: tuple[InvalidParam, ...] = ()
    if status == 400 and error.field.startswith("/"):
        invalid = (InvalidParam(error.field, error.expected[:_LONGEST]),)
    return Problem(status, cause, f"{error.message} ({error.code})", invalid)


def refused(refusal: Refusal) -> Problem:
    """Why a debit in one piece was refused."""
    if refusal is Refusal.CREDIT_LIMIT:
        return Problem(403, Cause.QUOTA_LIMIT_REACHED, "neither allowances nor credit suffice")
    if refusal is Refusal.UNRATED:
        return Problem(403, Cause.CHARGING_NOT_APPLICABLE, "no rule of the tariff prices it")
    if refusal is Refusal.INVALID:
        return Problem(400, Cause.CHARGING_FAILED, "the usage cannot be")
    return Problem(403, Cause.END_USER_REQUEST_DENIED, f"refused: {refusal.value}")
