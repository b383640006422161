"""The desk's map: every screen of the rail, with the permission that opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from linehouse.platform.access.grants import Held
from linehouse.platform.access.policy import owned


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of the rail. `section` marks it as current on the pages below it."""

    section: str
    label: StrOrPromise
    url_name: str
    icon: str
    permission: str
    words: StrOrPromise = ""
    own: bool = False
    """Whether it holds to a dealer's own customers and orders, and so is open to the dealer's staff."""

    def url(self, brand: str) -> str:
        """The screen's address for a brand."""
        return reverse(f"desk:{self.url_name}", args=(brand,))


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the rail with its screens."""

    label: StrOrPromise
    screens: tuple[Screen, ...]


MAP: Final[tuple[Group, ...]] = (
    Group(
        "",
        (
            Screen(
                "dashboard",
                gettext_lazy("Dashboard"),
                "dashboard",
                "dashboard",
                "customer.read",
                gettext_lazy("home overview start"),
            ),
            Screen(
                "work",
                gettext_lazy("Work list"),
                "work",
                "check-circle",
                "work.read",
                gettext_lazy("tasks queues suspense stuck parked unmatched failed"),
            ),
            Screen(
                "approvals",
                gettext_lazy("Approvals"),
                "approvals",
                "shield",
                "approval.read",
                gettext_lazy("four eyes proposals decide"),
            ),
        ),
    ),
    Group(
        gettext_lazy("Customers"),
        (
            Screen(
                "customers",
                gettext_lazy("Customers"),
                "customers",
                "users",
                "customer.read",
                gettext_lazy("subscribers people accounts"),
                own=True,
            ),
            Screen(
                "orders",
                gettext_lazy("Orders"),
                "orders",
                "order",
                "order.read",
                gettext_lazy("sales activation"),
                own=True,
            ),
            Screen(
                "groups",
                gettext_lazy("Closed user groups"),
                "closed_groups",
                "users",
                "customer.read",
                gettext_lazy("cug fleet members company calls"),
            ),
            Screen(
                "interactions",
                gettext_lazy("Contacts"),
                "interactions",
                "chat",
                "interaction.read",
                gettext_lazy("calls notes interactions"),
            ),
            Screen(
                "messages",
                gettext_lazy("Messages"),
                "messages",
                "mail",
                "message.read",
                gettext_lazy("mail sms sent notices templates quiet hours"),
            ),
        ),
    ),
    Group(
        gettext_lazy("Privacy"),
        (
            Screen(
                "privacy",
                gettext_lazy("Requests about data"),
                "privacy",
                "shield",
                "privacy.read",
                gettext_lazy("gdpr access export erase forget"),
            ),
            Screen(
                "privacy_retention",
                gettext_lazy("Retention"),
                "privacy_retention",
                "clock",
                "privacy.read",
                gettext_lazy("gdpr how long keep sweep delete"),
            ),
        ),
    ),
    Group(
        gettext_lazy("Products"),
        (
            Screen(
                "catalog",
                gettext_lazy("Catalog"),
                "offerings",
                "book",
                "catalog.read",
                gettext_lazy("offerings plans prices tariffs"),
            ),
            Screen(
                "price",
                gettext_lazy("Price enquiry"),
                "price_enquiry",
                "calculator",
                "catalog.read",
                gettext_lazy("what would this cost rating"),
            ),
            Screen(
                "what_if",
                gettext_lazy("Plans on trial"),
                "what_ifs",
                "play",
                "margin.read",
                gettext_lazy("what if try plan winners losers break-even margin"),
            ),
            Screen(
                "characteristics",
                gettext_lazy("Characteristics"),
                "characteristics",
                "tag",
                "catalog.read",
                gettext_lazy("custom fields own attributes declare"),
            ),
        ),
    ),
    Group(
        gettext_lazy("Usage"),
        (
            Screen(
                "usage_files",
                gettext_lazy("Files"),
                "usage_files",
                "file",
                "usage.read",
                gettext_lazy("cdr tap inbox upload"),
            ),
            Screen(
                "usage_records",
                gettext_lazy("Records"),
                "usage_records",
                "usage",
                "usage.read",
                gettext_lazy("calls data sms"),
            ),
            Screen(
                "usage_analytics",
                gettext_lazy("Analytics"),
                "usage_analytics",
                "dashboard",
                "margin.read",
                gettext_lazy("sums margin cost wholesale zones networks devices hours"),
            ),
            Screen(
                "rerating",
                gettext_lazy("Re-rates"),
                "rerates",
                "retry",
                "usage.read",
                gettext_lazy("rate again correct wrong price difference reversal"),
            ),
            Screen(
                "suspense",
                gettext_lazy("Suspense"),
                "suspense",
                "pause",
                "usage.read",
                gettext_lazy("rejected errors correct resubmit"),
            ),
        ),
    ),
    Group(
        gettext_lazy("Money"),
        (
            Screen(
                "bill_runs",
                gettext_lazy("Bill runs"),
                "bill_runs",
                "run",
                "billing.read",
                gettext_lazy("cycle approve post"),
            ),
            Screen("invoices", gettext_lazy("Invoices"), "invoices", "bill", "billing.read", gettext_lazy("bills pdf")),
            Screen(
                "payments",
                gettext_lazy("Payments"),
                "payments",
                "payment",
                "payment.read",
                gettext_lazy("allocations received"),
            ),
            Screen(
                "refunds",
                gettext_lazy("Refunds"),
                "refunds",
                "undo",
                "payment.read",
                gettext_lazy("pay back money credit transfer"),
            ),
            Screen(
                "vouchers",
                gettext_lazy("Vouchers"),
                "voucher_batches",
                "tag",
                "voucher.read",
                gettext_lazy("top-up cards pins batches serials prepaid"),
            ),
            Screen(
                "statements",
                gettext_lazy("Bank statements"),
                "statements",
                "bank",
                "payment.read",
                gettext_lazy("camt upload unmatched"),
            ),
            Screen(
                "ledger",
                gettext_lazy("Ledger"),
                "ledger",
                "ledger",
                "ledger.read",
                gettext_lazy("accounts trial balance verify journal"),
            ),
        ),
    ),
    Group(
        gettext_lazy("Network"),
        (
            Screen(
                "numbers", gettext_lazy("Numbers"), "numbers", "phone", "resource.read", gettext_lazy("msisdn stock")
            ),
            Screen("sims", gettext_lazy("SIM cards"), "sims", "sim", "resource.read", gettext_lazy("iccid imsi stock")),
            Screen(
                "network",
                gettext_lazy("Host network"),
                "network",
                "network",
                "network.read",
                gettext_lazy("provisioning desired state drift"),
            ),
            Screen(
                "charging",
                gettext_lazy("Online charging"),
                "charging",
                "usage",
                "charging.read",
                gettext_lazy("diameter nchf peers sessions latency result codes refused trace gateway"),
            ),
        ),
    ),
    Group(
        gettext_lazy("Operations"),
        (
            Screen(
                "clock",
                gettext_lazy("Business clock"),
                "clock",
                "clock",
                "clock.read",
                gettext_lazy("advance time day cycle"),
            ),
            Screen(
                "activity",
                gettext_lazy("Activity"),
                "activity",
                "event",
                "operations.read",
                gettext_lazy("who did what history stream"),
            ),
            Screen(
                "backups",
                gettext_lazy("Backups"),
                "backups",
                "shield",
                "operations.read",
                gettext_lazy("restore drill archive disaster recovery"),
            ),
            Screen(
                "brand",
                gettext_lazy("This brand"),
                "brand_page",
                "home",
                "operations.read",
                gettext_lazy("freeze hosts domain export leave"),
            ),
            Screen(
                "imports",
                gettext_lazy("Imports"),
                "imports",
                "upload",
                "import.run",
                gettext_lazy("csv xlsx migrate load file undo"),
            ),
            Screen("jobs", gettext_lazy("Jobs"), "jobs", "job", "operations.read", gettext_lazy("queue retry failed")),
            Screen("events", gettext_lazy("Events"), "events", "event", "operations.read", gettext_lazy("outbox log")),
            Screen(
                "listeners",
                gettext_lazy("Listeners"),
                "listeners",
                "event",
                "operations.read",
                gettext_lazy("webhooks hub callbacks notifications dead letters replay"),
            ),
            Screen(
                "staff",
                gettext_lazy("Staff"),
                "staff",
                "staff",
                "access.read",
                gettext_lazy("roles permissions people"),
            ),
            Screen(
                "clients",
                gettext_lazy("API clients"),
                "clients",
                "key",
                "access.read",
                gettext_lazy("programs oauth secrets tokens usage quota"),
            ),
            Screen(
                "about",
                gettext_lazy("About"),
                "about",
                "gear",
                "operations.read",
                gettext_lazy("settings version mailbox"),
            ),
        ),
    ),
)

SCREENS: Final = tuple(screen for group in MAP for screen in group.screens)


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the rail as one reader sees it."""

    label: StrOrPromise
    url: str
    icon: str
    current: bool
    count: int = 0


NO_COUNTS: Final[Mapping[str, int]] = MappingProxyType({})


def open_to(screen: Screen, held: Held) -> bool:
    """Whether the reader may open the screen: the permission, and where they act for a dealer, that it holds to it."""
    if screen.permission not in held.permissions:
        return False
    return screen.own or not owned(screen.permission) or held.bound_to(screen.permission) is None


def rail(
    brand: str, held: Held, section: str, counts: Mapping[str, int] = NO_COUNTS
) -> list[tuple[StrOrPromise, list[Entry]]]:
    """The rail for a reader: only what they may open, empty headings left out; counts stand beside their section."""
    shown = []
    for group in MAP:
        entries = [
            Entry(
                screen.label, screen.url(brand), screen.icon, screen.section == section, counts.get(screen.section, 0)
            )
            for screen in group.screens
            if open_to(screen, held)
        ]
        if entries:
            shown.append((group.label, entries))
    return shown
