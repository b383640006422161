"""The scenes. Each does what people and partners would do, through the doors that they would use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from linehouse.billing import service as billing
from linehouse.customer import service as customers
from linehouse.customer.values import RegisterCustomer
from linehouse.edge.partner.bank import inbox as bank_inbox
from linehouse.inventory import service as inventory
from linehouse.kernel.clock import FixedClock, MachineClock
from linehouse.kernel.period import day_start
from linehouse.ordering import service as ordering
from linehouse.ordering.values import CaptureOrder, OrderItemRequest
from linehouse.party.values import NewIndividual, PostalAddress
from linehouse.platform.advance import advance
from linehouse.platform.clock.service import business_now
from linehouse.platform.runner import drain
from linehouse.resource.service import seed_stock
from linehouse.run.story.stage import CHECKER, Stage
from linehouse.simulators.cdr_feed.files import Fault, MadeFile
from linehouse.simulators.cdr_feed.host_csv import host_csv
from linehouse.simulators.cdr_feed.roaming_tap import roaming_tap
from linehouse.simulators.cdr_feed.usage import Habits, Subscriber, make_usage
from linehouse.usage import service as usage

ZONE = ZoneInfo("Europe/Amsterdam")
POSTPAID, PREPAID, BOOSTER = "robin-sim-only-20", "robin-prepaid-start", "robin-booster-5gb"
ABROAD = range(14, 18)
"""Days of the month that the postpaid customer spends in Germany."""


@dataclass(slots=True)
class Play:
    """What the story has come to: ids that later scenes need, and what each scene said."""

    stage: Stage
    customers: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    products: dict[str, UUID] = field(default_factory=dict)
    run: UUID | None = None
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Tell what has happened."""
        self.said.append(text)


@dataclass(frozen=True, slots=True)
class Scene:
    """A titled step of the story."""

    title: str
    act: Callable[[Play], None]


class Unexpected(Exception):
    """The story did not go as written."""


def _require(fact: bool, text: str) -> None:
    if not fact:
        raise Unexpected(text)


def stock(play: Play) -> None:
    """Numbers and SIM cards arrive."""
    numbers, cards = seed_stock(actor=play.stage.actor)
    play.say(f"{numbers.taken} numbers and {cards.taken} SIM cards in stock")


def register(play: Play) -> None:
    """Two people become customers."""
    people = {
        "fenna": NewIndividual(
            given_name="Fenna",
            family_name="de Vries",
            email="fenna.devries@mail.example",
            address=PostalAddress(street1="Lindengracht 7", postcode="1015 KB", city="Amsterdam", country="NL"),
            birth_date=date(1991, 4, 12),
            language="en",
        ),
        "joris": NewIndividual(
            given_name="Joris",
            family_name="Bakker",
            email="joris.bakker@mail.example",
            address=PostalAddress(street1="Oudegracht 88", postcode="3511 AV", city="Utrecht", country="NL"),
            birth_date=date(1984, 9, 30),
            language="nl",
        ),
    }
    for name, person in people.items():
        made = customers.register_customer(
            RegisterCustomer(party=person, external_id=f"story-{name}"), actor=play.stage.actor
        )
        play.customers[name], play.accounts[name] = made.customer_id, made.billing_account_id
        play.say(f"{person.given_name} is customer {made.customer_number} with account {made.billing_account_number}")


def order(play: Play, name: str, item: OrderItemRequest) -> UUID:
    """Order something for a customer and wait until it is done; returns the order's id."""
    captured = ordering.capture_order(
        CaptureOrder(
            customer_id=play.customers[name],
            billing_account_id=play.accounts[name],
            items=(item,),
            external_id=f"story-{name}-{item.offering_key}",
            channel="shop",
        ),
        actor=play.stage.actor,
    )
    drain()
    order = ordering.find_order(id=captured.order_id)
    _require(order.state == "completed", f"order {order.number} is {order.state}: {order.reason}")
    return captured.order_id


def order_plans(play: Play) -> None:
    """The plans are ordered, provisioned at the host network and activated."""
    for name, offering in (("fenna", POSTPAID), ("joris", PREPAID)):
        order(play, name, OrderItemRequest(ref="1", offering_key=offering))
        product = next(p for p in inventory.products_of_customer(play.customers[name]) if p.offering_key == offering)
        play.products[name] = product.id
        number = product.msisdn.e164 if product.msisdn else "?"
        play.say(f"{product.number} {product.offering_name} is {product.state} with number {number}")


def order_booster(play: Play) -> None:
    """The prepaid customer buys more data."""
    item = OrderItemRequest(ref="1", offering_key=BOOSTER, parent_product_id=play.products["joris"])
    order(play, "joris", item)
    play.say("a data booster works on the prepaid line")


def subscriber(play: Play, name: str) -> Subscriber:
    """The customer's line as the network knows it."""
    product = inventory.find_product(id=play.products[name])
    if product.msisdn is None or product.imsi is None:
        raise Unexpected(f"{product.number} has no number")
    return Subscriber(product.imsi.digits, product.msisdn.digits)


