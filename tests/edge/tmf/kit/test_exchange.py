"""Import and export jobs, from the request to the files."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from linehouse.edge.tmf.kit import exchanging
from linehouse.platform.access.service import create_client
from tests.edge.tmf.conftest import HOST, ApiClient
from tests.edge.tmf.test_party import INDIVIDUALS, PERSON

EXPORTS, IMPORTS = "party/v4/exportJob", "party/v4/importJob"


def _data(lines: list[Any], content_type: str = "application/x-ndjson") -> dict[str, str]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    if content_type == "application/json":
        text = json.dumps(lines)
    return {
        "url": f"data:;base64,{base64.b64encode(text.encode()).decode()}",
        "path": "individual",
        "contentType": content_type,
    }


def test_an_export_is_what_the_list_says(api: ApiClient, drain: Callable[[], int]) -> None:
    for name in ("Smith", "Jones", "Smith"):
        api.post(INDIVIDUALS, PERSON | {"familyName": name})
    wanted = {"url": "people.ndjson", "path": "individual", "query": "familyName=Smith&fields=familyName&sort=id"}
    made = api.post(EXPORTS, wanted)
    assert (made.status, made.body["status"], made.body["doneCount"]) == (201, "Not Started", 0)
    assert api.file(f"{EXPORTS}/{made.body['id']}/content").status == 404
    drain()
    done = api.get(f"{EXPORTS}/{made.body['id']}").body
    assert (done["status"], done["totalCount"], done["doneCount"]) == ("Succeeded", 2, 2)
    assert done["url"] == f"http://{HOST}/tmf-api/{EXPORTS}/{done['id']}/content"
    file = api.file(f"{EXPORTS}/{done['id']}/content")
    lines = [json.loads(line) for line in file.body.splitlines()]
    assert lines == api.get(f"{INDIVIDUALS}?{wanted['query']}").body
    assert [row["id"] for row in api.get(EXPORTS).body] == [done["id"]]
    assert api.delete(f"{EXPORTS}/{done['id']}").status == 204
    assert api.file(f"{EXPORTS}/{done['id']}/content").status == 404


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json"])
def test_an_import_makes_what_it_can_and_says_what_it_cannot(
    api: ApiClient, drain: Callable[[], int], monkeypatch: pytest.MonkeyPatch, content_type: str
) -> None:
    monkeypatch.setattr(exchanging, "PAGE", 2)
    lines = [PERSON, {"givenName": "Ann"}, PERSON | {"colour": "red"}, PERSON | {"familyName": "Smith"}, PERSON]
    made = api.post(IMPORTS, _data(lines, content_type)).body
    drain()
    done = api.get(f"{IMPORTS}/{made['id']}").body
    assert (done["status"], done["totalCount"], done["doneCount"], done["refusedCount"]) == ("Succeeded", 5, 3, 2)
    assert done["errorLog"] == "2 of 5 were refused"
    results = [json.loads(line) for line in api.file(f"{IMPORTS}/{made['id']}/content").body.splitlines()]
    assert [(row["line"], row["status"]) for row in results] == [(1, 201), (2, 400), (3, 400), (4, 201), (5, 201)]
    errors = [json.loads(line) for line in api.file(f"{IMPORTS}/{made['id']}/errors").body.splitlines()]
    assert [(row["line"], row["error"]["field"]) for row in errors] == [(2, "/familyName"), (3, "/colour")]
    assert sorted(row["familyName"] for row in api.get(f"{INDIVIDUALS}?fields=familyName").body) == sorted(
        [PERSON["familyName"], "Smith", PERSON["familyName"]]
    )


def test_a_file_that_cannot_be_read(api: ApiClient, drain: Callable[[], int]) -> None:
    made = api.post(IMPORTS, {**_data([]), "contentType": "application/json"}).body
    only_refused = api.post(IMPORTS, _data(["{"])).body
    drain()
    assert api.get(f"{IMPORTS}/{made['id']}").body["status"] == "Failed"
    assert api.get(f"{IMPORTS}/{only_refused['id']}").body["status"] == "Failed"


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        (EXPORTS, {"url": "x", "path": "customer"}, 400, "/path"),
        (EXPORTS, {"url": "x", "path": "individual", "query": "colour=red"}, 400, "colour"),
        (EXPORTS, {"url": "x", "path": "individual", "query": "limit=2"}, 400, "/query"),
        (EXPORTS, {"url": "x", "path": "individual", "contentType": "text/csv"}, 400, "/contentType"),
        (IMPORTS, {"url": "data:x", "path": "individual"}, 400, "/url"),
        (IMPORTS, {"url": "data:;base64,%", "path": "individual"}, 400, "/url"),
        (IMPORTS, {"url": "https://10.0.0.1/file", "path": "individual"}, 400, "/url"),
        (IMPORTS, {"url": "file:///etc/passwd", "path": "individual"}, 400, "/url"),
    ],
)
def test_refused(api: ApiClient, path: str, body: dict[str, str], status: int, field: str) -> None:
    answer = api.post(path, body)
    assert (answer.status, answer.body["field"]) == (status, field)


def test_a_job_is_its_clients_own_and_does_what_that_may(api: ApiClient, brand: str, drain: Callable[[], int]) -> None:
    made = api.post(EXPORTS, {"url": "x", "path": "individual"}).body
    drain()
    other = ApiClient(create_client("other", brand, frozenset({"export.run", "import.run"})), None)
    assert other.get(f"{EXPORTS}/{made['id']}").status == 404
    assert other.file(f"{EXPORTS}/{made['id']}/content").status == 404
    assert other.get(EXPORTS).body == []
    assert other.post(EXPORTS, {"url": "x", "path": "individual"}).status == 403
    assert other.post(IMPORTS, _data([PERSON])).status == 403
    reader = ApiClient(create_client("reader", brand, frozenset({"customer.read"})), None)
    assert reader.post(EXPORTS, {"url": "x", "path": "individual"}).status == 403
