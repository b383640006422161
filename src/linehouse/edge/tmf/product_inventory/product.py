"""TMF637 `product`: what a customer has. Products come and go by orders (TMF622); own characteristics change here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, Ref, RelatedParty, Representation, Shape
from linehouse.edge.tmf.own_values import PRODUCT as ENTITY
from linehouse.edge.tmf.own_values import own_of, set_own, told
from linehouse.inventory import service
from linehouse.inventory.events import ProductActivated, ProductCancelled, ProductCreated, ProductTerminated
from linehouse.inventory.values import ProductView, ServiceView
from linehouse.platform.characteristics.events import ValuesChanged
from linehouse.platform.characteristics.values import Held
from linehouse.platform.work import Actor

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


class ProductUpdate(Shape):
    """`Product_Update`: the brand's own characteristics."""

    product_characteristic: list[Characteristic] | UnsetType | None = UNSET


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
    realizing_service: list[Ref] | None = None


def represent(view: ProductView, links: Links) -> Product:
    """A product as TMF637 says it."""
    return represent_many([view], links)[0]


def represent_many(views: Sequence[ProductView], links: Links) -> list[Product]:
    """Several of them; services and own characteristics are asked for once."""
    ids = [view.id for view in views]
    own = own_of(ENTITY, ids)
    services = service.services_of_many(ids)
    return [_one(view, own.get(view.id, ()), services.get(view.id, ()), links) for view in views]


def _one(view: ProductView, own: Sequence[Held], services: Sequence[ServiceView], links: Links) -> Product:
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
        product_characteristic=[*_characteristics(view), *told(own)],
        product_relationship=_relationships(view, links),
        product_order_item=[RelatedProductOrderItem(product_order_id=order or view.order_item, order_item_id=item)],
        realizing_resource=list(_resources(view, links)) or None,
        realizing_service=[
            Ref(id=str(one.id), href=links.to("serviceInventory", "service", one.id), name=one.name) for one in services
        ]
        or None,
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


def patch(key: str, body: ProductUpdate, actor: Actor) -> ProductView:
    """Set the brand's own characteristics of a product."""
    view = service.find_product(id=id_of(key))
    if body.product_characteristic is not UNSET:
        set_own(
            ENTITY,
            view.id,
            body.product_characteristic or (),
            built_in={one.name: one.value for one in _characteristics(view)},
            pointer="/productCharacteristic",
            actor=actor,
            customer_id=view.customer_id,
            whole=True,
        )
    return service.find_product(id=view.id)


_BY_ORDER = "a product begins and ends by a productOrder (TMF622), which sets up the network and the bill with it"


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
    write="customer.write",
    representation=Product,
    represent=represent,
    represent_many=represent_many,
    search=search,
    narrows=("relatedParty.id", "billingAccount.id", "status", "productOffering.id"),
    get=lambda key: service.find_product(id=id_of(key)),
    patch=Patch(ProductUpdate, patch),
    refused={"POST": _BY_ORDER, "DELETE": _BY_ORDER},
    events=(
        EventMapping(ProductCreated, "ProductCreateEvent"),
        EventMapping(
            ValuesChanged,
            "ProductAttributeValueChangeEvent",
            lambda event: event.object_id,
            lambda event: event.entity == ENTITY,
        ),
        EventMapping(ProductActivated, "ProductStateChangeEvent"),
        EventMapping(ProductTerminated, "ProductStateChangeEvent"),
        EventMapping(ProductCancelled, "ProductStateChangeEvent"),
    ),
)
