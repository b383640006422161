"""What the charging process must know of lines and tariffs, kept up to date from events, in tables of our own."""

from __future__ import annotations

from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.catalog.events import VersionPublished, VersionWithdrawn
from linehouse.charging import store
from linehouse.charging.service.lines import line_of_product, segments_of
from linehouse.charging.service.wishes import ask_again
from linehouse.customer import service as customers
from linehouse.inventory import service as inventory
from linehouse.inventory.events import FriendsChanged, ProductActivated, ProductTerminated

_FOLDERS = ("tariffs/", "zones/", "controls/")


def enter_line(event: ProductActivated) -> None:
    """A plan with its number; packs have none."""
    if event.parent_product_id is not None:
        return
    product = inventory.find_product(id=event.product_id)
    if product.msisdn is not None:
        segment = segments_of([product.customer_id])[product.customer_id]
        line = line_of_product(product, customers.billing_account(product.billing_account_id), segment)
        store.put_line(line, product.msisdn.digits, event.activated_at)


def end_line(event: ProductTerminated) -> None:
    """The line ends with its plan."""
    if event.parent_product_id is None:
        store.end_line(event.product_id, event.terminated_at)
        ask_again([event.product_id], "line ended", ends=True)


def enter_segments(customer_id: UUID) -> None:
    """The kind of customer, or its segment, may be another."""
    found = segments_of([customer_id])[customer_id]
    store.put_segments(customer_id, found.shown, sorted(found.keys))


def enter_friends(event: FriendsChanged) -> None:
    """Numbers came to a line's lists, or left them."""
    listed = [one for one in inventory.friends_of(event.product_id) if one.valid_to is None]
    store.put_friends(
        event.product_id, [(one.list_key, one.number.removeprefix("+"), one.valid_from) for one in listed]
    )


def enter_tariffs(event: VersionPublished) -> None:
    """The tariff and zone files of a new catalogue version."""
    files = catalog.exported_files(event.number)
    wanted = {path: text for path, text in files.items() if path.startswith(_FOLDERS)}
    store.put_tariffs(event.number, event.valid_from, wanted, catalog.version(event.number).brand)


def complete_tariffs() -> None:
    """Catalogues that were published before limits were known get whose they are, so that limits hold."""
    for number in store.tariffs_without_home():
        store.put_home(number, catalog.version(number).brand)


def drop_tariffs(event: VersionWithdrawn) -> None:
    """A version that was taken back before it came into force."""
    store.drop_tariffs(event.number)
