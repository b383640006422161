"""TMF654 `balanceActionHistory`: every movement of a bucket, whatever made it. Read only."""

from __future__ import annotations

from collections.abc import Sequence

from linehouse.balance import service
from linehouse.balance.service import MovementOf
from linehouse.edge.tmf.kit.declaration import Links, Narrow, Resource, Slice
from linehouse.edge.tmf.kit.shapes import Instant, Quantity, Ref, RelatedParty, Representation
from linehouse.edge.tmf.prepay_balance.shapes import (
    NARROWS,
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


class BalanceActionHistory(Representation):
    """`BalanceActionHistory`; `reason` is the kind of movement, `description` its cause."""

    reason: str
    description: str
    amount: Quantity
    status: str = "completed"
    usage_type: str
    requested_date: Instant
    confirmation_date: Instant
    bucket: Ref
    product: list[Ref]
    party_account: Ref
    related_party: list[RelatedParty]
    receiver_logical_resource: Ref


def represent_many(values: Sequence[MovementOf], links: Links) -> list[BalanceActionHistory]:
    """Movements as TMF654 says them; the lines are asked for once."""
    lines = lines_of(value.bucket.owner.subscription_id for value in values)
    made = []
    for value in values:
        moved, owner = value.movement, value.bucket.owner
        number = number_ref(lines.get(owner.subscription_id), links)
        made.append(
            BalanceActionHistory(
                id=value.key,
                reason=moved.kind.value,
                description=moved.cause,
                amount=quantity(moved.amount, moved.asset),
                usage_type=usage_type(moved.asset),
                requested_date=moved.business_time,
                confirmation_date=moved.business_time,
                bucket=bucket_ref(value.bucket, links),
                product=[product_ref(owner, links)],
                party_account=account_ref(owner, links),
                related_party=[customer_ref(owner, links)],
                # The specification wants it of every action; the line's product where it has no number any more.
                receiver_logical_resource=number or product_ref(owner, links),
            )
        )
    return made


def search(narrow: Narrow) -> Slice[MovementOf]:
    """Movements by bucket, product, account or customer, the newest first."""
    wanted = whose(narrow)
    if wanted is None:
        return Slice.empty()
    values, total = service.find_movements(wanted, offset=narrow.offset, limit=narrow.limit)
    return Slice(values, total)


HISTORY: Resource[MovementOf] = Resource(
    name="balanceActionHistory",
    kind="BalanceActionHistory",
    description="Every movement of a bucket",
    read="usage.read",
    representation=BalanceActionHistory,
    represent=lambda value, links: represent_many([value], links)[0],
    represent_many=represent_many,
    search=search,
    narrows=NARROWS,
    get=service.movement_of,
)
