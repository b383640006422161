"""What conformance kits demand of every resource, on a brand where a month has passed and a bill was paid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from linehouse.balance.service import apply_money_file
from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit.declaration import Api, Resource
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.service import grant_role
from linehouse.platform.work import SYSTEM
from tests.conformance.swagger import Specifications
from tests.conftest import ROBIN
from tests.edge.tmf.conftest import HOST, ORDERS, ApiClient, Month, order

RESOURCES = [(api, resource) for api in APIS for resource in api.resources]
NAMES = [f"{api.number}/{resource.name}" for api, resource in RESOURCES]
SAMPLE = 5

# Mandatory on POST by the published specifications and their kits.
MANDATORY = {
    "importJob": {"url"},
    "exportJob": {"url"},
    "productOrder": {"productOrderItem"},
    "cancelProductOrder": {"productOrder"},
    "customer": {"engagedParty", "name"},
    "individual": {"givenName", "familyName"},
    "communicationMessage": {"content", "receiver", "sender", "messageType"},
    "organization": {"tradingName"},
    "billingAccount": {"name", "relatedParty"},
    "partyRole": {"name"},
    "refund": {"account", "paymentMethod", "totalAmount"},
    "permission": {"user", "validFor"},
    "resource": {"name"},
    "payment": {"account", "paymentMethod", "totalAmount"},
    "customerBillOnDemand": {"billingAccount"},
    "topupBalance": {"amount", "usageType", "bucket", "partyAccount"},
    "transferBalance": {
        "reason",
        "receiverLogicalResource",
        "channel",
        "logicalResource",
        "amount",
        "usageType",
        "bucket",
        "receiverBucket",
        "receiverBucketUsageType",
    },
    "adjustBalance": {"amount", "usageType", "bucket"},
    "reserveBalance": {"usageType", "bucket", "partyAccount"},
    "queryUsageConsumption": set(),
    "partyInteraction": {"interactionDate", "reason", "status", "direction", "channel"},
}


def path_of(api: Api, resource: Resource[Any]) -> str:
    return f"{api.path}/v4/{resource.name}"


@pytest.fixture
def filled(api: ApiClient, paid: Month, jane: Any, drain: Callable[[], int]) -> ApiClient:
    """A brand where every resource has at least one."""
    api.post("party/v4/organization", {"tradingName": "Kolibrie"})
    called = {"id": "phone", "href": "https://calls.example/lines/1"}
    contact = {"interactionDate": {"startDateTime": "2026-11-05T10:00:00Z"}, "reason": "bill", "status": "completed"}
    api.post("partyInteraction/v4/partyInteraction", contact | {"direction": "inbound", "channel": [called]})
    api.post(
        "communicationManagement/v4/communicationMessage",
        {
            "content": "Hello",
            "subject": "Hello",
            "messageType": "Email",
            "receiver": [{"party": {"id": str(jane.customer_id), "@referredType": "Customer"}}],
            "sender": {"name": "Robin Mobile"},
            "scheduledSendTime": "2027-11-02T09:00:00Z",
        },
    )
    held = api.post(ORDERS, order(jane)).body
    assert (
        api.post("productOrderingManagement/v4/cancelProductOrder", {"productOrder": {"id": held["id"]}}).status == 201
    )
    api.post(ORDERS, order(jane))
    drain()
    ben = User.objects.create_user("ben@robin.example", "a-long-demo-password", name="Ben Example")
    grant_role(ben.id, "robin", "care")
    account = {"id": str(jane.billing_account_id)}
    cash = {"account": account, "paymentMethod": {"@type": "Cash"}, "totalAmount": {"unit": "EUR", "value": 999}}
    assert api.post("payment/v4/payment", cash).status == 201
    bank = {"@type": "BankAccountTransfer", "accountNumber": "NL91ABNA0417164300", "owner": "J. Lamborgizzia"}
    back = {"account": account, "paymentMethod": bank, "totalAmount": {"unit": "EUR", "value": 1}, "description": "x"}
    assert api.post("payment/v4/refund", back).status == 201
    assert api.post("customerBillManagement/v4/customerBillOnDemand", {"billingAccount": account}).status == 201
    (first, *_) = api.get("prepayBalanceManagement/v4/bucket").body
    asked = {"searchCriteria": {"product": [{"id": first["product"][0]["id"]}]}}
    assert api.post("usageConsumption/v4/queryUsageConsumption", asked).status == 201
    keep_aside(api)
    move_money(api, jane, drain)
    jobs(api)
    return api


def move_money(api: ApiClient, jane: Any, drain: Callable[[], int]) -> None:
    """A top-up, a transfer and an adjustment, on two prepaid lines."""
    apply_money_file((ROBIN / "money.yaml").read_text(encoding="utf-8"), actor=SYSTEM)
    plan = {"action": "add", "quantity": 1, "productOffering": {"id": "robin-prepaid-start"}}
    for _ in range(2):
        api.post(ORDERS, order(jane, productOrderItem=[{"id": "1", **plan}]))
        drain()
    held = api.get("prepayBalanceManagement/v4/bucket").body
    first, second = (one for one in held if one["description"].endswith("/main"))
    euros = {"amount": {"amount": 10, "units": "EUR"}, "usageType": "monetary", "bucket": {"id": first["id"]}}
    paid = euros | {"partyAccount": {"id": first["partyAccount"]["id"]}}
    assert api.post("prepayBalanceManagement/v4/topupBalance", paid).status == 201
    given = euros | {
        "amount": {"amount": 2, "units": "EUR"},
        "reason": "a present",
        "channel": {"id": "app"},
        "logicalResource": [{"id": first["logicalResource"][0]["id"]}],
        "receiverLogicalResource": {"id": second["logicalResource"][0]["id"]},
        "receiverBucket": {"id": second["id"]},
        "receiverBucketUsageType": "monetary",
    }
    made = api.post("prepayBalanceManagement/v4/transferBalance", given)
    assert made.status == 201, made.body
    changed = euros | {"amount": {"amount": 1, "units": "EUR"}, "reason": "goodwill", "description": "sorry"}
    made = api.post("prepayBalanceManagement/v4/adjustBalance", changed)
    assert made.status == 201, made.body


def keep_aside(api: ApiClient) -> None:
    """An amount of a bucket that holds some."""
    held = api.get("prepayBalanceManagement/v4/bucket").body
    one = next(one for one in held if one["status"] == "active" and one.get("remainingValue", {}).get("amount"))
    body = {
        "usageType": one["usageType"],
        "bucket": {"id": one["id"]},
        "partyAccount": {"id": one["partyAccount"]["id"]},
        "amount": {"amount": 1, "units": one["remainingValue"]["units"]},
    }
    assert api.post("prepayBalanceManagement/v4/reserveBalance", body).status == 201


def jobs(api: ApiClient) -> None:
    """One job of every kind that an API has."""
    person = '{"givenName": "Ann", "familyName": "Job"}'
    for declared in APIS:
        first = declared.resources[0].name
        place = f"{declared.path}/v4"
        if declared.resource("exportJob"):
            assert api.post(f"{place}/exportJob", {"url": "x", "path": first}).status in (201, 202)
        if declared.resource("importJob"):
            body = {"url": f"data:application/x-ndjson,{quote(person)}", "path": first}
            assert api.post(f"{place}/importJob", body).status in (201, 202)


def test_every_resource_answers_as_kits_demand(filled: ApiClient) -> None:
    wrong = [problem for api, resource in RESOURCES for problem in _problems(filled, path_of(api, resource), resource)]
    assert wrong == []


def _problems(api: ApiClient, path: str, resource: Resource[Any]) -> Iterator[str]:
    everything = api.get(path)
    if everything.status != 200:
        yield f"{path}: a list without a page is {everything.status}, not 200"
        return
    if not everything.body:
        yield f"{path}: the list is empty"
    if int(everything.headers["X-Result-Count"]) != len(everything.body):
        yield f"{path}: X-Result-Count"
    total = int(everything.headers["X-Total-Count"])
    for item in everything.body:
        if not {"id", "href", "@type"} <= item.keys():
            yield f"{path}: id, href or @type is missing in {item}"
        if not item["href"].startswith(f"http://{HOST}/tmf-api/{path}/"):
            yield f"{path}: href {item['href']}"
        if None in item.values():
            yield f"{path}: an attribute is null"
    for item in everything.body[:SAMPLE]:
        yield from _problems_of_one(api, path, item, resource)
    page = api.get(f"{path}?limit=1")
    if page.status != (206 if total > 1 else 200):
        yield f"{path}: a page of 1 of {total} is {page.status}"
    for query, status in (("limit=x", 400), ("noSuchAttribute=1", 400), ("fields=noSuchAttribute", 400)):
        if (found := api.get(f"{path}?{query}").status) != status:
            yield f"{path}?{query}: {found}"


def _problems_of_one(api: ApiClient, path: str, item: dict[str, Any], resource: Resource[Any]) -> Iterator[str]:
    one = item["href"].removeprefix(f"http://{HOST}/tmf-api/")
    if api.get(one).body != item:
        yield f"{one}: differs from its place in the list"
    kept = {name: item[name] for name in ("id", "href", "@type")}
    if api.get(f"{one}?fields=none").body != kept:
        yield f"{one}: fields=none"
    for quoted in (item["id"], f'"{item["id"]}"', f"'{item['id']}'"):
        if api.get(f"{path}?id={quote(quoted)}").body != [item]:
            yield f"{path}: id={quoted} does not find it"
    for name, value in item.items():
        if isinstance(value, str | int) and not name.startswith("@") and name not in ("href", "id"):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            quoted = quote(f'"{text}"')
            found = api.get(f"{path}?{name}={quoted}&id={quote(item['id'])}")
            if found.body != [item]:
                yield f"{path}: {name}={text} does not find it again"
    for name in resource.narrows:
        if next(_at(item, name.split(".")), None) is None:
            continue
        value = next(_at(item, name.split(".")))
        found = api.get(f"{path}?{name}={quote(str(value))}&limit=1000")
        if item["id"] not in [other["id"] for other in found.body]:
            yield f"{path}: {name}={value} does not find it"
        missed = [other["id"] for other in found.body if value not in list(_at(other, name.split(".")))]
        if missed:
            yield f"{path}: {name}={value} also finds {missed}"


def _at(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for element in value:
            yield from _at(element, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=NAMES)
def test_the_declaration_is_sound(api: Api, resource: Resource[Any]) -> None:
    assert resource.read in PERMISSIONS
    assert bool(resource.write) == bool(resource.create or resource.patch or resource.delete)
    assert not resource.write or resource.write in PERMISSIONS
    assert resource.description
    assert all(resource.knows(tuple(name.split("."))) for name in resource.narrows)
    if resource.create:
        required = {f.encode_name for f in msgspec.structs.fields(resource.create.body) if f.required}
        assert required >= MANDATORY[resource.name]
    if resource.patch:
        assert not [f.name for f in msgspec.structs.fields(resource.patch.body) if f.required and f.name != "state"]
    assert api.resource(resource.name) is resource


def test_what_is_mandatory_and_what_is_not_offered(api: ApiClient) -> None:
    for declared, resource in RESOURCES:
        path = path_of(declared, resource)
        answer = api.call("POST", path, {})
        if resource.create is None:
            assert (path, answer.status, answer.headers["Allow"]) == (path, 405, "GET, HEAD")
        else:
            named = answer.body["field"].lstrip("/")
            assert (path, answer.status) == (path, 400)
            assert named in MANDATORY[resource.name] | {"relatedParty", "searchCriteria"}


@pytest.mark.specs
@pytest.mark.parametrize(("api", "resource"), RESOURCES, ids=NAMES)
def test_bodies_have_the_published_names(api: Api, resource: Resource[Any], specifications: Specifications) -> None:
    # Jobs are published with the catalogue, and are here of other APIs as well.
    place = "productCatalogManagement" if resource.name in ("importJob", "exportJob") else api.path
    published = specifications.at(f"/tmf-api/{place}/v4/x")
    assert published is not None
    for body, name in ((resource.create, f"{resource.kind}_Create"), (resource.patch, f"{resource.kind}_Update")):
        if body is not None:
            known = published.attributes(name)
            assert set(body.body.__struct_encode_fields__) <= known
    for mapping in resource.events:
        # TMF678 v4 has a hub and no events.
        assert api.number == "TMF678" or published.has_definition(mapping.kind)


def test_the_description_says_what_is_served(stranger: ApiClient) -> None:
    for api in APIS:
        document = stranger.get(f"{api.path}/v4/openapi.json").body
        assert document["info"]["title"] == f"{api.number} {api.title}"
        for resource in api.resources:
            everything = document["paths"][f"/{resource.name}"]
            one = document["paths"][f"/{resource.name}/{{id}}"]
            assert everything["get"]["operationId"] == f"list{resource.kind}"
            assert ("post" in everything, "patch" in one, "delete" in one) == (
                resource.create is not None,
                resource.patch is not None,
                resource.delete is not None,
            )


def test_a_list_costs_as_many_queries_as_a_single_one(filled: ApiClient, brand: str) -> None:
    """Nothing is read one by one: a page of many asks the database no more often than a page of one."""
    for name in ("One", "Two", "Three"):
        person = filled.post("party/v4/individual", {"givenName": "Ann", "familyName": name}).body
        party = {"id": person["id"], "@referredType": "Individual"}
        filled.post("customerManagement/v4/customer", {"name": name, "engagedParty": party})
    dear = {}
    for api, resource in RESOURCES:
        counted = []
        for limit in (1, 1000):
            with CaptureQueriesContext(connections[brand]) as queries:
                found = filled.get(f"{path_of(api, resource)}?limit={limit}").body
            counted.append((len(found), len(queries)))
        (few, small), (many, large) = counted
        if large > small + 2 and many > few:
            dear[resource.name] = counted
    assert dear == {}
