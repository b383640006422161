"""Request bodies: media types, JSON without binary fractions, and typed decoding with a pointer to what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body

MAX_BODY = 1_000_000
"""Bytes of a request body."""

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
PATCH_TYPES = (JSON, MERGE_PATCH)

T = TypeVar("T")

_decoder = msgspec.json.Decoder(Any, float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")
_MISSING = re.compile(r"Object missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")
_WHERE = re.compile(r" - at `(?:key in )?\$([^`]*)`$")


def to_json(value: object) -> bytes:
    """JSON bytes; decimals become exact numbers."""
    return _encoder.encode(value)


def require_media_type(content_type: str, allowed: Sequence[str], accept_header: str = "") -> None:
    """Raises ApiProblem 415, naming in ``accept_header`` (such as Accept-Patch) what would be right."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in allowed:
        raise ApiProblem(
            415,
            "tmf.media_type",
            f"{media_type or 'no media type'} is not accepted; expected {' or '.join(allowed)}",
            headers={accept_header: ", ".join(allowed)} if accept_header else {},
        )


def require_acceptable(accept: str) -> None:
    """Raises ApiProblem 406 when the caller takes no JSON."""
    ranges = [part.strip().lower() for part in accept.split(",") if part.strip()]
    for item in ranges:
        name, *parameters = (part.strip() for part in item.split(";"))
        if name in ("*/*", "application/*", JSON) and "q=0" not in parameters:
            return
    if ranges:
        raise ApiProblem(406, "tmf.not_acceptable", f"only {JSON} can be answered")


def json_object(data: bytes) -> JsonObject:
    """The JSON object in a body, numbers as decimals; raises ApiProblem 400."""
    if len(data) > MAX_BODY:
        raise bad_body("", f"a body holds at most {MAX_BODY} bytes")
    try:
        value = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise bad_body("", f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise bad_body("", "the body is no JSON object")
    if b"\\u0000" in data and _holds_null(value):
        raise bad_body("", "no text may hold the character U+0000")
    return value


def _holds_null(value: object) -> bool:
    """Whether a text anywhere in it holds U+0000, which PostgreSQL's text cannot."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_null(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(_holds_null(part) for part in value)


def typed(value: JsonObject, shape: type[T]) -> T:
    """The object as the typed body; raises ApiProblem 400 with a JSON pointer."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None


def _explained(text: str) -> ApiProblem:
    where = _WHERE.search(text)
    message = text[: where.start()] if where else text
    pointer = _pointer(where.group(1) if where else "")
    missing = _MISSING.match(message) or _UNKNOWN.match(message)
    if missing:
        pointer += f"/{missing.group(1)}"
    if _MISSING.match(message):
        message = f"the attribute {missing.group(1) if missing else ''} is mandatory"
    return bad_body(pointer, message)


def _pointer(path: str) -> str:
    """`.productOrderItem[0].action` → `/productOrderItem/0/action`."""
    return re.sub(r"\.|\[", "/", path).replace("]", "")
