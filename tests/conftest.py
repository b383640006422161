"""Fixtures of all tests: one PostgreSQL per run, fresh databases per test, a clock that stands still."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linehouse.run.django_settings")
os.environ.setdefault("LINEHOUSE_HOME", "/nonexistent/linehouse-tests-need-no-home")
os.environ.setdefault("LINEHOUSE_LOG_LEVEL", "error")

from linehouse.run.house import open_house, set_up_django

set_up_django()

from django.db import connections
from django.test.utils import setup_test_environment

from linehouse.kernel.ids import new_id
from linehouse.platform.advance import Advanced
from linehouse.platform.advance import advance as advance_clock
from linehouse.platform.clock.service import set_manual
from linehouse.platform.control.models import Membership
from linehouse.platform.outbox.service import events_after, last_position
from linehouse.platform.partitions import ensure_ahead
from linehouse.platform.personal import masters
from linehouse.platform.postgres import databases
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.embedded import EmbeddedPostgres
from linehouse.platform.postgres.routing import forget_database
from linehouse.platform.runner import drain as drain_jobs
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
from linehouse.platform.work import Actor, unit_of_work

setup_test_environment()
# How long an example takes says how busy the machine is, not whether the property holds. The same examples each time,
# so that a run tells of the change at hand; whoever searches for new ones sets LINEHOUSE_NEW_EXAMPLES=yes.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not os.environ.get("LINEHOUSE_NEW_EXAMPLES"),
)
settings.load_profile("house")

T = TypeVar("T")
ROBIN = Path(__file__).resolve().parents[1] / "brands" / "robin"
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
_server: pytest.StashKey[EmbeddedPostgres] = pytest.StashKey()
_shared: pytest.StashKey[dict[str, str]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--browser", action="store_true", help="run the tests that need Debian's chromium")
    parser.addoption("--peers", action="store_true", help="run the tests against foreign protocol stacks")
    parser.addoption("--fuzz", type=int, default=3, metavar="N", help="examples of each operation of the APIs")
    parser.addoption("--specs", metavar="DIR", help="folder of the published specifications to validate against")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, before anything runs, what the command line did not ask for."""
    wanted = {
        "browser": bool(config.getoption("--browser")),
        "peers": bool(config.getoption("--peers")),
        "specs": bool(config.getoption("--specs")),
    }
    left_out = [item for item in items if any(not on and item.get_closest_marker(name) for name, on in wanted.items())]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@dataclass(frozen=True, slots=True)
class Server:
    """The server of this run and the names of its migrated templates."""

    dsn: Dsn
    control_template: str
    brand_template: str


def _prepare_server(config: pytest.Config) -> dict[str, str]:
    open_house()
    server = EmbeddedPostgres.temporary()
    dsn = server.start()
    config.stash[_server] = server
    installation = Installation(dsn, "pattern")
    databases.prepare_control(installation, lambda _: None)
    databases.prepare_template(installation, lambda _: None)
    connections.close_all()
    forget_database(CONTROL)
    return {"url": dsn.url("postgres"), "control": installation.control_name, "brand": installation.template_name}


@pytest.fixture(scope="session", autouse=True)
def master_keys(tmp_path_factory: pytest.TempPathFactory) -> masters.MasterKeys:
    """The master keys of this run, which no home holds."""
    keys = masters.MasterKeys(tmp_path_factory.mktemp("master") / "keys")
    masters.use(keys)
    return keys


