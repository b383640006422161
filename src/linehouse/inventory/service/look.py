"""Reading products and services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from linehouse.catalog.values import BillingMode, OfferingKind
from linehouse.inventory.errors import ProductNotFound, ServiceNotFound
from linehouse.inventory.models import Product, Service
from linehouse.inventory.values import ProductView, ServiceView
from linehouse.kernel.period import Period
from linehouse.resource import service as resources
from linehouse.resource.values import Holding

_NOTHING = Holding(None, None, None)


def product_view(row: Product) -> ProductView:
    """The row as a value, with the number and card that it holds."""
    return _views([row])[0]


def _views(rows: Sequence[Product]) -> list[ProductView]:
    holdings = resources.holdings([row.number for row in rows if row.kind == OfferingKind.PLAN])
    return [_view(row, holdings.get(row.number, _NOTHING)) for row in rows]


def _view(row: Product, holding: Holding) -> ProductView:
    return ProductView(
        id=row.id,
        number=row.number,
        kind=OfferingKind(row.kind),
        state=row.state,
        customer_id=row.customer_id,
        billing_account_id=row.billing_account_id,
        billing_account_number=row.billing_account_number,
        offering_key=row.offering_key,
        offering_name=row.offering_name,
        catalog_version=row.catalog_version,
        tariff_key=row.tariff_key,
        billing_mode=BillingMode(row.billing_mode),
        parent_product_id=row.parent_id,
        order_item=row.order_item,
        characteristics=row.characteristics,
        msisdn=holding.msisdn,
        imsi=holding.imsi,
        iccid=holding.iccid.digits if holding.iccid else None,
        created_at=row.created_at,
        activated_at=row.activated_at,
        terminated_at=row.terminated_at,
    )


def find_product(*, id: UUID | None = None, number: str = "") -> ProductView:  # noqa: A002  # the caller's word
    """A product by id or business number. Raises ProductNotFound."""
    rows = Product.objects.filter(id=id) if id is not None else Product.objects.filter(number=number)
    row = rows.first()
    if row is None:
        raise ProductNotFound("there is no such product", field="product", value=str(id or number))
    return product_view(row)


def products_by_id(ids: Iterable[UUID]) -> Mapping[UUID, ProductView]:
    """Those of the products that exist, by id."""
    return {view.id: view for view in _views(list(Product.objects.filter(id__in=list(ids))))}


def product_ids_by_number(numbers: Iterable[str]) -> Mapping[str, UUID]:
    """The ids of those of the products that exist, by business number."""
    return dict(Product.objects.filter(number__in=set(numbers)).values_list("number", "id"))


def products_of_customer(customer_id: UUID) -> tuple[ProductView, ...]:
    """Everything that the customer has, had or awaits, oldest first."""
    return tuple(_views(list(Product.objects.filter(customer_id=customer_id).order_by("created_at", "number"))))


def add_ons_of(product_id: UUID) -> tuple[ProductView, ...]:
    """What runs, ran or will run on a plan, oldest first."""
    return tuple(_views(list(Product.objects.filter(parent_id=product_id).order_by("created_at", "number"))))


def search_products(
    *,
    customer_id: UUID | None = None,
    billing_account_id: UUID | None = None,
    state: str = "",
    offering_key: str = "",
    query: str = "",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[ProductView], int]:
    """A page of products, newest first, and how many match; ``query`` is a part of number or offering."""
    rows = Product.objects.order_by("-number")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if billing_account_id is not None:
        rows = rows.filter(billing_account_id=billing_account_id)
    if state:
        rows = rows.filter(state=state)
    if offering_key:
        rows = rows.filter(offering_key=offering_key)
    if query:
        rows = rows.filter(number__icontains=query) | rows.filter(offering_name__icontains=query)
    return _views(list(rows[offset : offset + limit])), rows.count()


def add_ons_of_many(product_ids: Iterable[UUID]) -> dict[UUID, tuple[ProductView, ...]]:
    """What runs, ran or will run on many plans, oldest first; plans without any are left out."""
    found: dict[UUID, tuple[ProductView, ...]] = {}
    rows = Product.objects.filter(parent_id__in=list(product_ids)).order_by("created_at", "number")
    for view in _views(list(rows)):
        if view.parent_product_id is not None:
            found[view.parent_product_id] = (*found.get(view.parent_product_id, ()), view)
    return found


def count_plans(period: Period, offering_key: str = "", accounts: Sequence[str] = ()) -> int:
    """How many plans lived in the period: all, of an offering, or of billing accounts by number."""
    return _plans(period, offering_key, accounts).count()


def plan_ids(
    period: Period,
    offering_key: str = "",
    accounts: Sequence[str] = (),
    *,
    after: UUID | None = None,
    limit: int = 1_000,
) -> list[UUID]:
    """The ids of those plans behind an id, in order of their ids."""
    rows = _plans(period, offering_key, accounts)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def _plans(period: Period, offering_key: str, accounts: Sequence[str]) -> QuerySet[Product]:
    rows = Product.objects.filter(kind=OfferingKind.PLAN, activated_at__isnull=False)
    rows = rows.filter(Q(terminated_at__isnull=True) | Q(terminated_at__gt=period.start))
    if period.end is not None:
        rows = rows.filter(activated_at__lt=period.end)
    if offering_key:
        rows = rows.filter(offering_key=offering_key)
    if accounts:
        rows = rows.filter(billing_account_number__in=list(accounts))
    return rows


def count_active(offering_key: str) -> int:
    """How many products of the offering are active."""
    return Product.objects.filter(offering_key=offering_key, state="active").count()


def _service_view(row: Service) -> ServiceView:
    return ServiceView(
        id=row.id,
        product_id=row.product_id,
        product_number=row.product.number,
        customer_id=row.product.customer_id,
        specification_key=row.specification_key,
        name=row.name,
        state=row.state,
        characteristics=row.characteristics,
        network_ref=row.network_ref,
        started_at=row.started_at,
        ended_at=row.ended_at,
        created_at=row.created_at,
    )


def _services() -> QuerySet[Service]:
    return Service.objects.select_related("product").order_by("-created_at", "-id")


def find_service(service_id: UUID) -> ServiceView:
    """A service by id. Raises ServiceNotFound."""
    row = _services().filter(id=service_id).first()
    if row is None:
        raise ServiceNotFound("there is no such service", field="service", value=str(service_id))
    return _service_view(row)


def services_of(product_id: UUID) -> tuple[ServiceView, ...]:
    """The services that a product is made of."""
    return tuple(_service_view(row) for row in _services().filter(product_id=product_id))


def services_of_many(product_ids: Iterable[UUID]) -> dict[UUID, tuple[ServiceView, ...]]:
    """The services of many products, in one query; products without any are left out."""
    found: dict[UUID, tuple[ServiceView, ...]] = {}
    for row in _services().filter(product_id__in=set(product_ids)):
        found[row.product_id] = (*found.get(row.product_id, ()), _service_view(row))
    return found


def search_services(
    *, customer_id: UUID | None = None, state: str = "", specification_key: str = "", offset: int = 0, limit: int = 50
) -> tuple[Sequence[ServiceView], int]:
    """A page of services, newest first, and how many match."""
    rows = _services()
    if customer_id is not None:
        rows = rows.filter(product__customer_id=customer_id)
    if state:
        rows = rows.filter(state=state)
    if specification_key:
        rows = rows.filter(specification_key=specification_key)
    return [_service_view(row) for row in rows[offset : offset + limit]], rows.count()
