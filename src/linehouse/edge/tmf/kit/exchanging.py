"""The work of import and export jobs, page by page in the worker, by what their client may do at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from django.db import DataError, transaction

from linehouse.edge.tmf.kit.access import Caller
from linehouse.edge.tmf.kit.body import json_object, to_json, typed
from linehouse.edge.tmf.kit.declaration import Api, Links, Resource, rendered
from linehouse.edge.tmf.kit.exchange import NDJSON, RUN
from linehouse.edge.tmf.kit.listing import listed
from linehouse.edge.tmf.kit.once import Once, external_key, fingerprint, run_once
from linehouse.edge.tmf.kit.paths import JsonObject
from linehouse.edge.tmf.kit.problem import ApiProblem, from_domain
from linehouse.edge.tmf.kit.query import MAX_LIMIT, parse
from linehouse.edge.tmf.kit.selection import select
from linehouse.edge.tmf.kit.strict import require_known
from linehouse.edge.tmf.kit.visible import reaches, visible_fields
from linehouse.edge.tmf.lifecycle import EXCHANGE
from linehouse.edge.tmf.models import ExchangeJob
from linehouse.kernel.error import DomainError
from linehouse.platform.access.ownership import bound_to_dealer
from linehouse.platform.access.service import ClientIdentity, client
from linehouse.platform.documents.service import SEALED_FOR_THE_HOUSE, discard, load, store
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.scope import current_brand
from linehouse.platform.work import Work

PAGE = 200
MAX_EXPORTED = 100_000
"""Representations of one export; more are exported in parts."""


def run(payload: dict[str, object], work: Work, apis: Sequence[Api]) -> None:
    """One page of an import, or a whole export."""
    row = ExchangeJob.objects.select_for_update().filter(id=str(payload["job"])).first()
    if row is None:
        return
    api = next((api for api in apis if api.path == row.api), None)
    resource = api.resource(row.resource) if api is not None else None
    identity = client(row.client_id)
    if row.state == "acknowledged":
        row.state = EXCHANGE.require(row.state, "inProgress")
        row.save(update_fields=["state"])
    if api is None or resource is None or identity is None:
        _end(row, work, "terminatedWithError", "the client or the resource is there no more")
        return
    with bound_to_dealer(identity.dealer or None):
        if row.kind == "export":
            _export(row, work, api, resource, identity)
        else:
            _import(row, work, api, resource, identity, int(str(payload["line"])))


def _end(row: ExchangeJob, work: Work, state: str, error: str) -> None:
    row.state = EXCHANGE.require(row.state, state)
    row.error = error[:300]
    row.completed_at = row.changed_at = work.now
    row.save()


def _export(row: ExchangeJob, work: Work, api: Api, resource: Resource[Any], identity: ClientIdentity) -> None:
    if not identity.may(resource.read) or not reaches(identity.held, resource):
        _end(row, work, "terminatedWithError", f"this needs the permission {resource.read}")
        return
    links, seen = Links(row.base_url), visible_fields(identity.held, resource)
    lines: list[bytes] = []
    try:
        query = parse(row.query, resource.attributes)
        seen.check(query)
        total = 1
        while len(lines) < min(total, MAX_EXPORTED):
            found = listed(api, resource, replace(query, offset=len(lines), limit=MAX_LIMIT), links)
            total = found.page.total
            page = found.representations(api, resource, links)
            if not page:
                break
            lines += [to_json(select(seen.shown(r), query.fields, query.expressions)) for r in page]
    except (ApiProblem, DomainError) as error:
        _end(row, work, "terminatedWithError", error.message)
        return
    if total > MAX_EXPORTED:
        _end(row, work, "terminatedWithError", f"{total} are more than {MAX_EXPORTED}; export them in parts by a query")
        return
    data = b"".join(line + b"\n" for line in lines) if row.content_type == NDJSON else b"[" + b",".join(lines) + b"]"
    row.total = row.done = len(lines)
    row.output_id = _kept(row, "export", data)
    _end(row, work, "done", "")


def _kept(row: ExchangeJob, what: str, data: bytes) -> UUID:
    return store(
        f"{what}-{row.id}",
        row.content_type,
        data,
        kind=f"tmf.{what}",
        subject=str(row.id),
        sealing=SEALED_FOR_THE_HOUSE,
    )


def _import(
    row: ExchangeJob, work: Work, api: Api, resource: Resource[Any], identity: ClientIdentity, first: int
) -> None:
    if row.input_id is None or not identity.may(resource.write):
        _end(row, work, "terminatedWithError", f"this needs the permission {resource.write}")
        return
    try:
        lines = _lines(load(row.input_id).content, row.content_type)
    except ApiProblem as problem:
        _end(row, work, "terminatedWithError", f"the file cannot be read: {problem.message}")
        return
    row.total = len(lines)
    results: list[bytes] = [load(row.output_id).content] if row.output_id else []
    errors: list[bytes] = [load(row.errors_id).content] if row.errors_id else []
    for at, line in list(enumerate(lines))[first : first + PAGE]:
        outcome, well = _imported(row, api, resource, Caller(identity), line)
        results.append(to_json({"line": at + 1, **outcome}) + b"\n")
        if well:
            row.done += 1
        else:
            row.refused += 1
            errors.append(to_json({"line": at + 1, **outcome}) + b"\n")
    for document in (row.output_id, row.errors_id):
        if document is not None:
            discard(document)
    row.output_id = _kept(row, "result", b"".join(results))
    row.errors_id = _kept(row, "errors", b"".join(errors)) if errors else None
    if first + PAGE < len(lines):
        row.changed_at = work.now
        row.save()
        following = first + PAGE
        enqueue(RUN, {"job": str(row.id), "line": following}, key=f"{row.id}/{following}", serial=f"{RUN}/{row.id}")
        return
    nothing_done = row.refused and not row.done
    error = f"{row.refused} of {row.total} were refused" if row.refused else ""
    _end(row, work, "terminatedWithError" if nothing_done else "done", error)


def _lines(data: bytes, content_type: str) -> list[bytes]:
    """The bodies in a file: one to a line, or the elements of one array. Raises ApiProblem 400."""
    if content_type == NDJSON:
        return [line for line in data.splitlines() if line.strip()]
    try:
        return [bytes(raw) for raw in msgspec.json.decode(data, type=list[msgspec.Raw])]
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ApiProblem(400, "tmf.body", f"it is no array of JSON: {str(error)[:100]}") from None


def _imported(
    row: ExchangeJob, api: Api, resource: Resource[Any], who: Caller, line: bytes
) -> tuple[dict[str, object], bool]:
    """What a POST of the line would be answered, and whether it was made; a refused one leaves nothing behind."""
    create = resource.create
    if create is None:
        raise TypeError(f"{resource.name} cannot be created")
    links = Links(row.base_url)
    try:
        with transaction.atomic(using=current_brand()):
            sent = json_object(line)
            shape = create.kinds.get(str(sent.get("@type", "")), create.body)
            require_known(sent, shape)
            body = typed(sent, shape)

            def act() -> JsonObject:
                return rendered(api, resource, create.run(body, who.actor), links)

            external_id = create.external_id(body) if create.external_id else None
            if external_id:
                once: Once = external_key(f"{api.number}/{resource.name}", external_id)
                path = f"/tmf-api/{api.path}/v4/{resource.name}"
                made, repeated = run_once(who, once, fingerprint("POST", path, sent), act)
            else:
                made, repeated = act(), False
    except ApiProblem as problem:
        return _refused(problem)
    except DomainError as error:
        return _refused(from_domain(error, resource.pointers))
    except DataError:
        return _refused(ApiProblem(400, "tmf.value", "a value is larger or longer than can be kept"))
    outcome: dict[str, object] = {"status": 201, "id": made["id"], "href": made["href"]}
    return outcome | ({"repeated": True} if repeated else {}), True


def _refused(problem: ApiProblem) -> tuple[dict[str, object], bool]:
    return {"status": problem.status, "error": msgspec.to_builtins(problem.body())}, False
