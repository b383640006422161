"""Every address of the web process, asked by everybody: nobody sees what is not theirs, and nothing breaks."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from linehouse.catalog.service import apply_files
from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit.visible import OWN
from linehouse.kernel.period import day_start
from linehouse.platform.access.models import User
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.access.policy import OWN_ROLES, owned
from linehouse.platform.access.service import create_client, grant_role
from linehouse.platform.advance import advance
from linehouse.platform.clock.service import business_now
from linehouse.platform.control.models import ApiClient
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import Actor
from linehouse.run.founding import found_brand
from linehouse.run.story import scenes
from linehouse.run.story.stage import stage
from linehouse.simulators.cdr_feed.files import Fault
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.usage import Habits, make_usage
from tests.conftest import ROBIN, START, Server, fresh_installation, make_brand
from tests.everything import something_of_everything

HOME, FOREIGN = "robin", "wren"
BRAND_SCREENS = "b/<slug:brand>/"
HOUSE = (
    "house/v1/clock",
    "house/v1/clock/advance",
    "house/v1/verification",
    "house/v1/lines/<str:number>/friends",
    "house/v1/lines/<str:number>/friends/remove",
    "house/v1/lines/<str:number>/limits",
    "house/v1/lines/<str:number>/limits/bars",
    "house/v1/lines/<str:number>/limits/agreements",
    "house/v1/groups",
    "house/v1/groups/<str:key>",
    "house/v1/groups/<str:key>/members",
    "house/v1/groups/<str:key>/members/remove",
)
OAUTH = ("oauth/token", "oauth/revoke", "oauth/introspect", ".well-known/oauth-authorization-server")
OTHERS = (
    "account/",
    "my-data/",
    "look/",
    "theme",
    "language",
    *OAUTH,
    "network/tmf640/listener",
    "tmf-api/",
    "^tmf-api/",
    *HOUSE,
)
"""Beginnings of all other addresses, except the first page: log-in, colour scheme, and what is asked about below."""
NOT_THERE = {404, 405, 409}
"""Answers about an object that the brand does not have: 409 where a line was never made known to the network."""
BROKEN = 500
DEALER = "D-001"
PASSWORD = "a-long-demo-password"
OBJECTS = {
    "customers/number": "customer_customer.number",
    "products/number": "inventory_product.number",
    "groups/key": "inventory_closedgroup.key",
    "allowances/bucket_id": "balance_bucket.id",
    "orders/number": "ordering_order.number",
    "interactions/number": "care_interaction.number",
    "interactions/file_id": "care_attachment.id",
    "follow-ups/follow_up_id": "care_followup.id",
    "messages/message_id": "notify_message.id",
    "usage/file_id": "usage_file.id",
    "usage/record_id": "usage_record.id",
    "usage/suspense_id": "usage_suspense.id",
    "bill-runs/number": "billing_billrun.number",
    "invoices/number": "billing_invoice.number",
    "invoices/bill_id": "billing_invoice.id",
    "invoices/line_id": "billing_invoiceline.id",
    "payments/payment_id": "payment_payment.id",
    "bank/entry_id": "payment_bankentry.id",
    "bank/statement_id": "payment_bankstatement.id",
    "documents/document_id": "documents_storeddocument.id",
    "privacy/number": "party_subjectrequest.number",
    "numbers/digits": "resource_number.digits",
    "sims/iccid": "resource_simcard.iccid",
    "network/request_id": "activation_request.id",
    "network/line": "activation_line.line",
    "events/event_id": "outbox_outboxevent.id",
    "jobs/job_id": "jobs_job.id",
    "listeners/listener_id": "tmf_hubsubscription.id",
    "listeners/delivery_id": "tmf_hubdelivery.id",
    "filters/filter_id": "worktop_savedfilter.id",
    "undo/offer_id": "worktop_undooffer.id",
    "imports/number": "imports_import.number",
    "accounts/number": "customer_billingaccount.number",
    "work/task_id": "worklist_task.id",
    "approvals/number": "approval_proposal.number",
    "credits/number": "billing_credit.number",
    "top-ups/top_up_number": "balance_topup.number",
    "transfers/transfer_number": "balance_moneytransfer.number",
    "adjustments/adjustment_number": "balance_adjustment.number",
    "vouchers/number": "resource_voucherbatch.number",
    "vouchers/serial": "resource_voucher.serial",
    "refunds/number": "payment_refund.number",
    "catalog/deck_number": "catalog_catalogdeck.number",
    "catalog/draft_number": "catalog_catalogdraft.number",
    "catalog/trial_number": "insight_whatif.number",
    "catalog/subscription_id": "insight_whatifline.subscription_id",
    "usage/rerate_number": "charging_rerate.number",
}
"""Where a placeholder's value comes from: first word of the address and name → table and column."""
NAMES = {
    "catalog/number": "1",
    "offering/key": "robin-sim-only-20",
    "messages/notice": "welcome",
    "messages/channel": "email",
    "messages/language": "nl",
    "tariff/key": "robin-standard",
    "tariff_deck/key": "robin-standard",
    "characteristics/kind": "customer",
    "characteristics/key": "loyalty-tier",
    "guide/name": "find-things",
}
"""Placeholders for what both brands have under the same name."""
QUERIES = {
    "draft_stand": "SELECT 'code=no-example&path=tariffs/robin-standard.yaml&item=picture-messages'",
    "ledger_account": "SELECT 'key=' || key || '&asset=' || asset FROM ledger_account ORDER BY id LIMIT 1",
    "charged": "SELECT 'record=' || record_id FROM charging_rated_usage WHERE record_key LIKE 'online:%' LIMIT 1",
    "charging_session": "SELECT 'session=' || session FROM charging_session ORDER BY began_at LIMIT 1",
    "ledger_entry": "SELECT 'cause=' || cause FROM ledger_transfer ORDER BY position LIMIT 1",
}
"""What stands behind the question mark of screens that name their object there."""
MOVES = {
    "wording_move": ("publish", "discard", "restore", "nonsense"),
    "listener_move": ("pause", "resume", "send", "replay", "nonsense"),
    "delivery_move": ("again", "skip", "nonsense"),
    "customer_move": ("suspend", "resume", "nonsense"),
    "interaction_move": ("note", "follow-up", "complete", "begin", "withdraw", "nonsense"),
    "order_move": ("cancel", "retry", "give-up", "nonsense"),
    "import_move": ("run", "undo", "nonsense"),
    "characteristic_move": ("retire", "take-back", "nonsense"),
    "staff_move": ("unlock", "end-sessions", "take-role", "give-role", "forget-factor", "nonsense"),
    "task_move": ("take", "retry", "snooze", "wait", "give-back", "finish", "dismiss", "assign", "nonsense"),
    "approval_move": ("refuse", "approve", "withdraw", "nonsense"),
    "refund_move": ("paid", "returned", "nonsense"),
    "voucher_batch_move": ("export", "activate", "sell", "block", "freeze", "thaw", "nonsense"),
    "draft_move": ("restore", "remove", "outcome", "update", "publish", "discard", "reopen", "nonsense"),
    "rerate_move": ("propose", "discard", "nonsense"),
    "what_if_move": ("cancel", "resume", "nonsense"),
    "bill_run_move": ("approve", "post", "cancel", "retry", "nonsense"),
}