class _Workers:
    """With several workers, the one that hands out tests starts the server for all of them."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if _shared not in node.config.stash:
            node.config.stash[_shared] = _prepare_server(node.config)
        node.workerinput["postgres"] = node.config.stash[_shared]


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--specs"):
        from tests.conformance.swagger import use_in_this_run

        use_in_this_run(Path(config.getoption("--specs")))
    config.pluginmanager.register(_Workers())


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(_server, None)
    if server is not None:
        server.destroy()


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Server:
    """The PostgreSQL server of this run."""
    open_house()
    shared = getattr(pytestconfig, "workerinput", {}).get("postgres") or pytestconfig.stash.get(_shared, None)
    if shared is None:
        shared = pytestconfig.stash[_shared] = _prepare_server(pytestconfig)
    return Server(Dsn.parse(shared["url"]), shared["control"], shared["brand"])


@pytest.fixture
def installation(server: Server) -> Iterator[Installation]:
    """A fresh control database, served as the control realm; brands made in it are dropped afterwards."""
    with fresh_installation(server) as fresh:
        yield fresh


@contextmanager
def fresh_installation(server: Server) -> Iterator[Installation]:
    """What the fixture of that name does, for fixtures that live longer than one test."""
    fresh = _FromPatterns(server.dsn, f"t{secrets.token_hex(5)}", patterns=server)
    fresh.create(fresh.control_name, server.control_template)
    fresh.register()
    try:
        with realm_scope(CONTROL):
            yield fresh
            made = databases.load_brands(fresh)
        for key in made:
            forget_database(key)
            fresh.drop(fresh.brand_name(key))
    finally:
        forget_database(CONTROL)
        fresh.drop(fresh.control_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FromPatterns(Installation):
    patterns: Server

    def create(self, name: str, template: str = "template0") -> None:
        # Copying files is the quicker way where nothing must survive a crash.
        with self.maintenance() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    @property
    def template_name(self) -> str:
        return self.patterns.brand_template


ADA = "0190a000-0000-7000-8000-000000000001"
"""The id of the member of staff who acts in tests: an administrator of every brand."""


def make_brand(installation: Installation, key: str, name: str) -> None:
    """A brand with its host name and a clock that stands at the start of all tests."""
    databases.create_brand(installation, key, name, (f"{key}.localhost",))
    Membership.objects.create(user_id=UUID(ADA), brand_id=key, role="admin")
    with brand_scope(key):
        set_manual(START)
        ensure_ahead(START)


@pytest.fixture
def brand(installation: Installation) -> Iterator[str]:
    """The brand under test, with nothing in it: key ``robin``, clock standing at 2026-11-01 08:00 UTC."""
    make_brand(installation, "robin", "Robin Mobile")
    with brand_scope("robin") as key:
        yield key


@pytest.fixture
def second_brand(installation: Installation) -> str:
    """Another brand beside it: key ``wren``."""
    make_brand(installation, "wren", "Wren Telecom")
    return "wren"


@pytest.fixture
def actor() -> Actor:
    """A member of staff."""
    return Actor("staff", ADA, "Ada Example")


def in_own_thread(coroutine: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine in a thread of its own: a browser of other tests may keep an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(coroutine())).result()


def colleague(brand: str, role: str, name: str = "Fay Finance") -> Actor:
    """Another member of the brand's staff, in that role."""
    user_id = new_id()
    Membership.objects.create(user_id=user_id, brand_id=brand, role=role)
    return Actor("staff", str(user_id), name)


@pytest.fixture
def catalogue(brand: str, actor: Actor) -> str:
    """The brand with Robin Mobile's published catalog; its key."""
    from linehouse.catalog.service import apply_files

    apply_files(ROBIN, actor=actor)
    return brand


@pytest.fixture
def work(brand: str, actor: Actor) -> Callable[..., Any]:
    """Opens a unit of work: ``with work("why") as w:``."""

    def open_work(reason: str = "test") -> Any:
        return unit_of_work(actor, reason)

    return open_work


@pytest.fixture
def drain(brand: str) -> Callable[[], int]:
    """Runs everything that is due, and what it causes; returns how many jobs ran."""
    return drain_jobs


@pytest.fixture
def advance(brand: str, actor: Actor) -> Callable[[datetime], Advanced]:
    """Moves the brand's clock."""
    return lambda to: advance_clock(to, actor=actor)


@pytest.fixture
def events(brand: str) -> Callable[[], list[str]]:
    """The names of the events emitted since the last call, in order; without the work list's, which follow them."""
    seen = last_position()

    def new_names() -> list[str]:
        nonlocal seen
        found = events_after(seen)
        if found:
            seen = found[-1].position
        return [event.name for event in found if not event.name.startswith("worklist.")]

    return new_names


@pytest.fixture(scope="session")
def specs_dir(pytestconfig: pytest.Config) -> Path:
    """The folder of published specifications; for tests marked ``specs``."""
    folder = Path(pytestconfig.getoption("--specs")).resolve()
    if not folder.is_dir():
        pytest.fail(f"--specs {folder} is no folder")
    return folder
