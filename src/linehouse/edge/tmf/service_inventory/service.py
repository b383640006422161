"""TMF638 `service`: what a product is made of towards the network. Services come with their products."""

from __future__ import annotations

from linehouse.edge.tmf.kit.declaration import EventMapping, Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of, id_or_none
from linehouse.edge.tmf.kit.shapes import Characteristic, Instant, Ref, RelatedParty, Representation, Shape
from linehouse.inventory import service as inventory
from linehouse.inventory.events import ServiceEnded, ServiceStarted
from linehouse.inventory.values import ServiceView


class RelatedEntity(Shape):
    """`RelatedEntityRefOrValue`: the product that the service realises."""

    role: str
    id: str
    href: str
    name: str


class Service(Representation):
    """`Service`."""

    name: str
    state: str
    is_service_enabled: bool
    has_started: bool
    start_date: Instant | None = None
    end_date: Instant | None = None
    service_specification: Ref
    service_characteristic: list[Characteristic]
    related_party: list[RelatedParty]
    related_entity: list[RelatedEntity]


def represent(view: ServiceView, links: Links) -> Service:
    """A service as TMF638 says it."""
    characteristics = [Characteristic(name=name, value=value) for name, value in sorted(view.characteristics.items())]
    if view.network_ref:
        characteristics.append(Characteristic(name="networkReference", value=view.network_ref))
    return Service(
        id=str(view.id),
        name=view.name,
        state=view.state,
        is_service_enabled=view.state == "active",
        has_started=view.started_at is not None,
        start_date=view.started_at,
        end_date=view.ended_at,
        service_specification=Ref(id=view.specification_key, name=view.name),
        service_characteristic=characteristics,
        related_party=[
            RelatedParty(
                id=str(view.customer_id),
                href=links.to("customerManagement", "customer", view.customer_id),
                role="customer",
                referred_type="Customer",
            )
        ],
        related_entity=[
            RelatedEntity(
                role="product",
                id=str(view.product_id),
                href=links.to("productInventory", "product", view.product_id),
                name=view.product_number,
            )
        ],
    )


def search(narrow: Narrow) -> Slice[ServiceView]:
    """Services by customer, state or specification."""
    owner = narrow.get("relatedParty.id")
    owner_id = id_or_none(owner)
    if owner and owner_id is None:
        return Slice.empty()
    values, total = inventory.search_services(
        customer_id=owner_id,
        state=narrow.get("state") or "",
        specification_key=narrow.get("serviceSpecification.id") or "",
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice(values, total)


_WITH_PRODUCT = "a service begins, changes and ends with its product, by a productOrder (TMF622)"
SERVICE: Resource[ServiceView] = Resource(
    name="service",
    kind="Service",
    description="What a product is made of towards the network",
    read="customer.read",
    representation=Service,
    represent=represent,
    search=search,
    narrows=("relatedParty.id", "state", "serviceSpecification.id"),
    get=lambda key: inventory.find_service(id_of(key)),
    refused={"POST": _WITH_PRODUCT, "PATCH": _WITH_PRODUCT, "DELETE": _WITH_PRODUCT},
    events=(
        EventMapping(ServiceStarted, "ServiceCreateEvent"),
        EventMapping(ServiceEnded, "ServiceStateChangeEvent"),
    ),
)