OF_THE_OBJECT: dict[str, set[int]] = {
    f"/b/{HOME}/work/": {404},  # a task is of a kind, and each kind has a permission of its own
    "/privacy/requests/DSR-000001/export": {403, 404},  # made and taken away only by who answers, once it is there
}
"""Screens whose object may have more to say than the permission that opens them."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of a brand, addressed with an object that exists, and what it needs."""

    path: str
    read: str
    write: str
    owned: bool
    """Whether the object belongs to this brand alone."""
    own: bool
    """Whether it holds to a dealer's own customers and orders."""

    def of(self, brand: str) -> str:
        """The same address within another brand."""
        return self.path.replace(f"/b/{HOME}/", f"/b/{brand}/", 1)


@dataclass(slots=True)
class House:
    """Two brands, of which only one has something in it, and a log-in of every kind."""

    screens: list[Screen]
    users: dict[str, User]
    tokens: dict[str, str]
    broken: list[str] = field(default_factory=list)

    def browser(self, name: str) -> Client:
        """A browser in which that user has logged in."""
        client = Client(raise_request_exception=False)
        with realm_scope(CONTROL):
            client.force_login(self.users[name])
        return client

    def token(self, name: str) -> dict[str, str]:
        """The header of an API client."""
        return {"authorization": f"Bearer {self.tokens[name]}"}

    def ask(self, client: Client, method: str, path: str, **headers: str) -> int:
        """The status of a request; what breaks is kept for the end."""
        traces: list[str] = []

        def note(**_: Any) -> None:
            traces.append(traceback.format_exc(limit=-3))

        got_request_exception.connect(note)
        try:
            status = client.generic(method, path, headers=headers).status_code
        finally:
            got_request_exception.disconnect(note)
        if status >= BROKEN or traces:
            self.broken.append(f"{method} {path} → {status}\n{''.join(traces)}")
        return status

    def complaints(self) -> list[str]:
        """What broke since this was asked last."""
        broken, self.broken = self.broken, []
        return broken


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its whole pattern."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, path)
        else:
            yield path, pattern


