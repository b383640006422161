"""Request bodies: media types, JSON without binary fractions, and typed decoding with a pointer to what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body

MAX_BODY = 1_000_000
"""Bytes of a request body."""

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
QUERY_PATCH = "application/json-patch-query+json"
PATCH_TYPES = (JSON, MERGE_PATCH, JSON_PATCH, QUERY_PATCH)
MAX_NESTING = 64
"""How deep objects and lists stand within one another."""
MAX_DIGITS = 30
"""Digits of a number, before and behind its point."""

T = TypeVar("T")

_decoder = msgspec.json.Decoder(Any, float_hook=Decimal)
_LARGEST = Decimal(10) ** MAX_DIGITS
_encoder = msgspec.json.Encoder(decimal_format="number")
_MISSING = re.compile(r"Object missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `([^`]+)`")
_WHERE = re.compile(r" - at `(?:key in )?\$([^`]*)`$")


def to_json(value: object) -> bytes:
    """JSON bytes; decimals become exact numbers."""
    return _encoder.encode(value)


def require_media_type(request: HttpRequest, allowed: Sequence[str], accept_header: str = "") -> str:
    """The media type of the body; raises ApiProblem 415, with what would do in ``accept_header`` (as Accept-Patch)."""
    media_type, _, parameters = request.headers.get("Content-Type", "").partition(";")
    media_type = media_type.strip().lower()
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", parameters, re.IGNORECASE)
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    wrong = (
        f"{media_type[:80] or 'no media type'} is not accepted; expected {' or '.join(allowed)}"
        if media_type not in allowed
        else f"the charset {charset.group(1)[:40]} is not accepted; JSON is UTF-8"
        if charset and charset.group(1).lower() not in ("utf-8", "utf8", "us-ascii")
        else "a body that is packed is not accepted"
        if encoding not in ("", "identity")
        else ""
    )
    if wrong:
        header = accept_header or "Accept-Post"
        raise ApiProblem(
            415,
            "tmf.media_type",
            wrong,
            "Content-Type" if encoding in ("", "identity") else "Content-Encoding",
            headers={header: ", ".join(allowed)},
        )
    return media_type


def require_acceptable(accept: str) -> None:
    """Raises ApiProblem 406 when the caller takes no JSON."""
    ranges = [part.strip().lower() for part in accept.split(",") if part.strip()]
    for item in ranges:
        name, *parameters = (part.strip() for part in item.split(";"))
        if name in ("*/*", "application/*", JSON) and "q=0" not in parameters:
            return
    if ranges:
        raise ApiProblem(406, "tmf.not_acceptable", f"only {JSON} can be answered")


def body_of(request: HttpRequest) -> bytes:
    """The bytes of the body; raises ApiProblem 413 for too many, before they are read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not str(length).isdecimal() or int(length) > MAX_BODY:
        raise ApiProblem(413, "tmf.too_large", f"a body holds at most {MAX_BODY} bytes", "Content-Length")
    try:
        return bytes(request.body)
    except (UnreadablePostError, RequestDataTooBig):
        raise bad_body("", "the body ended before its announced length") from None


def json_object(data: bytes) -> JsonObject:
    """The JSON object in a body, numbers as decimals; raises ApiProblem 400."""
    value = json_value(data)
    if not isinstance(value, dict):
        raise bad_body("", "the body is no JSON object")
    return value


def json_value(data: bytes) -> object:
    """The JSON in a body, numbers as decimals.

    Raises ApiProblem 400 for what is no JSON, names an attribute twice, nests too deep, or holds a text or a number
    that cannot be kept.
    """
    if len(data) > MAX_BODY:
        raise ApiProblem(413, "tmf.too_large", f"a body holds at most {MAX_BODY} bytes")
    try:
        value = _decoder.decode(data)
        json.loads(data, object_pairs_hook=_once_each)
    except _Twice as twice:
        raise bad_body("", f"the attribute {twice.args[0][:60]!r} stands twice in one object") from None
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
        raise bad_body("", f"the body is no JSON: {str(error)[:200]}") from None
    except RecursionError:
        raise bad_body("", f"objects and lists nest at most {MAX_NESTING} deep") from None
    _require_keepable(value, "", MAX_NESTING)
    return value


class _Twice(Exception):
    """An object names an attribute twice: which one was meant cannot be known."""


def _once_each(pairs: list[tuple[str, object]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise _Twice(next(name for name in names if names.count(name) > 1))


def _require_keepable(value: object, pointer: str, deeper: int) -> None:
    """PostgreSQL's text has no U+0000 and its numbers an end; nesting is bounded for whoever walks it later."""
    if isinstance(value, str):
        if "\0" in value:
            raise bad_body(pointer, "no text may hold the character U+0000")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | Decimal):
        number = Decimal(value)
        if not -_LARGEST < number < _LARGEST or -int(number.as_tuple().exponent) > MAX_DIGITS:
            raise bad_body(pointer, f"a number has at most {MAX_DIGITS} digits before and behind its point")
    elif deeper <= 0:
        raise bad_body(pointer[:200], f"objects and lists nest at most {MAX_NESTING} deep")
    elif isinstance(value, dict):
        for name, inner in value.items():
            if "\0" in name:
                raise bad_body(pointer, "no attribute's name may hold the character U+0000")
            _require_keepable(inner, f"{pointer}/{escaped(name)}", deeper - 1)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            _require_keepable(inner, f"{pointer}/{at}", deeper - 1)


def escaped(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


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
