"""Import and export jobs: a resource as a file of JSON, as TMF620 has for the catalog, for whatever API wants them.

`exportJob` writes what a list request with the job's `query` would answer; `importJob` does with each line of a file
what a POST of it would do. The work is done by the worker, page by page; the job says how far it is.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote_to_bytes
from uuid import UUID

import httpx

from linehouse.edge.tmf.kit.access import current_base, current_client
from linehouse.edge.tmf.kit.callback import checked, fetch
from linehouse.edge.tmf.kit.declaration import Create, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.hub import loopback_allowed
from linehouse.edge.tmf.kit.keys import id_of
from linehouse.edge.tmf.kit.problem import ApiProblem, bad_body
from linehouse.edge.tmf.kit.query import parse
from linehouse.edge.tmf.kit.shapes import Instant, Representation, Shape
from linehouse.edge.tmf.models import ExchangeJob
from linehouse.kernel.error import NotFound
from linehouse.platform.access.service import client
from linehouse.platform.documents.service import SEALED_FOR_THE_HOUSE, discard, store
from linehouse.platform.jobs.service import enqueue
from linehouse.platform.work import Actor, current_work

NDJSON = "application/x-ndjson"
JSON = "application/json"
CONTENT_TYPES = (NDJSON, JSON)
MAX_FILE = 20_000_000
"""Octets of a file to import."""
RUN = "tmf.exchange"
_STATUS = {
    "acknowledged": "Not Started",
    "inProgress": "Running",
    "done": "Succeeded",
    "terminatedWithError": "Failed",
}


class ExchangeTask(Representation):
    """`ImportJob` and `ExportJob`; how far it is stands beside the published attributes."""

    url: str
    content_type: str
    path: str
    query: str | None = None
    status: str
    creation_date: Instant
    completion_date: Instant | None = None
    error_log: str | None = None
    total_count: int
    done_count: int
    refused_count: int
    error_url: str | None = None


class ExportCreate(Shape):
    """`ExportJob_Create`: `path` is the resource, `query` chooses as in a list request, `url` names the file."""

    url: str
    path: str
    query: str | None = None
    content_type: str = NDJSON


class ImportCreate(Shape):
    """`ImportJob_Create`: `url` is the file, on a public host by HTTPS or within the address itself (`data:`)."""

    url: str
    path: str
    content_type: str = NDJSON


def _represent(row: ExchangeJob, links: Links) -> ExchangeTask:
    own = links.to(row.api, f"{row.kind}Job", row.id)
    return ExchangeTask(
        id=str(row.id),
        url=f"{own}/content",
        content_type=row.content_type,
        path=row.resource,
        query=row.query or None,
        status=_STATUS[row.state],
        creation_date=row.created_at,
        completion_date=row.completed_at,
        error_log=row.error or None,
        total_count=row.total,
        done_count=row.done,
        refused_count=row.refused,
        error_url=f"{own}/errors" if row.errors_id else None,
    )


def jobs_of(api_path: str, *resources: Resource[Any]) -> tuple[Resource[ExchangeJob], ...]:
    """The job resources of an API: exports of these resources, and imports of those that can be created."""
    creatable = [resource for resource in resources if resource.create is not None]
    found = [_declared(api_path, "export", resources, ExportCreate)]
    return (*found, _declared(api_path, "import", creatable, ImportCreate)) if creatable else tuple(found)


def _declared(
    api_path: str, kind: str, resources: Sequence[Resource[Any]], body: type[ExportCreate | ImportCreate]
) -> Resource[ExchangeJob]:
    by_name = {resource.name: resource for resource in resources}

    def search(narrow: Narrow) -> Slice[ExchangeJob]:
        rows = ExchangeJob.objects.filter(api=api_path, kind=kind, client_id=current_client()).order_by("-id")
        return Slice(list(rows[narrow.offset : narrow.offset + narrow.limit]), rows.count())

    def get(key: str) -> ExchangeJob:
        row = ExchangeJob.objects.filter(api=api_path, kind=kind, id=id_of(key), client_id=current_client()).first()
        if row is None:
            raise NotFound("there is no such job of this client", field="id", value=key)
        return row

    def create(sent: Any, actor: Actor) -> ExchangeJob:
        return _begin(api_path, kind, by_name, sent, actor)

    def delete(key: str, actor: Actor) -> None:
        del actor
        row = get(key)
        for document in (row.input_id, row.output_id, row.errors_id):
            if document is not None:
                discard(document)
        row.delete()

    name = f"{kind}Job"
    return Resource(
        name=name,
        kind=f"{kind.capitalize()}Job",
        description=f"{kind.capitalize()}s of {', '.join(by_name)} as files of JSON, each a job of its client",
        read=f"{kind}.run",
        write=f"{kind}.run",
        representation=ExchangeTask,
        represent=_represent,
        search=search,
        get=get,
        create=Create(body, create),
        delete=delete,
    )


def _begin(
    api_path: str, kind: str, by_name: dict[str, Resource[Any]], sent: ExportCreate | ImportCreate, actor: Actor
) -> ExchangeJob:
    name = sent.path.strip("/").rsplit("/", 1)[-1]
    resource = by_name.get(name)
    if resource is None:
        raise bad_body("/path", f"{sent.path[:60]!r} cannot be exchanged here; expected {' or '.join(sorted(by_name))}")
    if sent.content_type not in CONTENT_TYPES:
        raise bad_body("/contentType", f"expected {' or '.join(CONTENT_TYPES)}")
    identity = client(UUID(actor.id))
    needed = resource.read if kind == "export" else resource.write
    if identity is None or not identity.may(needed):
        raise ApiProblem(403, "access.not_allowed", f"this needs the permission {needed}", "/path")
    query = ""
    data = b""
    if isinstance(sent, ExportCreate):
        query = (sent.query or "").removeprefix("?")
        if len(query) > 1000:
            raise bad_body("/query", "a query has at most 1000 characters")
        parsed = parse(query, resource.attributes)
        if parsed.paged or parsed.expand or parsed.depth:
            raise bad_body("/query", "a query of an export has conditions, order and fields only")
    else:
        data = _file_at(sent.url)
    work = current_work()
    row = ExchangeJob(
        api=api_path,
        resource=name,
        kind=kind,
        client_id=identity.id,
        client_name=identity.name,
        content_type=sent.content_type,
        query=query,
        base_url=current_base(),
        created_at=work.now,
        changed_at=work.now,
    )
    if kind == "import":
        row.input_id = store(
            f"import-{row.id}",
            sent.content_type,
            data,
            kind="tmf.import",
            subject=str(row.id),
            sealing=SEALED_FOR_THE_HOUSE,
        )
    row.save(force_insert=True)
    enqueue(RUN, {"job": str(row.id), "line": 0}, key=f"{row.id}/0", serial=f"{RUN}/{row.id}")
    return row


def _file_at(url: str) -> bytes:
    """The file that an address names. Raises CallbackRefused, ApiProblem 400."""
    if url.startswith("data:"):
        head, comma, content = url[5:].partition(",")
        if not comma:
            raise bad_body("/url", "a data address holds a comma before its content")
        try:
            data = base64.b64decode(content, validate=True) if head.endswith(";base64") else unquote_to_bytes(content)
        except (binascii.Error, ValueError):
            raise bad_body("/url", "the content of the data address is no base64") from None
    else:
        try:
            data = fetch(checked(url, loopback=loopback_allowed(), field="/url"), MAX_FILE)
        except httpx.HTTPError as error:
            raise bad_body("/url", f"the file cannot be fetched: {type(error).__name__}") from None
    if len(data) > MAX_FILE:
        raise bad_body("/url", f"a file to import has at most {MAX_FILE} octets")
    return data
