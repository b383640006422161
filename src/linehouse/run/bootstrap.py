"""The step before the processes start: schemas, the demo brand and its log-ins."""

from __future__ import annotations

from pathlib import Path

from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.policy import OWN_ROLES
from linehouse.platform.access.service import create_client, grant_role
from linehouse.platform.control.models import Brand
from linehouse.platform.postgres.databases import (
    Installation,
    load_brands,
    prepare_control,
    prepare_template,
)
from linehouse.platform.postgres.dsn import Dsn
from linehouse.platform.postgres.upgrading import behind
from linehouse.platform.scope import CONTROL, brand_scope, realm_scope
from linehouse.platform.settings import Settings
from linehouse.platform.work import SYSTEM
from linehouse.run.founding import DEMO_START, found_brand
from linehouse.run.keeping.ownership import make_ours, require_ours, unmarked
from linehouse.run.keeping.upgrade import bring_to_this_release
from linehouse.run.welcome import Address, LogIn, Progress, Welcome

ROOT = Path(__file__).resolve().parents[3]
DEMO_BRAND = "robin"
DEMO_PASSWORD = "robin-demo-2026"  # noqa: S105 - the demo's log-ins are printed at start; a real installation has none
DEMO_TOKEN = "robin-demo-token-for-local-use-only"  # noqa: S105 - likewise
DEMO_STAFF = (
    ("admin@robin-mobile.example", "Ada Admin", "admin"),
    ("care@robin-mobile.example", "Cor Care", "care"),
    ("product@robin-mobile.example", "Pia Product", "product"),
    ("finance@robin-mobile.example", "Finn Finance", "finance"),
    ("network@robin-mobile.example", "Nele Network", "network"),
    ("dealer@robin-mobile.example", "Dora Dealer", "dealer"),
)
DEMO_DEALER = "D-001"
"""The dealer for whom the demo's dealer works."""


def prepare(settings: Settings, dsn: Dsn, progress: Progress) -> Welcome:
    """Make the installation ready for its processes; repeating changes nothing."""
    installation = Installation(dsn, settings.database_prefix)
    require_ours(installation, settings)
    if behind(installation):
        bring_to_this_release(installation, settings, progress)
    else:
        prepare_control(installation, progress)
        prepare_template(installation, progress)
    if settings.secret_key and unmarked(installation):
        make_ours(installation, settings)
    with realm_scope(CONTROL):
        load_brands(installation)
        if settings.demo and not Brand.objects.filter(key=DEMO_BRAND).exists():
            make_demo(installation, settings.home, progress)
    return welcome(settings)


def make_demo(installation: Installation, home: Path, progress: Progress) -> None:
    """Found Robin Mobile with numbers, SIM cards and staff."""
    from linehouse.resource.service import seed_stock

    progress("Founding Robin Mobile: catalog, tariffs and clock")
    found_brand(installation, DEMO_BRAND, ROOT / "brands" / "robin", actor=SYSTEM, home=home, clock=DEMO_START)
    progress("Filling the stock: 200 numbers, 200 SIM cards")
    with brand_scope(DEMO_BRAND):
        seed_stock(actor=SYSTEM)
    progress("Making the demo log-ins")
    make_demo_staff(DEMO_BRAND)


def make_demo_staff(brand: str) -> None:
    """Log-ins and an API client with well-known secrets, for a brand that holds nothing real."""
    from linehouse.platform.access.models import User

    for email, name, role in DEMO_STAFF:
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, DEMO_PASSWORD, name=name, is_staff=True)
        grant_role(user.id, brand, role, DEMO_DEALER if role in OWN_ROLES else "")
    create_client("Demo client", brand, frozenset(PERMISSIONS), DEMO_TOKEN if brand == DEMO_BRAND else None)


def welcome(settings: Settings) -> Welcome:
    """What the first screen says."""
    web = f"http://localhost:{settings.web_port}"
    addresses = [
        Address("Desk", f"{web}/"),
        Address("Charging over Diameter", f"aaa://localhost:{settings.diameter_port};transport=tcp"),
    ]
    log_ins: tuple[LogIn, ...] = ()
    if settings.demo:
        addresses += [
            Address("APIs of Robin Mobile", f"http://{DEMO_BRAND}.localhost:{settings.web_port}/tmf-api/"),
            Address("Outside world: mailbox, bank, host network", f"http://localhost:{settings.simulators_port}/"),
        ]
        log_ins = tuple(LogIn(f"Desk, as {role}", email, DEMO_PASSWORD) for email, _, role in DEMO_STAFF)
    hints = (
        f"API token of the demo: {DEMO_TOKEN}" if settings.demo else "Make a first brand: linehouse brand create",
        "linehouse demo story plays a customer's whole journey",
    )
    return Welcome(tuple(addresses), log_ins, hints)
