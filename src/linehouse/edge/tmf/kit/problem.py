"""Answers that are errors: the HTTP status, and the TMF630 error body with a pointer to the field meant."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

from linehouse.kernel.error import DomainError, Kind
from linehouse.kernel.outcome import InvalidFields, Problem, RefusedError

STATUS_OF_KIND: Mapping[Kind, int] = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.REFUSED: 422,
    Kind.UNAVAILABLE: 503,
}


class Detail(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One of several problems of a request."""

    code: str
    message: str
    field: str = ""
    """JSON pointer (RFC 6901) to the attribute, or the name of the query parameter."""
    value: str = ""
    expected: str = ""


class ErrorBody(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """`Error` of every TM Forum specification; `field` and `problem` are our documented extension."""

    code: str
    reason: str
    message: str = ""
    status: str
    field: str = ""
    problem: tuple[Detail, ...] = ()
    type_: str = msgspec.field(name="@type")


class ApiProblem(Exception):
    """A request that is answered with an error status.

    ``code`` is stable, ``message`` one sentence for a person, ``field`` a JSON pointer or a parameter's name.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str = "",
        details: tuple[Detail, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.details = details
        self.headers = headers or {}

    def body(self) -> ErrorBody:
        """The error body (TMF630 Part 1, error representation)."""
        return ErrorBody(
            code=self.code,
            reason=HTTPStatus(self.status).phrase,
            message=self.message,
            status=str(self.status),
            field=self.field,
            problem=self.details,
            type_="Error",
        )


def bad_query(parameter: str, message: str) -> ApiProblem:
    """400 for a query parameter that cannot be understood."""
    return ApiProblem(400, "tmf.query", message, parameter)


def bad_body(pointer: str, message: str) -> ApiProblem:
    """400 for a body that does not fit the resource's schema."""
    return ApiProblem(400, "tmf.body", message, pointer)


def camel(name: str) -> str:
    """`billing_account_id` → `billingAccountId`."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def pointer_of(field_name: str, pointers: Mapping[str, str]) -> str:
    """The JSON pointer for a room's field name; rooms speak of fields in their own words."""
    if not field_name or field_name.startswith("/"):
        return field_name
    if field_name in pointers:
        return pointers[field_name]
    return "/" + "/".join(camel(part) for part in field_name.split("."))


def from_domain(error: DomainError, pointers: Mapping[str, str]) -> ApiProblem:
    """Translate a room's coded error; its kind decides the status."""
    problems = error.problems if isinstance(error, InvalidFields | RefusedError) else ()
    message = error.message + (f"; expected {error.expected}" if error.expected else "")
    return ApiProblem(
        STATUS_OF_KIND[error.kind],
        error.code,
        message,
        pointer_of(error.field, pointers),
        tuple(_detail(problem, pointers) for problem in problems),
    )


def _detail(problem: Problem, pointers: Mapping[str, str]) -> Detail:
    return Detail(
        code=problem.code,
        message=problem.message,
        field=pointer_of(problem.field, pointers),
        value=problem.value,
        expected=problem.expected,
    )
