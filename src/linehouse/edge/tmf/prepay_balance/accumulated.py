"""TMF654 `accumulatedBalance`: what a subscriber has in all of one thing. Read only."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.balance import service
from linehouse.balance.errors import BucketUnknown
from linehouse.balance.service import Accumulated
from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of
from linehouse.edge.tmf.kit.shapes import Quantity, Ref, RelatedParty, Representation
from linehouse.edge.tmf.prepay_balance.shapes import (
    account_ref,
    bucket_ref,
    customer_ref,
    lines_of,
    number_ref,
    product_ref,
    quantity,
    usage_type,
    whose,
)
from linehouse.platform.clock.service import business_now


class AccumulatedBalance(Representation):
    """`AccumulatedBalance`: of the limited buckets that are valid now."""

    name: str
    total_balance: Quantity
    bucket: list[Ref]
    product: list[Ref]
    party_account: Ref
    related_party: list[RelatedParty]
    logical_resource: Ref | None = None


def represent_many(values: Sequence[Accumulated], links: Links) -> list[AccumulatedBalance]:
    """Balances as TMF654 says them; the lines are asked for once."""
    lines = lines_of(value.subscription_id for value in values)
    made = []
    for value in values:
        owner = value.buckets[0].owner
        made.append(
            AccumulatedBalance(
                id=value.key,
                name=f"{usage_type(value.asset)} of {owner.subscription}",
                total_balance=quantity(value.left, value.asset),
                bucket=[bucket_ref(one, links) for one in value.buckets],
                product=[product_ref(owner, links)],
                party_account=account_ref(owner, links),
                related_party=[customer_ref(owner, links)],
                logical_resource=number_ref(lines.get(value.subscription_id), links),
            )
        )
    return made


def get(key: str) -> Accumulated:
    """One by its id, ``<product>.<unit or currency>``."""
    product, _, asset = key.partition(".")
    if not asset:
        raise BucketUnknown("there is no balance with this id", field="id", value=key)
    return service.accumulated_of(id_of(product), asset, business_now())


def search(narrow: Narrow) -> Slice[Accumulated]:
    """Balances by product, account or customer."""
    wanted = whose(narrow)
    if wanted is None:
        return Slice.empty()
    values, total = service.accumulated(wanted, business_now(), offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


ACCUMULATED: Resource[Accumulated] = Resource(
    name="accumulatedBalance",
    kind="AccumulatedBalance",
    description="What a subscriber has in all of money, data, minutes or messages",
    read="usage.read",
    representation=AccumulatedBalance,
    represent=lambda value, links: represent_many([value], links)[0],
    represent_many=represent_many,
    search=search,
    narrows=("product.id", "partyAccount.id", "relatedParty.id"),
    get=get,
)
