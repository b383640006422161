"""Whatever is sent to the APIs, nothing breaks, and each answer is one that their description allows.

Schemathesis makes the requests from our own OpenAPI; `--fuzz N` sets how many of each operation. The seed stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from linehouse.edge.tmf.apis import APIS
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.service import create_client
from linehouse.platform.control.models import ApiClient as RegisteredClient
from tests.edge.tmf.conftest import ORDERS, ApiClient, order

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
SEED = 20_261_101


@pytest.fixture
def token(brand: str) -> str:
    """Of a client that may do everything, as often as it likes."""
    made = create_client("fuzz", brand, frozenset(PERMISSIONS))
    RegisteredClient.objects.filter(name="fuzz").update(per_minute=1_000_000)
    return made


@pytest.fixture
def something(host: Any, stocked: str, api: ApiClient, jane: Any, drain: Callable[[], int]) -> ApiClient:
    """A customer with an order and what goes with it."""
    assert stocked
    assert host
    api.post(ORDERS, order(jane))
    drain()
    return api


def _ids(api: ApiClient, path: str) -> Iterator[str]:
    found = api.get(path)
    if found.status == 200:
        yield from (row["id"] for row in found.body[:3])


@pytest.mark.parametrize("declared", APIS, ids=[api.path for api in APIS])
def test_nothing_breaks(something: ApiClient, token: str, declared: Any, pytestconfig: pytest.Config) -> None:
    examples = int(pytestconfig.getoption("--fuzz"))
    schema = schemathesis.openapi.from_wsgi(f"/tmf-api/{declared.path}/v4/openapi.json", get_wsgi_application())
    known = {
        f"/{resource.name}/{{id}}": list(_ids(something, f"{declared.path}/v4/{resource.name}"))
        for resource in declared.resources
    }
    headers = {"Authorization": f"Bearer {token}"}
    wrong: list[str] = []
    statuses: set[int] = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @seed(SEED)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def call(case: Any) -> None:
            statuses.add(_validated(case, headers, wrong))
            for key in known.get(case.operation.path, ())[:1]:
                case.path_parameters["id"] = key
                statuses.add(_validated(case, headers, wrong))

        call()
    assert wrong == []
    assert statuses & {200, 206}
    assert statuses & {400, 404, 405}


def _validated(case: Any, headers: dict[str, str], wrong: list[str]) -> int:
    response = case.call(headers=headers)
    try:
        case.validate_response(response, checks=CHECKS)
    except BaseExceptionGroup as group:
        wrong.append(f"{case.method} {case.formatted_path} {case.query} {case.body!r}: {group.exceptions}"[:1500])
    except AssertionError as error:
        wrong.append(f"{case.method} {case.formatted_path} {case.query} {case.body!r}: {error}"[:1500])
    return int(response.status_code)