def drop(play: Play, file: MadeFile) -> None:
    """Leave a usage file in the inbox and let it be taken in."""
    folder = play.stage.usage_inbox
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file.name).write_bytes(file.data)
    later = FixedClock(MachineClock().now() + timedelta(minutes=1))  # a file just written may still be growing
    usage.poll_inbox(folder, clock=later)
    drain()
    usage.poll_inbox(folder, clock=later)


def use_the_phone(play: Play) -> None:
    """A month of calls, messages and data: a file of the host every night, and one from a roaming partner.

    One night a record comes twice, and one is of a stranger.
    """
    start = business_now().astimezone(ZONE).date()
    days = (date(start.year, start.month, 28) - start).days
    habits = Habits(calls=5, largest_session_octets=300_000_000)
    lines = [subscriber(play, "fenna"), subscriber(play, "joris")]
    for number in range(1, days + 1):
        day = start + timedelta(days=number)
        at_home = [line for line in lines if line is not lines[0] or day.day not in ABROAD]
        uses = make_usage(play.stage.seed, at_home, day, 1, ZONE, habits)
        faults = frozenset({Fault.REPEATED_RECORD, Fault.UNKNOWN_SUBSCRIBER}) if number == 9 else frozenset[Fault]()
        advance(day_start(day + timedelta(days=1), ZONE) + timedelta(hours=2), actor=play.stage.actor)
        drop(play, host_csv(uses, day, zone=ZONE, number=number, faults=faults))
        if day.day == ABROAD.stop:
            drop(play, _from_germany(play, lines[0], day))
    files, total = usage.list_files(limit=100)
    _require(all(file.state == "processed" for file in files), "a usage file was refused")
    records = sum(file.records for file in files)
    waiting = sum(file.suspended for file in files)
    repeated = sum(file.duplicates for file in files)
    _require((repeated, waiting) == (1, 1), "the repeated record and the stranger's were not told apart")
    play.say(f"{total} files with {records} records: {repeated} repeated, {waiting} waiting with a reason")


def _from_germany(play: Play, line: Subscriber, day: date) -> MadeFile:
    zone = ZoneInfo("Europe/Berlin")
    first = day.replace(day=ABROAD.start)
    parties = ("4930123456", "31612340001", "31201234567")
    habits = Habits(calls=3, largest_session_octets=120_000_000, parties=parties)
    uses = make_usage(f"{play.stage.seed}/abroad", [line], first, len(ABROAD), zone, habits)
    return roaming_tap(uses, business_now(), sender="DEUD2", recipient="NLDRM", number=1, zone=zone)


def bill(play: Play) -> None:
    """The month ends: bill run, checked, approved and posted."""
    today = business_now().astimezone(ZONE).date()
    month_end = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    advance(day_start(month_end, ZONE) + timedelta(hours=6), actor=play.stage.actor)
    play.run = billing.start_run(month_end, actor=play.stage.actor)
    drain()
    found = billing.run(play.run)
    _require(found.state == "calculated" and found.report.adds_up, f"the bill run is {found.state}")
    _require(found.report.parked == 0, "an account could not be billed")
    billing.approve(play.run, actor=CHECKER)
    billing.post(play.run, actor=play.stage.actor)
    drain()
    invoices, total = billing.search_invoices(limit=100)
    for invoice in reversed(invoices):
        play.say(f"{invoice.number} over {invoice.gross} is {invoice.state}")
    _require(total >= 2, "not all customers were billed")


def pay(play: Play) -> None:
    """The customers read their mail and pay; the bank's statement arrives."""
    world = play.stage.world
    asked = [mail for mail in reversed(world.mailbox.mails()) if world.payable(mail.key) is not None]
    due = [invoice for invoice in billing.search_invoices(limit=100)[0] if invoice.open]
    _require(len(asked) == len(due) > 0, f"{len(asked)} invoices came by mail, {len(due)} are due")
    latest = business_now()
    for mail in asked:
        payable = world.payable(mail.key)
        if payable is not None:
            latest = max(latest, day_start(payable.due_on, ZONE) + timedelta(days=1))
    advance(latest, actor=play.stage.actor)
    for mail in asked:
        world.pay_mail(mail.key)
    bank_inbox.poll(play.stage.bank_inbox, stable_seconds=0)
    drain()
    still_open = [i.number for i in billing.search_invoices(limit=100)[0] if i.number and i.open]
    _require(still_open == [], f"still open: {', '.join(still_open)}")
    play.say(f"{len(asked)} invoices came by mail with PDF and XML, were paid by bank transfer and are settled")


SCENES = (
    Scene("Numbers and SIM cards arrive", stock),
    Scene("Two people become customers", register),
    Scene("Plans are ordered, provisioned and activated", order_plans),
    Scene("The prepaid customer buys a data booster", order_booster),
    Scene("A month of calls, messages and data", use_the_phone),
    Scene("Bill run, approval, invoices by mail", bill),
    Scene("Bank transfers settle the invoices", pay),
)
"""The whole journey, in order."""
