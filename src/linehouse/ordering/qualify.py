"""May this order be taken? Small rules, each answering with a reason; all problems of an order are named at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linehouse.catalog.values import Catalogue, OfferingKind, OfferingMatch, ProductOffering
from linehouse.kernel.outcome import Ok, Outcome, Problem, Refused
from linehouse.ordering.values import ItemAction, OrderItemRequest

#: Products that count as «the customer has it».
LIVE = frozenset({"pendingActive", "active", "suspended"})


@dataclass(frozen=True, slots=True)
class OwnedProduct:
    """A product of the customer, as far as the rules look at it."""

    id: UUID
    number: str
    offering_key: str
    kind: OfferingKind
    state: str
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Buyer:
    """The customer and the account that will pay, as far as the rules look at them.

    ``kind`` is ``individual`` or ``organization``; ``barred`` is a reason why nothing more may be ordered, else empty.
    """

    customer_id: UUID
    kind: str
    barred: str
    account_owner: UUID
    currency: str
    products: tuple[OwnedProduct, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """An order as the rules see it."""

    buyer: Buyer
    items: Sequence[OrderItemRequest]
    catalogue: Catalogue
    channel: str
    at: datetime

    def offering_of(self, item: OrderItemRequest) -> ProductOffering | None:
        """The offering that an ``add`` names, where the catalogue has it."""
        return self.catalogue.offerings.get(item.offering_key) if item.action is ItemAction.ADD else None

    def product(self, product_id: UUID | None) -> OwnedProduct | None:
        """The buyer's product of that id."""
        return next(
            (p for p in self.buyer.products if p.id == product_id and p.customer_id == self.buyer.customer_id), None
        )


Rule = Callable[[Question], Iterable[Problem]]


def qualify(question: Question) -> Outcome[Question]:
    """The order, or every reason why it cannot be taken, in the order of the rules."""
    problems = tuple(problem for rule in RULES for problem in rule(question))
    return Refused(problems) if problems else Ok(question)


def _field(item: OrderItemRequest, name: str) -> str:
    return f"items[{item.ref}].{name}"


def has_items(question: Question) -> Iterable[Problem]:
    """At least one item, each with a ref of its own."""
    if not question.items:
        yield Problem("ordering.no_items", "an order needs at least one item", "items", "0", "1 or more")
    seen: set[str] = set()
    for item in question.items:
        if not item.ref or "/" in item.ref or item.ref in seen:
            yield Problem(
                "ordering.item_ref",
                "each item needs a name of its own",
                "items",
                item.ref,
                "a unique name without a slash",
            )
        seen.add(item.ref)


def customer_may_order(question: Question) -> Iterable[Problem]:
    """The customer is not barred from ordering, and the account belongs to the customer."""
    buyer = question.buyer
    if buyer.barred:
        yield Problem(
            "ordering.customer_barred",
            f"this customer cannot order: {buyer.barred}",
            "customer",
            str(buyer.customer_id),
        )
    if buyer.account_owner != buyer.customer_id:
        yield Problem(
            "ordering.account_of_another", "the billing account belongs to another customer", "billing_account_id"
        )


def offering_on_sale(question: Question) -> Iterable[Problem]:
    """What is added exists and can be bought now."""
    for item in question.items:
        if item.action is not ItemAction.ADD:
            continue
        offering = question.offering_of(item)
        if offering is None:
            on_sale = ", ".join(o.key for o in question.catalogue.orderable(question.at))
            yield Problem(
                "ordering.offering_unknown",
                "there is no such offering",
                _field(item, "offering"),
                item.offering_key,
                on_sale,
            )
        elif not offering.orderable(question.at):
            reason = f"{offering.name} is not on sale now ({offering.status})"
            yield Problem("ordering.offering_not_on_sale", reason, _field(item, "offering"), item.offering_key)


def buyer_is_eligible(question: Question) -> Iterable[Problem]:
    """The offering is meant for this kind of customer, this channel and this account's currency."""
    for item in question.items:
        if (offering := question.offering_of(item)) is None:
            continue
        kinds, channels = offering.eligibility.customer_kinds, offering.eligibility.channels
        if kinds and question.buyer.kind not in kinds:
            yield Problem(
                "ordering.not_for_this_customer",
                f"{offering.name} is not for this kind of customer",
                _field(item, "offering"),
                question.buyer.kind,
                ", ".join(kinds),
            )
        if channels and question.channel not in channels:
            yield Problem(
                "ordering.not_in_this_channel",
                f"{offering.name} is not sold here",
                "channel",
                question.channel,
                ", ".join(channels),
            )
        foreign = sorted({p.amount.currency for p in offering.prices} - {question.buyer.currency})
        if foreign:
            yield Problem(
                "ordering.currency",
                f"{offering.name} is priced in another currency than the account",
                _field(item, "offering"),
                ", ".join(foreign),
                question.buyer.currency,
            )


