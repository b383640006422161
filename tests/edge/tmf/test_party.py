"""TMF632: people and organisations over the API, and with them the conventions that all resources share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.service import create_client
from linehouse.platform.audit.service import history
from tests.edge.tmf.conftest import HOST, ApiClient

PERSON: dict[str, Any] = {
    "givenName": "Jane",
    "familyName": "Lamborgizzia",
    "birthDate": "1967-09-26T00:00:00Z",
    "nationality": "NL",
    "languageAbility": [{"languageCode": "nl", "isFavouriteLanguage": True}],
    "contactMedium": [
        {"mediumType": "email", "characteristic": {"emailAddress": "jane@example.org"}},
        {
            "mediumType": "postalAddress",
            "characteristic": {
                "street1": "Keizersgracht 1",
                "postCode": "1015 CJ",
                "city": "Amsterdam",
                "country": "NL",
            },
        },
    ],
}
INDIVIDUALS = "party/v4/individual"


def test_a_person_is_recorded_and_read_back(api: ApiClient, events: Callable[[], list[str]]) -> None:
    made = api.post(INDIVIDUALS, PERSON)
    assert made.status == 201
    assert made.headers["Location"] == made.body["href"] == f"http://{HOST}/tmf-api/{INDIVIDUALS}/{made.body['id']}"
    assert made.body["@type"] == "Individual"
    assert made.body["fullName"] == "Jane Lamborgizzia"
    assert made.body["birthDate"] == "1967-09-26T00:00:00Z"
    media = {m["mediumType"]: m["characteristic"] for m in made.body["contactMedium"]}
    assert media["email"] == {"emailAddress": "jane@example.org"}
    assert media["postalAddress"]["city"] == "Amsterdam"
    assert api.get(f"{INDIVIDUALS}/{made.body['id']}").body == made.body
    assert events() == ["party.individual.created"]


def test_an_organisation_is_recorded_and_changed(api: ApiClient) -> None:
    made = api.post(
        "party/v4/organization",
        {
            "tradingName": "Kolibrie",
            "name": "Kolibrie B.V.",
            "organizationIdentification": [
                {"identificationType": "commercial-register", "identificationId": "12345678"}
            ],
            "partyCharacteristic": [{"name": "language", "value": "nl"}],
        },
    )
    assert (made.status, made.body["status"]) == (201, "initialized")
    changed = api.patch(
        f"party/v4/organization/{made.body['id']}", {"tradingName": "Kolibrie Mobiel", "status": "validated"}
    )
    assert changed.status == 200
    assert (changed.body["tradingName"], changed.body["name"]) == ("Kolibrie Mobiel", "Kolibrie B.V.")
    assert changed.body["status"] == "validated"
    assert api.get("party/v4/organization?tradingName=Kolibrie%20Mobiel").body == [changed.body]


WRONG_BODIES: list[tuple[dict[str, Any], str]] = [
    ({"givenName": None}, "/givenName"),
    ({"familyName": None}, "/familyName"),
    ({"givenName": 5}, "/givenName"),
    ({"birthDate": "yesterday"}, "/birthDate"),
    ({"contactMedium": [{"characteristic": {"emailAddress": 1}}]}, "/contactMedium/0/characteristic/emailAddress"),
    (
        {"contactMedium": [{"characteristic": {"emailAddress": "a@b.example"}}] * 2},
        "/contactMedium/1",
    ),
]


def test_a_wrong_body_is_named(api: ApiClient) -> None:
    found = []
    for change, _ in WRONG_BODIES:
        body = {name: value for name, value in (PERSON | change).items() if value is not None}
        answer = api.post(INDIVIDUALS, body)
        found.append((answer.status, answer.body["field"]))
    assert found == [(400, field) for _, field in WRONG_BODIES]


def test_patch_changes_only_what_it_says(api: ApiClient) -> None:
    made = api.post(INDIVIDUALS, PERSON | {"title": "Dr"}).body
    path = f"{INDIVIDUALS}/{made['id']}"
    changed = api.patch(path, {"familyName": "Smith", "title": None}, content_type="application/merge-patch+json")
    assert changed.status == 200
    expected = made | {"familyName": "Smith", "fullName": "Jane Smith"}
    del expected["title"]
    assert changed.body == expected
    # What has the present value already is no change, even where it could not be changed.
    assert api.patch(path, {"id": made["id"], "@type": "Individual"}).body == changed.body


def test_patch_refuses(api: ApiClient) -> None:
    path = f"{INDIVIDUALS}/{api.post(INDIVIDUALS, PERSON).body['id']}"
    other = api.patch(path, {"id": "another"})
    assert (other.status, other.body["code"], other.body["field"]) == (422, "tmf.not_patchable", "/id")
    media = api.patch(path, b"[]", content_type="application/xml")
    assert (media.status, media.body["field"]) == (415, "Content-Type")
    assert media.headers["Accept-Patch"] == (
        "application/json, application/merge-patch+json, application/json-patch+json, application/json-patch-query+json"
    )
    assert api.patch(path, b"{").status == 400
    assert api.patch(path, {"givenName": None}).status == 400
    state = api.patch(path, {"status": "closed"})
    assert state.status in (409, 422)


def test_an_illegal_move_names_the_lawful_ones(api: ApiClient) -> None:
    path = f"{INDIVIDUALS}/{api.post(INDIVIDUALS, PERSON).body['id']}"
    assert api.patch(path, {"status": "deceaded"}).body["status"] == "deceaded"
    refused = api.patch(path, {"status": "validated"})
    assert (refused.status, refused.body["field"]) == (409, "/status")


def test_filters_order_and_pages(api: ApiClient) -> None:
    for name in ("Anna", "Bert", "Carla"):
        api.post(INDIVIDUALS, PERSON | {"givenName": name})
    everybody = api.get(INDIVIDUALS)
    assert (everybody.status, len(everybody.body), everybody.headers["X-Total-Count"]) == (200, 3, "3")

    def names(query: str) -> list[str]:
        answer = api.get(f"{INDIVIDUALS}?{query}")
        assert answer.status in (200, 206)
        return [person["givenName"] for person in answer.body]

    assert names("givenName=Bert") == ["Bert"]
    assert names("givenName='Bert'") == ["Bert"]
    assert sorted(names("givenName=Bert,Anna")) == ["Anna", "Bert"]
    assert names("sort=-givenName") == ["Carla", "Bert", "Anna"]
    assert names("sort=givenName&offset=1&limit=1") == ["Bert"]
    assert names("givenName.gt=Anna&sort=givenName") == ["Bert", "Carla"]
    assert names("givenName.regex=^[AB]&sort=givenName") == ["Anna", "Bert"]
    assert names("contactMedium.characteristic.city=Amsterdam&sort=givenName") == ["Anna", "Bert", "Carla"]
    assert names("birthDate=1967-09-26T01:00:00%2B01:00&sort=givenName") == ["Anna", "Bert", "Carla"]
    assert names("status=validated") == []
    one = everybody.body[0]
    assert api.get(f"{INDIVIDUALS}?id={one['id']},{'0' * 8}").body == [one]
    page = api.get(f"{INDIVIDUALS}?limit=2")
    assert (page.status, page.headers["X-Result-Count"], page.headers["X-Total-Count"]) == (206, "2", "3")
    assert f'<http://{HOST}/tmf-api/{INDIVIDUALS}?offset=2&limit=2>; rel="next"' in page.headers["Link"]
    assert api.get(f"{INDIVIDUALS}?limit=3").status == 200
    beyond = api.get(f"{INDIVIDUALS}?offset=50")
    assert (beyond.status, beyond.body) == (206, [])


def test_field_selection(api: ApiClient) -> None:
    made = api.post(f"{INDIVIDUALS}?fields=familyName", PERSON).body
    kept = {"id": made["id"], "href": made["href"], "@type": "Individual"}
    assert made == kept | {"familyName": "Lamborgizzia"}
    path = f"{INDIVIDUALS}/{made['id']}"
    assert api.get(f"{path}?fields=none").body == kept
    assert api.get(f"{path}?fields=contactMedium.mediumType").body["contactMedium"] == [
        {"mediumType": "email"},
        {"mediumType": "postalAddress"},
    ]
    assert api.get(f"{INDIVIDUALS}?fields=none").body == [kept]
    assert api.get(f"{path}?fields=shoeSize").status == 400
    assert api.get(f"{path}?givenName=Jane").status == 400


def test_a_key_has_one_effect(api: ApiClient, events: Callable[[], list[str]]) -> None:
    first = api.post(INDIVIDUALS, PERSON, headers={"Idempotency-Key": "k-1"})
    again = api.post(INDIVIDUALS, dict(reversed(PERSON.items())), headers={"Idempotency-Key": "k-1"})
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert (again.headers["Location"], again.headers["Idempotent-Replayed"]) == (first.body["href"], "true")
    assert events() == ["party.individual.created"]
    other = api.post(INDIVIDUALS, PERSON | {"givenName": "John"}, headers={"Idempotency-Key": "k-1"})
    assert (other.status, other.body["code"]) == (422, "tmf.idempotency_mismatch")
    assert api.post(INDIVIDUALS, PERSON, headers={"Idempotency-Key": "k" * 256}).status == 400


def test_a_refused_request_does_not_use_up_its_key(api: ApiClient) -> None:
    wrong = api.post(INDIVIDUALS, PERSON | {"birthDate": "3000-01-01"}, headers={"Idempotency-Key": "k-2"})
    assert wrong.status == 400
    assert api.post(INDIVIDUALS, PERSON, headers={"Idempotency-Key": "k-2"}).status == 201


def test_keys_belong_to_their_client(api: ApiClient, brand: str) -> None:
    other = ApiClient(create_client("other", brand, frozenset(PERMISSIONS)), None)
    first = api.post(INDIVIDUALS, PERSON, headers={"Idempotency-Key": "same"})
    second = other.post(INDIVIDUALS, PERSON, headers={"Idempotency-Key": "same"})
    assert first.body["id"] != second.body["id"]


def test_nobody_without_a_token(stranger: ApiClient) -> None:
    answer = stranger.get(INDIVIDUALS)
    assert (answer.status, answer.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")
    assert ApiClient("wrong", None).get(INDIVIDUALS).status == 401
    assert stranger.post(INDIVIDUALS, PERSON).status == 401


def test_a_token_without_the_permission_is_refused(reader: ApiClient, brand: str) -> None:
    assert reader.get(INDIVIDUALS).status == 200
    assert reader.post(INDIVIDUALS, PERSON).status == 403
    nothing = ApiClient(create_client("nothing", brand, frozenset()), None)
    assert nothing.get(INDIVIDUALS).status == 403


def test_host_and_token_must_agree(api: ApiClient, second_brand: str) -> None:
    foreign = create_client("foreign", second_brand, frozenset(PERMISSIONS))
    answer = ApiClient(foreign, None).get(INDIVIDUALS)
    assert (answer.status, answer.body["code"]) == (403, "access.wrong_brand")
    # At home it sees its own brand, where nobody is.
    api.post(INDIVIDUALS, PERSON)
    assert ApiClient(foreign, None, host=f"{second_brand}.localhost").get(INDIVIDUALS).body == []


NOT_THERE = [
    ("DELETE", INDIVIDUALS, 405, "GET, HEAD, POST"),
    ("PUT", f"{INDIVIDUALS}/1", 405, "GET, HEAD, PATCH"),
    ("GET", "party/v4/nobody", 404, None),
    ("GET", "nothing/v4/individual", 404, None),
    ("GET", "party/v3/individual", 404, None),
    ("GET", f"{INDIVIDUALS}/not-an-id", 404, None),
    ("GET", f"{INDIVIDUALS}/0190a000-0000-7000-8000-00000000ffff", 404, None),
    ("GET", "nothing/v4/openapi.json", 404, None),
]


def test_what_is_not_there(api: ApiClient) -> None:
    found = []
    for method, path, _, _ in NOT_THERE:
        answer = api.call(method, path)
        found.append((method, path, answer.status, answer.headers.get("Allow")))
    assert found == NOT_THERE


def test_media_types(api: ApiClient) -> None:
    assert api.post(INDIVIDUALS, PERSON, content_type="text/plain").status == 415
    assert api.get(INDIVIDUALS, headers={"Accept": "text/html"}).status == 406
    assert api.get(INDIVIDUALS, headers={"Accept": "text/html, application/*;q=0.5"}).status == 200
    assert api.call("HEAD", INDIVIDUALS).status == 200


def test_the_history_names_the_client(api: ApiClient) -> None:
    made = api.post(INDIVIDUALS, PERSON).body
    (change,) = history("party.Individual", UUID(made["id"]))
    assert (change.actor, change.reason) == ("tests", "TMF632 POST individual")


def test_the_description_is_served_without_a_token(stranger: ApiClient) -> None:
    document = stranger.get("party/v4/openapi.json").body
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) >= {
        "/individual",
        "/individual/{id}",
        "/organization",
        "/organization/{id}",
        "/hub",
        "/hub/{id}",
    }
    assert document["components"]["schemas"]["IndividualCreate"]["required"] == ["givenName", "familyName"]


def test_the_null_character_is_refused_and_its_writing_is_not(api: ApiClient) -> None:
    answer = api.post(INDIVIDUALS, PERSON | {"givenName": "A\0da"})
    assert (answer.status, "U+0000" in answer.body["message"]) == (400, True)
    assert api.post(INDIVIDUALS, PERSON | {"givenName": r"A\u0000da"}).status == 201
