"""What must hold between the parts of a catalogue: references resolve, and what is sold can be used and billed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from linehouse.catalog.text.offerings import WrittenOffering
from linehouse.catalog.text.specifications import Specifications, check_settings
from linehouse.catalog.values import (
    Anchor,
    BillingMode,
    DueOn,
    LifecycleStatus,
    OfferingKind,
    ProductOffering,
    Prorate,
    ResourceKind,
)
from linehouse.rating.values import Tariff
from linehouse.rating.yaml_source import MarkedNode

Check = Callable[[], None]
"""Raises SourceTextInvalid when it does not hold."""

_ON_SALE = frozenset({LifecycleStatus.LAUNCHED, LifecycleStatus.ACTIVE, LifecycleStatus.IN_TEST})


def references(
    offerings: Mapping[str, WrittenOffering], specifications: Specifications, tariffs: Mapping[str, Tariff]
) -> Iterator[Check]:
    """Does everything named exist? To be run one by one."""
    for (part, key), node in specifications.nodes.items():
        if part == "services":
            yield partial(_service_resources, node, specifications)
        elif part == "products":
            yield partial(_product_services, key, node, specifications)
    for written in offerings.values():
        yield partial(_product_known, written, specifications)
        yield partial(_tariff_known, written, tariffs)
        yield partial(_matches_known, written, offerings)
        yield partial(_settings_known, written, specifications)


def sense(
    offerings: Mapping[str, WrittenOffering], specifications: Specifications, tariffs: Mapping[str, Tariff]
) -> Iterator[Check]:
    """Can what is sold be used, priced and billed? Asked where everything named exists. To be run one by one."""
    for written in offerings.values():
        yield partial(_complete, written)
        yield partial(_kind_fits, written, specifications)
        yield partial(_allowances_fit, written, tariffs)
        yield partial(_minimums_fit, written, tariffs)


def _service_resources(node: MarkedNode, specifications: Specifications) -> None:
    fields = node.entries()
    for item in fields["resources"].many() if "resources" in fields else ():
        item.choice(specifications.resources)


def _product_services(key: str, node: MarkedNode, specifications: Specifications) -> None:
    services = node.entries()["services"]
    _settings(services, specifications.products[key].services, specifications)


def _settings(node: MarkedNode, settings: Mapping[str, Mapping[str, object]], specifications: Specifications) -> None:
    if not node.is_mapping:
        for item in node.many():
            item.choice(specifications.services)
        return
    for service, item in node.entries().items():
        MarkedNode(service, item.source, item.line, item.path).choice(specifications.services)
        if item.value:
            check_settings(item, specifications.services[service], settings[service])  # type: ignore[arg-type]  # read by parse_settings


def _product_known(written: WrittenOffering, specifications: Specifications) -> None:
    written.node.entries()["product"].choice(specifications.products)


def _tariff_known(written: WrittenOffering, tariffs: Mapping[str, Tariff]) -> None:
    fields = written.node.entries()
    if "tariff" in fields:
        fields["tariff"].choice(tariffs)


def _matches_known(written: WrittenOffering, offerings: Mapping[str, WrittenOffering]) -> None:
    fields = written.node.entries()
    for part in ("requires", "excludes"):
        for item in fields[part].many() if part in fields else ():
            if not item.text().startswith("any "):
                item.choice(key for key in offerings if key != written.offering.key)


def _settings_known(written: WrittenOffering, specifications: Specifications) -> None:
    fields = written.node.entries()
    if "settings" not in fields:
        return
    product = specifications.products.get(written.offering.specification)
    for service, item in fields["settings"].entries().items():
        MarkedNode(service, item.source, item.line, item.path).choice(product.services if product else ())
    _settings(fields["settings"], written.offering.settings, specifications)


def _complete(written: WrittenOffering) -> None:
    offering = written.offering
    if offering.status in _ON_SALE and not offering.prices:
        written.node.fail(f"{offering.key} can be sold and has no price", "at least one price, 0.00 where it is free")


def _minimums_fit(written: WrittenOffering, tariffs: Mapping[str, Tariff]) -> None:
    """A minimum of usage needs usage that is billed on the same line and counts tax as it does."""
    offering = written.offering
    prices = written.node.entries()["prices"].items() if offering.prices else ()
    for node, price in zip(prices, offering.prices, strict=True):
        if price.minimum_of is None:
            continue
        place = node.entries()["minimum-of"]
        if offering.kind is not OfferingKind.PLAN:
            place.fail(f"{offering.key} is no plan: usage is that of the plan", "the price in the offering of the plan")
        if offering.billing_mode is not BillingMode.POSTPAID:
            place.fail(f"usage of {offering.key} is paid from a balance, not billed", "`billing: postpaid`")
        tariff = tariffs[offering.tariff] if offering.tariff else None
        if tariff is not None and tariff.tax_mode is not price.tax_mode:
            place.fail(
                f"the prices of {tariff.key} are {tariff.tax_mode} and the minimum is {price.tax_mode}",
                "`includes-tax` so that both count tax alike",
            )


def _kind_fits(written: WrittenOffering, specifications: Specifications) -> None:
    offering, node = written.offering, written.node
    if offering.kind is OfferingKind.PLAN:
        if offering.tariff is None:
            node.fail(f"{offering.key} is a plan and has no tariff: its usage could not be priced", "`tariff: …`")
        missing = set(ResourceKind) - _resources(offering, specifications)
        if missing:
            node.fail(f"{offering.key} is a plan and its product brings no {' and no '.join(sorted(missing))}")
    else:
        if not any(match.offering or match.kind is OfferingKind.PLAN for match in offering.requires):
            node.fail(f"{offering.key} runs on a plan and does not say which", "`requires: [any plan]`")
        if offering.tariff is not None:
            node.entries()["tariff"].fail(f"{offering.key} runs on a plan, whose tariff holds", "no `tariff`")
    _renewal_fits(written)
    for item, allowance in zip(_items(node, "allowances"), offering.allowances, strict=True):
        if offering.kind is OfferingKind.PACK and allowance.recurring:
            item.fail("a pack is bought once: its allowances do not come again", "`valid-for` instead of `every`")
    for item, price in zip(_items(node, "prices"), offering.prices, strict=True):
        if offering.kind is OfferingKind.PACK and price.recurring and offering.renewal is None:
            item.fail("a pack is paid once: its price does not come again", "`once-at: activation`, or `renewal: …`")
        if offering.paid_from_balance and not price.recurring and price.due_on is DueOn.TERMINATION:
            item.fail("a balance pays when it is bought", "`once-at: activation`")


def _renewal_fits(written: WrittenOffering) -> None:
    """What renews itself from a balance has one price and one length of time."""
    offering, fields = written.offering, written.node.entries()
    if offering.paid_from_balance and len(offering.prices) != 1:
        written.node.fail(f"{offering.key} is paid from a balance at once", "one price")
    if offering.renewal is None:
        return
    place = fields["renewal"].at_key
    if not offering.paid_from_balance:
        place.fail("only a pack that a balance pays renews itself", "`kind: pack` and `billing: prepaid`")
    if len(offering.prices) != 1 or offering.prices[0].period is None:
        place.fail("what renews itself has one price, which comes again", "one price with `every: 30 days`")
    price = offering.prices[0]
    if price.prorate is not Prorate.NONE or price.anchor is not Anchor.SUBSCRIPTION or not price.in_advance:
        _items(written.node, "prices")[0].fail(
            "a renewing pack is paid in full, in advance, from when it was bought",
            "`prorate: none` and `anchor: subscription`",
        )
    for item, allowance in zip(_items(written.node, "allowances"), offering.allowances, strict=True):
        if allowance.validity != price.period:
            item.fail(
                f"the pack is paid every {price.period}, and this is not valid for that", f"`valid-for: {price.period}`"
            )


def _resources(offering: ProductOffering, specifications: Specifications) -> set[ResourceKind]:
    product = specifications.products[offering.specification]
    keys = {key for service in product.services for key in specifications.services[service].resources}
    return {specifications.resources[key].kind for key in keys}


def _allowances_fit(written: WrittenOffering, tariffs: Mapping[str, Tariff]) -> None:
    """An allowance of a plan names zones of the plan's own tariff, else it would never cover anything."""
    tariff = tariffs.get(written.offering.tariff or "")
    if tariff is None:
        return
    for item, allowance in zip(_items(written.node, "allowances"), written.offering.allowances, strict=True):
        for conditions in (*allowance.scope.include, *allowance.scope.exclude):
            strange = (set(conditions.number_zones) - tariff.number_zones.keys() - {"unknown"}) | (
                set(conditions.network_zones) - tariff.network_zones.keys() - {"unknown"}
            )
            if strange:
                item.fail(f"tariff {tariff.key} has no zone {', '.join(sorted(strange))}", f"zones of {tariff.key}")


def _items(node: MarkedNode, part: str) -> tuple[MarkedNode, ...]:
    fields = node.entries()
    return fields[part].items() if part in fields else ()
