"""The files of import and export jobs: `/exportJob/{id}/content`, and `/importJob/{id}/errors` line by line."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from linehouse.edge.tmf.kit.access import called
from linehouse.edge.tmf.kit.declaration import Api, Resource
from linehouse.edge.tmf.kit.exchange import NDJSON
from linehouse.edge.tmf.kit.problem import ApiProblem
from linehouse.edge.tmf.kit.serving import answered, require_method
from linehouse.edge.tmf.models import ExchangeJob
from linehouse.platform.documents.service import load

PARTS = ("content", "errors")


def file_of(request: HttpRequest, api: Api, resource: Resource[ExchangeJob], key: str, part: str) -> HttpResponseBase:
    """GET one of the files of a job."""

    def handle() -> HttpResponse:
        require_method(request, ("GET", "HEAD"))
        with called(request) as who:
            who.require(resource.read)
            row = resource.get(key)
            document = row.errors_id if part == "errors" else row.output_id
            if document is None:
                raise ApiProblem(404, "tmf.no_file", "there is no such file of this job yet")
            exported = row.kind == "export"
            response = HttpResponse(load(document).content, content_type=row.content_type if exported else NDJSON)
            response["Cache-Control"] = "no-store"
            ending = "json" if exported and row.content_type != NDJSON else "ndjson"
            response["Content-Disposition"] = f'attachment; filename="{row.resource}-{part}.{ending}"'
            return response

    return answered(handle)
