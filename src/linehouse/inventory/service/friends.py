"""A line's own lists of numbers: put on, taken off, and asked by tariffs as of the time of the usage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.catalog.values import FriendList, OfferingKind
from linehouse.customer import service as customers
from linehouse.inventory.errors import ListedAlready, ListFull, ListUnknown, NoFriend, NotListed, ProductNotFound
from linehouse.inventory.events import FriendsChanged
from linehouse.inventory.models import ListedNumber, Product
from linehouse.inventory.values import Circled, ListedView
from linehouse.kernel.error import Invalid
from linehouse.kernel.ids import new_id
from linehouse.kernel.numbering import Msisdn
from linehouse.platform.outbox.service import emit
from linehouse.platform.personal.blind import blind
from linehouse.platform.work import Actor, unit_of_work

_PLACE = "inventory_listednumber.number"


def friend_lists(at: datetime) -> tuple[FriendList, ...]:
    """The lists that the brand knows at an instant."""
    return tuple(catalog.published(at).brand.friend_lists.values())


def friends_of(product_id: UUID, *, past: bool = False) -> tuple[ListedView, ...]:
    """The numbers on a line's lists, oldest first; with ``past`` those that were taken off, too."""
    rows = ListedNumber.objects.filter(product_id=product_id).order_by("list_key", "valid_from", "id")
    return tuple(_view(row) for row in (rows if past else rows.filter(valid_to__isnull=True)))


def put_friend(
    product_id: UUID, list_key: str, number: str, *, actor: Actor, reason: str, since: datetime | None = None
) -> ListedView:
    """Put a number (international writing) on a line's list, from now or from an instant on.

    Raises ProductNotFound, ListUnknown, NoFriend, ListedAlready, ListFull.
    """
    with unit_of_work(actor, reason) as work:
        product = _locked(product_id)
        declared = _declared(list_key, work.now)
        digits = _number(number)
        held = ListedNumber.objects.filter(product=product, list_key=list_key, valid_to__isnull=True)
        if held.filter(number_index=blind(_PLACE, digits)).exists():
            raise ListedAlready("the number stands on this list", field="number", value=number, expected="another one")
        if held.count() >= declared.maximum:
            raise ListFull(
                f"the list {list_key!r} of {product.number} holds {declared.maximum} numbers",
                field="number",
                value=number,
                expected="one of them is taken off first",
            )
        owner = customers.customers([product.customer_id])[product.customer_id]
        row = ListedNumber(
            id=new_id(),
            product=product,
            party_id=owner.party_id,
            list_key=list_key,
            number=digits,
            valid_from=since or work.now,
            created_at=work.now,
            changed_at=work.now,
        )
        row.save()
        emit(FriendsChanged(product_id=product.id, list_key=row.list_key))
        return _view(row)


def drop_friend(
    product_id: UUID, list_key: str, number: str, *, actor: Actor, reason: str, listed_id: UUID | None = None
) -> ListedView:
    """Take a number off a line's list, from now on; ``listed_id`` names it instead of its digits. Raises
    ProductNotFound, NotListed."""
    with unit_of_work(actor, reason) as work:
        product = _locked(product_id)
        held = ListedNumber.objects.filter(product=product, valid_to__isnull=True)
        if listed_id is not None:
            row = held.filter(id=listed_id).first()
        else:
            row = held.filter(list_key=list_key, number_index=blind(_PLACE, _number(number))).first()
        if row is None:
            raise NotListed("the number is not on this list", field="number", value=number, expected="one that is")
        row.valid_to, row.changed_at = max(work.now, row.valid_from), work.now
        row.save()
        emit(FriendsChanged(product_id=product.id, list_key=row.list_key))
        return _view(row)


def lists_with(questions: Sequence[Circled]) -> dict[UUID, frozenset[str]]:
    """On which lists of the line each number stood, by question; one query, however many there are."""
    found: dict[UUID, frozenset[str]] = {}
    if not questions:
        return found
    rows = ListedNumber.objects.filter(product_id__in={one.product_id for one in questions}).values_list(
        "product_id", "number_index", "list_key", "valid_from", "valid_to"
    )
    listed: dict[tuple[UUID, str], list[tuple[str, datetime, datetime | None]]] = {}
    for product_id, index, list_key, start, end in rows:
        listed.setdefault((product_id, index), []).append((list_key, start, end))
    with_lists = {product_id for product_id, _ in listed}
    for one in questions:
        if one.product_id not in with_lists:
            continue
        held = listed.get((one.product_id, blind(_PLACE, one.number)), ())
        lists = frozenset(key for key, start, end in held if start <= one.at and (end is None or one.at < end))
        if lists:
            found[one.ref] = lists
    return found


def _locked(product_id: UUID) -> Product:
    row = Product.objects.select_for_update().filter(id=product_id, kind=OfferingKind.PLAN).first()
    if row is None:
        raise ProductNotFound("there is no such line", field="product", value=str(product_id), expected="a plan")
    return row


def _declared(list_key: str, at: datetime) -> FriendList:
    known = catalog.published(at).brand.friend_lists
    if list_key not in known:
        raise ListUnknown(
            "the brand has no such list", field="list", value=list_key, expected=", ".join(known) or "friend-lists"
        )
    return known[list_key]


def _number(number: str) -> str:
    try:
        return f"+{Msisdn.parse(number).digits}"
    except Invalid as error:
        raise NoFriend(
            f"{number!r} is no telephone number", field="number", value=number, expected="such as +31612345678"
        ) from error


def _view(row: ListedNumber) -> ListedView:
    return ListedView(row.id, row.product_id, row.list_key, row.number, row.valid_from, row.valid_to)