def first(query: str) -> str:
    """The one value that the query finds in the brand in scope."""
    with brand_cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    assert row is not None, f"the month left nothing for: {query}"
    return str(row[0])


def value_of(place: str) -> str:
    """A value of a column, such as ``jobs_job.id``."""
    table, column = place.split(".")
    return first(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 1")


def screens_of_home(people: Mapping[str, str]) -> list[Screen]:
    """All screens of a brand, filled with objects of the brand in scope; `people` are its staff and programs."""
    found = []
    for path, pattern in patterns(get_resolver("linehouse.run.urls")):
        if not path.startswith(BRAND_SCREENS):
            continue
        name, word = str(pattern.name), path.split("/")[2]
        placeholders = pattern.pattern.converters.keys() - {"brand", "move"}
        fixed = {wanted: NAMES.get(f"{word}/{wanted}") or NAMES.get(f"{name}/{wanted}") for wanted in placeholders}
        given = {
            wanted: value or people.get(f"{word}/{wanted}") or value_of(OBJECTS[f"{word}/{wanted}"])
            for wanted, value in fixed.items()
        }
        query = f"?{first(QUERIES[name])}" if name in QUERIES else ""
        owned = bool(query) or None in fixed.values()
        view: Any = pattern.callback
        for move in MOVES.get(name, ("",)):
            chosen = {"move": move} if move else {}
            address = reverse(f"desk:{name}", kwargs={"brand": HOME} | given | chosen)
            found.append(Screen(address + query, view.permission, view.write_permission, owned, view.own))
    return found


def live_a_month(place: Any) -> None:
    """Something of everything: plans, usage with a stranger's record, bills and payments."""
    play = scenes.Play(place)
    for scene in (scenes.stock, scenes.register, scenes.order_plans):
        scene(play)
    day = business_now().astimezone(scenes.ZONE).date() + timedelta(days=1)
    advance(day_start(day + timedelta(days=1), scenes.ZONE) + timedelta(hours=2), actor=place.actor)
    lines = [scenes.subscriber(play, "fenna"), scenes.subscriber(play, "joris")]
    uses = make_usage("routes", lines, day, 1, scenes.ZONE, Habits(calls=2))
    scenes.drop(play, host_csv(uses, day, zone=scenes.ZONE, number=1, faults=frozenset({Fault.UNKNOWN_SUBSCRIBER})))
    scenes.bill(play)
    scenes.pay(play)
    something_of_everything(place.actor)


def staff() -> dict[str, User]:
    """One for each role of the brand, one without any, and the other brand's administrator."""
    users = {
        name: User.objects.create_user(f"{name}@staff.example", PASSWORD, name=name)
        for name in (*ROLES, "stranger", "foreigner")
    }
    for role in ROLES:
        grant_role(users[role].id, HOME, role, DEALER if role in OWN_ROLES else "")
    grant_role(users["foreigner"].id, FOREIGN, "admin")
    return users


def clients() -> dict[str, str]:
    """Tokens: one for all of the brand, one for nothing of it, one for all of the other brand, one for each role."""
    return {
        **{
            f"as {role}": create_client(role, HOME, may, dealer=DEALER if role in OWN_ROLES else "")
            for role, may in ROLES.items()
        },
        "all": create_client("all", HOME, frozenset(PERMISSIONS)),
        "none": create_client("none", HOME, frozenset()),
        "foreign": create_client("foreign", FOREIGN, frozenset(PERMISSIONS)),
    }


@pytest.fixture(scope="module")
def house(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    actor = Actor("staff", "0190a000-0000-7000-8000-000000000001", "Ada Example")
    with ExitStack() as open_things:
        installation: Installation = open_things.enter_context(fresh_installation(server))
        found_brand(installation, HOME, ROBIN, actor=actor, home=home, clock=START)
        make_brand(installation, FOREIGN, "Wren Telecom")
        with brand_scope(FOREIGN):
            apply_files(ROBIN, actor=actor)
        with brand_scope(HOME):
            live_a_month(open_things.enter_context(stage(HOME, home, Path(ROBIN), START, "routes")))
            users, tokens = staff(), clients()
            program = ApiClient.objects.get(name="all")
            people = {"staff/user_id": str(users["auditor"].id), "clients/client_id": str(program.id)}
            screens = screens_of_home(people)
        yield House(screens, users, tokens)


def test_every_address_is_asked_about_here(house: House) -> None:
    known = [path for path, _ in patterns(get_resolver("linehouse.run.urls"))]
    assert [path for path in known if path and not path.startswith((BRAND_SCREENS, *OTHERS))] == []
    assert {path for path in known if path.startswith("house/")} == set(HOUSE)
    assert len(house.screens) >= len([path for path in known if path.startswith(BRAND_SCREENS)])


def test_nobody_is_sent_to_the_log_in(house: House) -> None:
    nobody = Client(raise_request_exception=False)
    for screen in house.screens:
        for method in ("GET", "POST"):
            answer = nobody.generic(method, screen.path)
            if (method, answer.status_code) != ("GET", 405):
                assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/account/login/")
                assert answer.content == b""
    assert house.ask(nobody, "GET", "/") == 302
    part = nobody.get(house.screens[0].path, headers={"HX-Request": "true"})
    assert (part.status_code, part.content, part.headers["HX-Refresh"]) == (204, b"", "true")


def test_a_stranger_finds_no_brand(house: House) -> None:
    stranger = house.browser("stranger")
    for screen in house.screens:
        assert house.ask(stranger, "GET", screen.path) in {404, 405}, screen
        assert house.ask(stranger, "POST", screen.path) == 404, screen
    assert house.ask(stranger, "GET", "/") == 200
    assert house.ask(house.browser("admin"), "GET", "/b/no-such-brand/") == 404
    assert house.complaints() == []


def test_an_object_of_another_brand_is_not_there(house: House) -> None:
    foreigner = house.browser("foreigner")
    for screen in house.screens:
        assert house.ask(foreigner, "GET", screen.path) in {404, 405}, screen
        if screen.owned:
            assert house.ask(foreigner, "GET", screen.of(FOREIGN)) in NOT_THERE, screen
            if "nonsense" not in screen.path and "/lines/S-" not in screen.path:
                assert house.ask(foreigner, "POST", screen.of(FOREIGN)) == 404, screen
    assert house.complaints() == []


def test_the_desk_of_staff_is_not_at_a_brands_host(house: House) -> None:
    admin = house.browser("admin")
    for screen in house.screens:
        assert house.ask(admin, "GET", screen.path, host=f"{HOME}.localhost") in {302, 405}, screen
    assert house.ask(admin, "GET", "/", host="nobody.example") == 404


def test_no_form_is_taken_without_its_token(house: House) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = house.browser("admin").cookies
    for screen in house.screens:
        refused = careful.post(screen.path)
        assert (refused.status_code, b"This form is too old" in refused.content) == (403, True), screen
    for path in ("/", "/theme", "/language", "/account/login/", "/account/logout/", "/account/password/change/"):
        assert careful.post(path).status_code == 403, path


BY_POWER = sorted(ROLES, key=lambda name: len(ROLES[name]))
"""Roles, those who may least first."""


def expected(role: str, screen: Screen, permission: str) -> set[int]:
    """What the role is answered: nobody's objects but their own are there for a dealer's staff."""
    if permission not in ROLES[role] or (role in OWN_ROLES and owned(permission) and not screen.own):
        return {403, 405}
    if role in OWN_ROLES and owned(permission) and screen.owned:
        return {404, 405} | ({302} if "nonsense" in screen.path else set())
    further = next((more for sign, more in OF_THE_OBJECT.items() if sign in screen.path), set())
    return {200, 302, 405} | ({404} if "nonsense" in screen.path else set()) | further


@pytest.mark.parametrize("role", BY_POWER)
def test_a_role_sees_what_it_may_and_nothing_breaks(house: House, role: str) -> None:
    browser = house.browser(role)
    for screen in house.screens:
        status = house.ask(browser, "GET", screen.path)
        assert status in expected(role, screen, screen.read), (screen, status)
    assert house.complaints() == []


def test_a_role_sends_what_it_may_and_nothing_breaks(house: House) -> None:
    """An empty form is sent for real by the first role that may, and refused to all others who may not."""
    sent = set()
    for role in BY_POWER:
        browser = house.browser(role)
        for screen in house.screens:
            answers = expected(role, screen, screen.write)
            if 200 not in answers:
                assert house.ask(browser, "POST", screen.path) in answers - {405}, (role, screen)
            elif screen not in sent:
                sent.add(screen)
                assert house.ask(browser, "POST", screen.path) not in {403, 405}, (role, screen)
    assert sent == set(house.screens)
    assert house.complaints() == []


def test_words_that_no_database_holds_break_nothing(house: House) -> None:
    admin, nobody = house.browser("admin"), Client(raise_request_exception=False)
    for screen in house.screens:
        assert house.ask(admin, "GET", f"{screen.path.split('?')[0]}?q=a%00&state=%00") in {400, 405}, screen
    assert house.ask(admin, "GET", f"/b/{HOME}/customers/%00") == 400
    assert house.ask(nobody, "GET", "/tmf-api/customerManagement/v4/customer?name=%00", **house.token("all")) == 400
    strange = (
        "page=99999999999999999999&size=-1&sort=nonsense&tab=nonsense&state=nonsense&format=nonsense&from=x&until=x"
    )
    for screen in house.screens:
        house.ask(admin, "GET", f"{screen.path.split('?')[0]}?{strange}")
    assert house.complaints() == []


def test_log_in_pages_hold_for_anybody(house: House) -> None:
    for client in (Client(raise_request_exception=False), house.browser("stranger"), house.browser("admin")):
        for path, pattern in patterns(get_resolver("linehouse.run.urls")):
            if path.startswith("account/"):
                names = pattern.pattern.regex.groupindex if isinstance(pattern.pattern, RegexPattern) else ()
                numbers = dict.fromkeys(re.findall(r"<int:(\w+)>", path), 1)
                address = reverse(str(pattern.name), kwargs=dict.fromkeys(names, "x") | numbers)
                for method in ("GET", "POST") if "logout" not in path else ("GET",):
                    house.ask(client, method, address)
    assert house.complaints() == []


@pytest.mark.parametrize("there", ["//evil.example/", "https://evil.example/", "https:evil.example", "/\\evil.example"])
def test_a_log_in_leads_to_no_other_house(house: House, there: str) -> None:
    nobody = Client()
    given = {"login": "care@staff.example", "password": PASSWORD, "next": there}
    answer = nobody.post("/account/login/", given, query_params={"next": there})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_every_api_asks_for_a_token_of_its_brand(house: House) -> None:
    """A token is needed, the one of this brand, with the permission; a log-in of the desk is none."""
    nobody, admin = Client(raise_request_exception=False), house.browser("admin")
    for address, _ in api_addresses(house):
        assert house.ask(nobody, "GET", address) == 401, address
        assert house.ask(admin, "GET", address) == 401, address
        assert house.ask(nobody, "GET", address, authorization="Bearer nonsense") == 401, address
        assert house.ask(nobody, "GET", address, **house.token("foreign"), host=f"{HOME}.localhost") == 403, address
        if "/hub" not in address:
            assert house.ask(nobody, "GET", address, **house.token("none")) == 403, address
        assert house.ask(nobody, "GET", address, **house.token("all")) == 200, address
        for method in ("POST", "PATCH", "DELETE"):
            # Without a token it is never done; with one, an empty body is refused.
            assert house.ask(nobody, method, address) in {401, 405}, (method, address)
            assert house.ask(nobody, method, address, **house.token("none")) in {403, 405, 415, 400}, (method, address)
    assert house.complaints() == []


def test_the_clock_is_moved_only_by_who_may(house: House) -> None:
    nobody, to = Client(raise_request_exception=False), b'{"to": "2027-06-01T00:00:00Z"}'
    for headers, status in (({}, 401), (house.token("none"), 403), (house.token("foreign"), 403)):
        there = {"host": f"{HOME}.localhost"} | headers
        answer = nobody.post("/house/v1/clock/advance", to, content_type="application/json", headers=there)
        assert answer.status_code == status


def test_no_api_gives_another_brands_object(house: House) -> None:
    nobody = Client(raise_request_exception=False)
    asked = 0
    for address, key in api_addresses(house):
        if not key or key in nobody.get(address.rsplit("/", 1)[0], headers=house.token("foreign")).content.decode():
            continue  # both brands have an offering of that name
        asked += 1
        assert house.ask(nobody, "GET", address, **house.token("foreign")) == 404, address
    assert asked
    assert house.complaints() == []


def api_addresses(house: House) -> Iterator[tuple[str, str]]:
    """Each resource's list, the first of it, and each hub; with the key where it is one of the resource."""
    client = Client()
    products = client.get("/tmf-api/productInventory/v4/product", {"limit": "1"}, headers=house.token("all")).json()
    for address in HOUSE:
        if not address.endswith(("/advance", "/remove", "/members", "/bars", "/agreements")):
            line = address.replace("<str:number>", products[0]["productSerialNumber"])
            yield f"/{line.replace('<str:key>', 'acme-fleet')}", ""
    for api in APIS:
        yield f"/tmf-api/{api.path}/v4/hub", ""
        for resource in api.resources:
            place = f"/tmf-api/{api.path}/v4/{resource.name}"
            yield place, ""
            for one in client.get(place, {"limit": "1"}, headers=house.token("all")).json():
                yield f"{place}/{one['id']}", one["id"]


def test_nobody_is_given_a_token_without_a_secret(house: House) -> None:
    """A log-in of the desk, a bearer token and a guess are no client; what is published is the same for everybody."""
    for browser in (Client(raise_request_exception=False), house.browser("admin"), house.browser("foreigner")):
        for host in (f"{HOME}.localhost", f"{FOREIGN}.localhost", "localhost"):
            for headers in ({}, house.token("all")):
                for address in OAUTH[:3]:
                    answer = browser.post(
                        f"/{address}",
                        "grant_type=client_credentials&token=x&client_id=x&client_secret=x",
                        content_type="application/x-www-form-urlencoded",
                        headers={"host": host} | headers,
                    )
                    assert (answer.status_code, b"access_token" in answer.content) == (401, False), (address, host)
                    assert house.ask(browser, "GET", f"/{address}", host=host, **headers) == 405
            assert house.ask(browser, "GET", f"/{OAUTH[3]}", host=host) == 200
    assert house.complaints() == []


@pytest.mark.parametrize("role", BY_POWER)
def test_a_program_reaches_what_its_scopes_carry(house: House, role: str) -> None:
    """A client with a role's permissions as its scopes; one of a dealer finds nothing of what is not the dealer's."""
    nobody, may, dealer = Client(raise_request_exception=False), ROLES[role], role in OWN_ROLES
    for api in APIS:
        for resource in api.resources:
            place = f"/tmf-api/{api.path}/v4/{resource.name}"
            first_one = Client().get(place, {"limit": "1"}, headers=house.token("all")).json()
            closed = dealer and owned(resource.read) and "GET" not in OWN.get(resource.kind, frozenset())
            readable = resource.read in may and not closed
            token = house.token(f"as {role}")
            assert house.ask(nobody, "GET", place, **token) == (200 if readable else 403), place
            for one in first_one:
                there = 404 if dealer and owned(resource.read) else 200
                found = house.ask(nobody, "GET", f"{place}/{one['id']}", **token)
                assert found == (there if readable else 403), (place, one["id"])
            if dealer and readable and owned(resource.read):
                assert Client().get(place, headers=token).json() == [], place
            if resource.create is not None and resource.write not in may:
                sent = nobody.post(place, "{}", content_type="application/json", headers=token)
                assert sent.status_code == 403, place
    assert house.complaints() == []


def test_the_network_is_believed_nothing(house: House) -> None:
    """Whoever asks, a hint about a monitor tells nothing and changes nothing."""
    address = "/network/tmf640/listener"
    for browser in (Client(raise_request_exception=False), house.browser("admin"), house.browser("foreigner")):
        places = [place for place, _ in patterns(get_resolver("linehouse.run.urls")) if "tmf640/listener" in place]
        assert places
        for place in places:
            for host in (f"{HOME}.localhost", f"{FOREIGN}.localhost", "localhost"):
                assert house.ask(browser, "GET", f"/{place}", host=host) == 405, address
                assert house.ask(browser, "POST", f"/{place}", host=host) in {400, 404}, address
    assert house.complaints() == []


@pytest.mark.parametrize("role", BY_POWER)
def test_every_role_opens_the_pages_of_its_own_log_in(house: House, role: str) -> None:
    browser = house.browser(role)
    for name in ("mfa_index", "usersessions_list", "account_change_password", "account_logout"):
        assert house.ask(browser, "GET", reverse(name)) == 200, (role, name)
    nobody = Client(raise_request_exception=False)
    for name in ("mfa_index", "usersessions_list", "account_change_password", "mfa_add_webauthn", "mfa_activate_totp"):
        assert house.ask(nobody, "GET", reverse(name)) == 302, name
    assert house.complaints() == []
