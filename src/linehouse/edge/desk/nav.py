"""The desk's map: every screen of the rail, with the permission that opens it."""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from linehouse.platform.access.grants import Held
from linehouse.platform.access.policy import owned


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of the rail. `section` marks it as current on the pages below it."""

    section: str
    label: str
    url_name: str
    icon: str
    permission: str
    words: str = ""
    own: bool = False
    """Whether it holds to a dealer's own customers and orders, and so is open to the dealer's staff."""

    def url(self, brand: str) -> str:
        """The screen's address for a brand."""
        return reverse(f"desk:{self.url_name}", args=(brand,))


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the rail with its screens."""

    label: str
    screens: tuple[Screen, ...]


MAP: Final[tuple[Group, ...]] = (
    Group("", (Screen("dashboard", "Dashboard", "dashboard", "dashboard", "customer.read", "home overview start"),)),
    Group(
        "Customers",
        (
            Screen(
                "customers", "Customers", "customers", "users", "customer.read", "subscribers people accounts", own=True
            ),
            Screen("orders", "Orders", "orders", "order", "order.read", "sales activation", own=True),
            Screen("interactions", "Contacts", "interactions", "chat", "interaction.read", "calls notes interactions"),
            Screen("messages", "Messages", "messages", "mail", "customer.read", "mail sent notices"),
        ),
    ),
    Group(
        "Products",
        (
            Screen("catalog", "Catalog", "offerings", "book", "catalog.read", "offerings plans prices tariffs"),
            Screen(
                "price", "Price enquiry", "price_enquiry", "calculator", "catalog.read", "what would this cost rating"
            ),
            Screen(
                "characteristics",
                "Characteristics",
                "characteristics",
                "tag",
                "catalog.read",
                "custom fields own attributes declare",
            ),
        ),
    ),
    Group(
        "Usage",
        (
            Screen("usage_files", "Files", "usage_files", "file", "usage.read", "cdr tap inbox upload"),
            Screen("usage_records", "Records", "usage_records", "usage", "usage.read", "calls data sms"),
            Screen("suspense", "Suspense", "suspense", "pause", "usage.read", "rejected errors correct resubmit"),
        ),
    ),
    Group(
        "Money",
        (
            Screen("bill_runs", "Bill runs", "bill_runs", "run", "billing.read", "cycle approve post"),
            Screen("invoices", "Invoices", "invoices", "bill", "billing.read", "bills pdf"),
            Screen("payments", "Payments", "payments", "payment", "payment.read", "allocations received"),
            Screen("statements", "Bank statements", "statements", "bank", "payment.read", "camt upload unmatched"),
            Screen("ledger", "Ledger", "ledger", "ledger", "ledger.read", "accounts trial balance verify journal"),
        ),
    ),
    Group(
        "Network",
        (
            Screen("numbers", "Numbers", "numbers", "phone", "resource.read", "msisdn stock"),
            Screen("sims", "SIM cards", "sims", "sim", "resource.read", "iccid imsi stock"),
            Screen("network", "Host network", "network", "network", "network.read", "provisioning desired state drift"),
        ),
    ),
    Group(
        "Operations",
        (
            Screen("clock", "Business clock", "clock", "clock", "clock.read", "advance time day cycle"),
            Screen("jobs", "Jobs", "jobs", "job", "operations.read", "queue retry failed"),
            Screen("events", "Events", "events", "event", "operations.read", "outbox log"),
            Screen("staff", "Staff", "staff", "staff", "operations.read", "roles permissions people"),
            Screen("about", "About", "about", "gear", "operations.read", "settings version mailbox"),
        ),
    ),
)

SCREENS: Final = tuple(screen for group in MAP for screen in group.screens)


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the rail as one reader sees it."""

    label: str
    url: str
    icon: str
    current: bool


def open_to(screen: Screen, held: Held) -> bool:
    """Whether the reader may open the screen: the permission, and where they act for a dealer, that it holds to it."""
    if screen.permission not in held.permissions:
        return False
    return screen.own or not owned(screen.permission) or held.bound_to(screen.permission) is None


def rail(brand: str, held: Held, section: str) -> list[tuple[str, list[Entry]]]:
    """The rail for a reader: only what they may open, empty headings left out."""
    shown = []
    for group in MAP:
        entries = [
            Entry(screen.label, screen.url(brand), screen.icon, screen.section == section)
            for screen in group.screens
            if open_to(screen, held)
        ]
        if entries:
            shown.append((group.label, entries))
    return shown
