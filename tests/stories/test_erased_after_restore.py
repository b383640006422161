"""Who was erased stays erased: a backup that is older than the erasure comes back, and nobody can be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections

from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.customer.values import RegisterCustomer
from linehouse.kernel.period import day_start
from linehouse.ordering.values import ItemAction, OrderItemRequest
from linehouse.party import service as party
from linehouse.party import subject_requests
from linehouse.party.values import DocumentKind, Identification, NewIndividual, PostalAddress, RequestKind
from linehouse.platform.advance import advance
from linehouse.platform.checks import verify
from linehouse.platform.clock.service import business_now
from linehouse.platform.personal import erasures, keys, masters
from linehouse.platform.personal.access_log import looks_at
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.runner import drain
from linehouse.platform.scope import brand_scope
from linehouse.platform.worklist.models import Task
from linehouse.run import restoring
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.keeping.backups import Wanted, keys_of, make_backup
from linehouse.run.keeping.erasures import erase_again, keep_copies
from linehouse.run.keeping.keys import key_files, put_back
from linehouse.run.story import scenes
from linehouse.run.story.scenes import ZONE, Play
from linehouse.run.story.stage import PLAYER, Stage, stage
from tests.conftest import ROBIN
from tests.stories.keeping import Keeper, as_a_command, homes, silent

LOTTE = NewIndividual(
    given_name="Lotte",
    family_name="Visser",
    email="lotte.visser@mail.example",
    phone="+31612345678",
    address=PostalAddress(street1="Prinsengracht 3", postcode="1015 DK", city="Amsterdam", country="NL"),
    birth_date=date(1980, 1, 2),
    identification=Identification(kind=DocumentKind.PASSPORT, number="NXA4711Z9", country="NL"),
    language="en",
)
THEIRS = (
    *("Lotte", "Visser", "lotte.visser", "31612345678", "Prinsengracht", "1980-01-02", "NXA4711Z9"),
    *("Fenna", "de Vries", "fenna.devries", "Lindengracht"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer and who that is."""

    customer: UUID
    party: UUID


@pytest.fixture
def own_masters() -> Iterator[None]:
    """Each home has master keys of its own, as on machines of their own."""
    before = masters.masters()
    yield
    masters.use(before)
    keys.forget()


def at(home: Keeper) -> None:
    masters.use(masters.MasterKeys(home.settings.keys_folder))
    keys.forget()


def founded(found: Installation, home: Path) -> dict[str, Person]:
    """Fenna had a plan, left, and has paid her last invoice; Joris goes on; Lotte is new."""
    found_brand(found, "robin", ROBIN, actor=PLAYER, home=home, clock=DEMO_START)
    with brand_scope("robin"), stage("robin", home, ROBIN, DEMO_START, "2026") as place:
        play = Play(place)
        for scene in (scenes.stock, scenes.register, scenes.order_plans):
            scene(play)
        advance(day_start(date(2026, 11, 11), ZONE), actor=PLAYER)
        item = OrderItemRequest(ref="1", action=ItemAction.DELETE, product_id=play.products["fenna"])
        scenes.order(play, "fenna", item)
        scenes.bill(play)
        scenes.pay(play)
        lotte = customers.register_customer(RegisterCustomer(party=LOTTE), actor=PLAYER)
        ids = {**play.customers, "lotte": lotte.customer_id}
        return {name: Person(one, customers.customer_view(one).party_id) for name, one in ids.items()}


def ask_for_erasure(person: Person) -> str:
    number = subject_requests.receive(person.party, RequestKind.ERASURE, channel="letter", actor=PLAYER)
    subject_requests.identify(number, "passport seen in the shop", actor=PLAYER)
    return number


def everything_stored(brand: str) -> str:
    """Every value of every table of the brand's database."""
    found = []
    with connections[brand].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    for value in row
                ]
    return "\n".join(found)