def _others(question: Question, item: OrderItemRequest) -> list[tuple[str, OfferingKind]]:
    """What the buyer has and keeps, and what else this order adds."""
    ending = {i.product_id for i in question.items if i.action is ItemAction.DELETE}
    owned = [(p.offering_key, p.kind) for p in question.buyer.products if p.state in LIVE and p.id not in ending]
    ordered = [
        (o.key, o.kind) for i in question.items if i.ref != item.ref and (o := question.offering_of(i)) is not None
    ]
    return owned + ordered


def _matches(match: OfferingMatch, key: str, kind: OfferingKind) -> bool:
    return match.offering == key if match.offering is not None else match.kind is kind


def requirements_met(question: Question) -> Iterable[Problem]:
    """What the offering requires is there or comes with it, and nothing that it excludes."""
    for item in question.items:
        if (offering := question.offering_of(item)) is None:
            continue
        others = _others(question, item)
        if offering.requires and not any(_matches(m, *other) for m in offering.requires for other in others):
            needed = " or ".join(str(m) for m in offering.requires)
            yield Problem(
                "ordering.requirement_missing",
                f"{offering.name} needs {needed}",
                _field(item, "offering"),
                item.offering_key,
                needed,
            )
        for match in offering.excludes:
            if any(_matches(match, *other) for other in others):
                yield Problem(
                    "ordering.excluded",
                    f"{offering.name} cannot be had together with {match}",
                    _field(item, "offering"),
                    item.offering_key,
                )


def parent_fits(question: Question) -> Iterable[Problem]:
    """What is no plan goes with one: a plan of this order, or a live one of this customer."""
    plans = {
        i.ref for i in question.items if (o := question.offering_of(i)) is not None and o.kind is OfferingKind.PLAN
    }
    for item in question.items:
        if (offering := question.offering_of(item)) is None:
            continue
        if offering.kind is OfferingKind.PLAN:
            if item.parent_item or item.parent_product_id:
                yield Problem("ordering.plan_with_parent", "a plan stands for itself", _field(item, "parent"))
            continue
        if item.parent_item:
            if item.parent_item not in plans or item.parent_product_id:
                yield Problem(
                    "ordering.parent_unknown",
                    "there is no such plan in this order",
                    _field(item, "parent"),
                    item.parent_item,
                )
            continue
        parent = question.product(item.parent_product_id)
        if parent is None or parent.kind is not OfferingKind.PLAN or parent.state != "active":
            yield Problem(
                "ordering.needs_active_plan",
                f"{offering.name} needs an active plan of this customer",
                _field(item, "parent"),
                str(item.parent_product_id or ""),
                ", ".join(_active_plans(question)),
            )


def _active_plans(question: Question) -> list[str]:
    return [p.number for p in question.buyer.products if p.kind is OfferingKind.PLAN and p.state == "active"]


def product_can_end(question: Question) -> Iterable[Problem]:
    """What is to be ended is a live product of this customer, named once."""
    seen: set[UUID] = set()
    for item in question.items:
        if item.action is not ItemAction.DELETE:
            continue
        product = question.product(item.product_id)
        if product is None or product.state not in ("active", "suspended"):
            yield Problem(
                "ordering.product_not_live",
                "only a live product of this customer can be ended",
                _field(item, "product"),
                str(item.product_id or ""),
            )
        elif product.id in seen:
            yield Problem(
                "ordering.product_twice", "the product is named twice", _field(item, "product"), product.number
            )
        else:
            seen.add(product.id)


def resources_are_needed(question: Question) -> Iterable[Problem]:
    """A chosen number or card is only asked for where the offering brings one, and once."""
    wanted: Mapping[str, list[str]] = {"msisdn": [], "iccid": []}
    for item in question.items:
        offering = question.offering_of(item)
        for name, value in (("msisdn", item.msisdn), ("iccid", item.iccid)):
            if not value:
                continue
            if offering is not None and offering.kind is not OfferingKind.PLAN:
                yield Problem("ordering.resource_not_needed", f"{offering.name} brings no {name}", _field(item, name))
            if value in wanted[name]:
                yield Problem("ordering.resource_twice", f"the same {name} is asked for twice", _field(item, name))
            wanted[name].append(value)


RULES: tuple[Rule, ...] = (
    has_items,
    customer_may_order,
    offering_on_sale,
    buyer_is_eligible,
    requirements_met,
    parent_fits,
    product_can_end,
    resources_are_needed,
)
