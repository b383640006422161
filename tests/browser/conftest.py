"""A live desk for a real browser: web process and worker in threads, and pages that must not complain."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.signals import got_request_exception
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from linehouse.platform.access.models import User
from linehouse.platform.access.service import create_client, grant_role
from linehouse.platform.postgres.databases import Installation
from linehouse.platform.runner import run_ready
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
from linehouse.platform.work import Actor
from linehouse.run.founding import found_brand
from linehouse.run.story.scenes import Play
from linehouse.run.story.stage import Stage, stage
from tests.browser.night import play_short_month
from tests.conftest import START
from tests.everything import something_of_everything

CHROMIUM = Path("/usr/bin/chromium")
ROBIN = Path(__file__).resolve().parents[2] / "brands" / "robin"
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
EMAIL = "ada@robin.example"
PASSWORD = "a-long-demo-password"
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing; failures show in the page."""


@contextmanager
def serving() -> Iterator[str]:
    """Serve the web process's application on a free port of this machine; yields its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet, ipv6=False)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextmanager
def working(brand: str) -> Iterator[None]:
    """Run the brand's jobs as they fall due, as the worker process does."""
    stop = threading.Event()

    def loop() -> None:
        with brand_scope(brand):
            while not stop.is_set():
                if not run_ready():
                    stop.wait(0.05)
        connections.close_all()

    thread = threading.Thread(target=copy_context().run, args=(loop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


@pytest.fixture
def brand(installation: Installation, actor: Actor, tmp_path: Path) -> Iterator[str]:
    """Robin Mobile as a first start founds it: catalogue, feeds and timers, the clock standing at the start."""
    found_brand(installation, "robin", ROBIN, actor=actor, home=tmp_path, clock=START)
    with brand_scope("robin") as key:
        yield key


@pytest.fixture
def world(brand: str, tmp_path: Path) -> Iterator[Stage]:
    """The outside world around the brand: host network, mail server, bank."""
    with stage(brand, tmp_path, ROBIN, START, "browser") as place:
        yield place


@pytest.fixture
def played(world: Stage) -> Play:
    """A short month of two customers: something of everything that a screen can show has happened."""
    play = Play(world)
    play_short_month(play)
    something_of_everything(world.actor)
    with realm_scope(CONTROL):
        create_client("CRM", "robin", frozenset({"customer.read"}))
    return play


@dataclass(slots=True)
class LiveDesk:
    """The desk of a brand, reachable by a browser, with a log-in that may do everything."""

    url: str
    brand: str
    email: str = EMAIL
    password: str = PASSWORD
    defects: list[str] = field(default_factory=list)

    def path(self, path: str = "") -> str:
        """The address of a brand's screen."""
        return f"{self.url}/b/{self.brand}/{path}"


@pytest.fixture
def live_desk(brand: str, world: Stage) -> Iterator[LiveDesk]:
    """The desk of the brand under test, with a worker and the outside world."""
    user = User.objects.create_user(EMAIL, PASSWORD, name="Ada Example", is_staff=True)
    grant_role(user.id, brand, "admin")
    with working(brand), serving() as url:
        desk = LiveDesk(url, brand)

        def note(**_: Any) -> None:
            desk.defects.append(traceback.format_exc())

        got_request_exception.connect(note)
        yield desk
        got_request_exception.disconnect(note)
    assert desk.defects == [], "\n".join(desk.defects)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, started once."""
    if not CHROMIUM.is_file():
        pytest.fail(f"{CHROMIUM} is missing; on Debian: apt-get install chromium")
    # Playwright keeps an event loop in this thread, beside which Django would refuse to query; nothing here is async.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass(slots=True)
class Screen:
    """A page with the complaints that it has made."""

    page: Page
    desk: LiveDesk
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "") -> Page:
        """Open a screen of the brand."""
        self.page.goto(self.desk.path(path))
        return self.page

    def log_in(self) -> None:
        """Log in by the form."""
        self.page.goto(f"{self.desk.url}/")
        self.page.get_by_label("E-mail address").fill(self.desk.email)
        self.page.get_by_label("Password").fill(self.desk.password)
        self.page.get_by_role("button", name="Log in", exact=True).click()
        self.page.wait_for_url("**/b/**")

    def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.1 A and AA, one line for each element."""
        found = Axe().run(self.page, options=WCAG).response["violations"]
        return [
            f"{self.page.url}: {rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]


@pytest.fixture
def new_screen(chromium: Browser, live_desk: LiveDesk) -> Iterator[Callable[..., Screen]]:
    """Makes pages: ``new_screen(width=390, scheme="dark")``. At the end none may have complained on its console."""
    made: list[Screen] = []

    def make(
        width: int = 1360, height: int = 900, scheme: Literal["dark", "light"] = "light", **options: Any
    ) -> Screen:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            locale="en-GB",
            **options,
        )
        context.set_default_timeout(15_000)
        screen = Screen(context.new_page(), live_desk)

        def note(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and "status of 4" not in message.text:
                screen.complaints.append(f"{message.type}: {message.text}")

        screen.page.on("console", note)
        screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        made.append(screen)
        return screen

    yield make
    complaints = [complaint for screen in made for complaint in screen.complaints]
    for screen in made:
        screen.page.context.close()
    assert complaints == []


@pytest.fixture
def screen(new_screen: Callable[..., Screen]) -> Screen:
    """A logged-in page in the light scheme on a desk-sized window."""
    made = new_screen()
    made.log_in()
    return made