def require_erased(brand: str, people: dict[str, Person], requests: dict[str, str]) -> None:
    """Fenna and Lotte are gone, it is told that and why, and Joris is who he was."""
    with brand_scope(brand):
        stored = everything_stored(brand)
        assert [value for value in THEIRS if value in stored] == []
        for name in ("fenna", "lotte"):
            person = people[name]
            view = customers.customer_view(person.customer)
            assert (view.state, view.name) == ("closed", "[erased]")
            read = repr(party.individual(person.party))
            assert [value for value in THEIRS if value in read] == []
            looks, _ = looks_at(person.party)
            (again,) = [look for look in looks if look.through == "erasure"]
            assert again.what == "erased again after a restore"
            assert again.reason == f"erased on {business_now():%Y-%m-%d}"
            (told,) = subject_requests.requests(party_id=person.party)[0]
            assert (told.kind, told.state) == (RequestKind.ERASURE, "answered")
            assert told.outcome.startswith("erased again after a restore")
            if name in requests:
                assert told.number == requests[name], "it was open in the backup and is answered"
            assert not Task.objects.filter(key=told.number, state="open").exists()
        for text in ("fenna", "vries", "lotte", "visser"):
            assert customers.find_customers(search=text).total == 0
        assert customers.find_customers(search="bakker").total == 1
        joris = party.individual(people["joris"].party)
        assert "joris.bakker@mail.example" in repr(joris)
        assert subject_requests.requests(party_id=people["joris"].party)[1] == 0
        # What the law keeps is readable for those who may, and for nobody without its key.
        invoices = [bill for bill in billing.search_invoices()[0] if bill.customer_id == people["fenna"].customer]
        assert [bill.buyer_name for bill in invoices] == ["Fenna de Vries"]
        results = verify()
        assert [result.name for result in results if not result.holds] == []
        (erased,) = [result for result in results if result.name == "personal.erased"]
        assert erased.verdict.examined == 2


def test_the_erased_stay_erased_when_an_older_backup_comes_back(tmp_path: Path, own_masters: None) -> None:
    with homes(tmp_path) as home:
        first, second = home("first"), home("second")
        at(first)
        with first.server():
            with first.open() as found:
                people = founded(found, first.settings.home)
                with brand_scope("robin"):
                    open_before = ask_for_erasure(people["fenna"])
                made = make_backup(found, first.settings, Wanted(), silent)
                safe = key_files(first.settings)
                with brand_scope("robin"):
                    for number in (open_before, ask_for_erasure(people["lotte"])):
                        subject_requests.answer(number, actor=PLAYER)
                    drain()
                    assert customers.find_customers(search="fenna").total == 0
                assert keep_copies(first.settings, keys_of(first.settings)) == 1

            with as_a_command():
                report = restoring.one_brand(first.settings, made.id, "robin", "then", None, silent, force=False)
            assert report.holds, report.lines
            assert "then: 2 people who were erased since are erased again" in report.lines
            with first.open():
                require_erased("then", people, {"fenna": open_before})
        first.destroy()

        # Another machine has the backups, and the bundle of keys, which is as old as the backup.
        at(second)
        put_back(safe, second.settings, force=False)
        with as_a_command():
            report = restoring.everything(second.settings, made.id, None, silent, force=False)
        assert report.holds, report.lines
        assert "robin: 2 people who were erased since are erased again" in report.lines
        with second.server(), second.open():
            require_erased("robin", people, {"fenna": open_before})


def test_what_an_erased_person_still_has_after_a_restore_is_a_task(place: Stage) -> None:
    play = Play(place)
    for scene in (scenes.stock, scenes.register, scenes.order_plans):
        scene(play)
    fenna = customers.customer_view(play.customers["fenna"])
    erasures.note("robin", fenna.party_id, business_now())
    assert [erase_again("robin"), erase_again("robin")] == [1, 0]
    assert customers.find_customers(search="fenna").total == 0
    assert customers.customer_view(fenna.id).state == "active", "the product that runs is not ended by itself"
    (task,) = Task.objects.filter(kind="party.erased_again")
    assert task.state == "open"
    (request,) = subject_requests.requests(party_id=fenna.party_id)[0]
    assert (task.key, request.state) == (request.number, "answered")
    assert "active" in task.reason
    assert [result.name for result in verify() if not result.holds] == []
