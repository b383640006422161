"""Who is behind a number at an instant: the question that every usage record asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from linehouse.catalog.values import BillingMode
from linehouse.inventory.models import Product
from linehouse.inventory.values import IdentityKind, IdentityQuery, Subscriber
from linehouse.kernel.numbering import Imsi, Msisdn
from linehouse.resource import service as resources
from linehouse.resource.values import HolderAt, HolderQuery, ResourceKind

_KINDS = {IdentityKind.MSISDN: ResourceKind.MSISDN, IdentityKind.IMSI: ResourceKind.IMSI}


def identify(*, msisdn: Msisdn | str | None = None, imsi: Imsi | str | None = None, at: datetime) -> Subscriber | None:
    """The subscriber at that instant, or None. Where both identities are given, they must name the same subscriber."""
    questions = []
    if msisdn:
        digits = msisdn.digits if isinstance(msisdn, Msisdn) else msisdn.lstrip("+")
        questions.append(IdentityQuery(0, IdentityKind.MSISDN, digits, at))
    if imsi:
        questions.append(IdentityQuery(1, IdentityKind.IMSI, imsi.digits if isinstance(imsi, Imsi) else imsi, at))
    found = identify_many(questions)
    subscribers = [found.get(question.ref) for question in questions]
    if not subscribers or any(one != subscribers[0] for one in subscribers):
        return None
    return subscribers[0]


def identify_many(questions: Iterable[IdentityQuery]) -> dict[int, Subscriber]:
    """The subscriber for each question that has one, by the question's ref: two statements, however many they are."""
    asked = {question.ref: question for question in questions}
    holders = resources.holders_at(HolderQuery(q.ref, _KINDS[q.kind], q.digits, q.at) for q in asked.values())
    products = {row.number: row for row in Product.objects.filter(number__in={h.holder for h in holders.values()})}
    found = {}
    for ref, holder in holders.items():
        row = products.get(holder.holder)
        if row is not None and _alive(row, asked[ref].at):
            found[ref] = _subscriber(row, holder)
    return found


def _alive(row: Product, at: datetime) -> bool:
    return (
        row.activated_at is not None
        and row.activated_at <= at
        and (row.terminated_at is None or at < row.terminated_at)
    )


def _subscriber(row: Product, holder: HolderAt) -> Subscriber:
    return Subscriber(
        product_id=row.id,
        product_number=row.number,
        customer_id=row.customer_id,
        billing_account_id=row.billing_account_id,
        billing_account_number=row.billing_account_number,
        offering_key=row.offering_key,
        catalog_version=row.catalog_version,
        tariff_key=row.tariff_key,
        billing_mode=BillingMode(row.billing_mode),
        msisdn=holder.msisdn,
        imsi=holder.imsi,
    )
