"""An installation on an embedded PostgreSQL that keeps every promise, for the stories of keeping."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connections

from linehouse.customer import service as customers
from linehouse.customer.values import RegisterCustomer
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.backup import wal
from linehouse.platform.backup.receiver import Receiver
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.postgres.routing import brand_aliases, forget_database
from linehouse.platform.scope import CONTROL, brand_scope
from linehouse.platform.settings import Settings
from linehouse.run.at_work import installation
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.keeping.backups import keys_of
from linehouse.run.story import scenes
from linehouse.run.story.scenes import Play
from linehouse.run.story.stage import PLAYER, stage
from tests.conftest import ROBIN
from tests.run.installation import free_ports


def silent(text: str, done: int = 0, total: int = 0) -> None:
    """Told of steps, says nothing."""
    del text, done, total


@dataclass(slots=True)
class Keeper:
    """One home and what is done with it."""

    settings: Settings

    @contextmanager
    def open(self) -> Iterator[Installation]:
        """The installation, as a command of the command line has it; made where it is missing."""
        with as_a_command(), installation(self.settings, prepare=silent) as found:
            yield found

    @contextmanager
    def server(self) -> Iterator[EmbeddedPostgres]:
        """Its server, running meanwhile."""
        server = EmbeddedPostgres(self.settings.home, self.settings.postgres_port)
        server.start()
        try:
            yield server
        finally:
            server.stop()

    def receiver(self, found: Installation) -> Receiver:
        """What archives its log."""
        archive = wal.Archive(self.settings.backups, wal.incarnation_of(found.dsn, self.settings.home))
        incoming = self.settings.home / "run" / "log-incoming"
        return Receiver(found.dsn, incoming, archive, keys_of(self.settings, make=True))

    def destroy(self) -> None:
        """As if the machine were gone; what lies elsewhere stays."""
        EmbeddedPostgres(self.settings.home).destroy()
        shutil.rmtree(self.settings.home, ignore_errors=True)


def forget_everything() -> None:
    """No database is known to this process any more."""
    connections.close_all()
    for alias in (*brand_aliases(), CONTROL):
        forget_database(alias)


@contextmanager
def as_a_command() -> Iterator[None]:
    """What a command changes in its process, the tests' process has not seen."""
    before = dict(os.environ)
    try:
        yield
    finally:
        forget_everything()
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def homes(folder: Path) -> Iterator[Callable[[str], Keeper]]:
    """Homes by name; their backups and keys lie in one folder beside them, and all of it goes at the end."""
    made: list[Keeper] = []

    def home(name: str) -> Keeper:
        place = folder / name
        ports = free_ports()
        settings = Settings(
            home=place,
            demo=False,
            web_port=ports,
            postgres_port=ports + 5,
            backup_folder=str(folder / "elsewhere"),
            backup_key_file=str(folder / "safe" / "backup-key"),
            secret_key="a key for signing, of this test alone",
        )
        made.append(Keeper(settings))
        return made[-1]

    try:
        yield home
    finally:
        for each in made:
            each.destroy()


def found_robin(found: Installation, home: Path, key: str = "robin") -> None:
    """Robin Mobile with two customers who have plans: there is something in its books."""
    found_brand(found, key, ROBIN, actor=PLAYER, home=home, clock=DEMO_START)
    with brand_scope(key), stage(key, home, ROBIN, DEMO_START, "2026") as place:
        play = Play(place)
        for scene in (scenes.stock, scenes.register, scenes.order_plans):
            scene(play)


def one_more(name: str, key: str = "robin") -> None:
    """Another customer."""
    person = NewIndividual(
        given_name=name,
        family_name="Visser",
        email=f"{name.lower()}@mail.example",
        address=PostalAddress(street1="Lindengracht 7", postcode="1015 KB", city="Amsterdam", country="NL"),
        birth_date=date(1980, 1, 2),
        language="en",
    )
    with brand_scope(key):
        customers.register_customer(RegisterCustomer(party=person), actor=PLAYER)


def how_many(key: str = "robin") -> int:
    """How many customers the brand has."""
    with brand_scope(key):
        return sum(customers.count_customers().values())
