"""TMF637 `product`: what a customer has. Products come from orders (TMF622), so they are only read here."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, Ref, RelatedParty, Representation, Shape
from linehouse.inventory import service
from linehouse.inventory.events import ProductActivated, ProductCancelled, ProductTerminated
from linehouse.inventory.values import ProductView

# The published enum has `aborted` with a space behind it; a client that validates against it must find that word.
_STATUS_OUT = {"aborted": "aborted "}


class ProductRelationship(Shape):
    """`ProductRelationship`: an add-on relies on its plan."""

    relationship_type: str
    product: Ref


class RelatedProductOrderItem(Shape):
    """`RelatedProductOrderItem`: the order item that brought the product about."""

    product_order_id: str
    order_item_id: str
    product_order_href: str | None = None
    order_item_action: str | None = None


class Product(Representation):
    """`Product`."""

    name: str
    product_serial_number: str
    status: str
    is_bundle: bool = False
    is_customer_visible: bool = True
    order_date: Instant
    start_date: Instant | None = None
    termination_date: Instant | None = None
    product_offering: Ref
    billing_account: Ref
    related_party: list[RelatedParty]
    product_characteristic: list[Characteristic]
    product_relationship: list[ProductRelationship] | None = None
    product_order_item: list[RelatedProductOrderItem]
    realizing_resource: list[Ref] | None = None


def represent(view: ProductView, links: Links) -> Product:
    """A product as TMF637 says it."""
    order, _, item = view.order_item.rpartition("/")
    return Product(
        id=str(view.id),
        name=view.offering_name,
        product_serial_number=view.number,
        status=_STATUS_OUT.get(view.state, view.state),
        order_date=view.created_at,
        start_date=view.activated_at,
        termination_date=view.terminated_at,
        product_offering=Ref(
            id=view.offering_key,
            href=links.to("productCatalogManagement", "productOffering", view.offering_key),
            name=view.offering_name,
        ),
        billing_account=Ref(
            id=str(view.billing_account_id),
            href=links.to("accountManagement", "billingAccount", view.billing_account_id),
            name=view.billing_account_number,
        ),
        related_party=[customer(view, links)],
        product_characteristic=list(_characteristics(view)),
        product_relationship=_relationships(view, links),
        product_order_item=[RelatedProductOrderItem(product_order_id=order or view.order_item, order_item_id=item)],
        realizing_resource=list(_resources(view, links)) or None,
    )


def customer(view: ProductView, links: Links) -> RelatedParty:
    """Whose product it is."""
    return RelatedParty(
        id=str(view.customer_id),
        href=links.to("customerManagement", "customer", view.customer_id),
        role="customer",
        referred_type="Customer",
    )


def _characteristics(view: ProductView) -> Iterator[Characteristic]:
    for name, value in sorted(view.characteristics.items()):
        yield Characteristic(name=name, value=value)
    yield Characteristic(name="catalogVersion", value=view.catalog_version)
    yield Characteristic(name="billingMode", value=view.billing_mode.value)
    if view.msisdn:
        yield Characteristic(name="msisdn", value=view.msisdn.digits)
    if view.imsi:
        yield Characteristic(name="imsi", value=view.imsi.digits)
    if view.iccid:
        yield Characteristic(name="iccid", value=view.iccid)


def _relationships(view: ProductView, links: Links) -> list[ProductRelationship] | None:
    if view.parent_product_id is None:
        return None
    parent = str(view.parent_product_id)
    plan = Ref(id=parent, href=links.to("productInventory", "product", parent))
    return [ProductRelationship(relationship_type="reliesOn", product=plan)]


def _resources(view: ProductView, links: Links) -> Iterator[Ref]:
    numbers = (view.msisdn.digits if view.msisdn else None, view.iccid)
    for number in numbers:
        if number:
            yield Ref(id=number, href=links.to("resourceInventoryManagement", "resource", number))


def search(narrow: Narrow) -> Slice[ProductView]:
    """Products by customer, account, status or offering."""
    owner, account = narrow.get("relatedParty.id"), narrow.get("billingAccount.id")
    owner_id, account_id = id_or_none(owner), id_or_none(account)
    if (owner and owner_id is None) or (account and account_id is None):
        return Slice.empty()
    values, total = service.search_products(
        customer_id=owner_id,
        billing_account_id=account_id,
        state=(narrow.get("status") or "").strip(),
        offering_key=narrow.get("productOffering.id") or "",
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice(values, total)


PRODUCT: Resource[ProductView] = Resource(
    name="product",
    kind="Product",
    description="What a customer has; products come from orders",
    read="customer.read",
    representation=Product,
    represent=represent,
    search=search,
    narrows=("relatedParty.id", "billingAccount.id", "status", "productOffering.id"),
    get=lambda key: service.find_product(id=id_of(key)),
    events=(
        EventMapping(ProductActivated, "ProductStateChangeEvent"),
        EventMapping(ProductTerminated, "ProductStateChangeEvent"),
        EventMapping(ProductCancelled, "ProductStateChangeEvent"),
    ),
)
