"""A POST that is sent twice has one effect: `Idempotency-Key`, and the caller's own id in the body.

The key, the hash of the request and the answer are written in the transaction of the effect itself, so that either
both exist or neither. They are kept for RETENTION; after that a repetition is a new request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.body import to_json
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.kernel.clock import MachineClock
from linehouse.platform.sql import brand_cursor

RETENTION = timedelta(days=30)
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a request the same request, and what the caller did wrong when it is not."""

    key: str
    field: str
    status: int
    """422 for another body under one Idempotency-Key, 409 for another one under one externalId."""


def header_key(header: str) -> Once:
    """From the `Idempotency-Key` header; raises ApiProblem 400 for one that is too long."""
    if len(header) > MAX_KEY or not header.isprintable():
        raise ApiProblem(
            400, "tmf.idempotency_key", f"a key has at most {MAX_KEY} printable characters", "Idempotency-Key"
        )
    return Once(f"key:{header}", "Idempotency-Key", 422)


def external_key(resource: str, external_id: str) -> Once:
    """From the caller's own id in the body."""
    return Once(f"externalId:{resource}:{external_id}", "/externalId", 409)


def fingerprint(method: str, path: str, body: JsonObject) -> str:
    """The hash of what was asked; the order of attributes and the white space do not count."""
    canonical = json.dumps(json.loads(to_json(body)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{method} {path}\n{canonical}".encode()).hexdigest()


def run_once(caller: Caller, once: Once, request_hash: str, act: Callable[[], JsonObject]) -> tuple[JsonObject, bool]:
    """Act, or return what the first request was answered; the flag says that it was a repetition.

    Must stand inside the unit of work of the effect. A second request waits for the first one's commit. Raises
    ApiProblem when the key was used for another request.
    """
    now = MachineClock().now()
    with brand_cursor() as cursor:
        cursor.execute(
            "DELETE FROM tmf_idempotencykey WHERE client_id = %s AND key = %s AND created_at < %s",
            [caller.identity.id, once.key, now - RETENTION],
        )
        cursor.execute(
            """
            INSERT INTO tmf_idempotencykey (client_id, key, request_hash, answer, created_at)
            VALUES (%s, %s, %s, 'null', %s) ON CONFLICT (client_id, key) DO NOTHING
            """,
            [caller.identity.id, once.key, request_hash, now],
        )
        is_new = cursor.rowcount == 1
    if not is_new:
        return _first_answer(caller, once, request_hash), True
    answer = act()
    with brand_cursor() as cursor:
        cursor.execute(
            "UPDATE tmf_idempotencykey SET answer = %s WHERE client_id = %s AND key = %s",
            [to_json(answer).decode(), caller.identity.id, once.key],
        )
    return answer, False


def _first_answer(caller: Caller, once: Once, request_hash: str) -> JsonObject:
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT request_hash, answer::text FROM tmf_idempotencykey WHERE client_id = %s AND key = %s",
            [caller.identity.id, once.key],
        )
        row = cursor.fetchone()
    if row is None:
        raise ApiProblem(409, "tmf.idempotency_busy", "the first request with this key is not finished", once.field)
    if row[0] != request_hash:
        raise ApiProblem(once.status, "tmf.idempotency_mismatch", "this key was used for another request", once.field)
    answer: JsonObject = json.loads(row[1])
    return answer
