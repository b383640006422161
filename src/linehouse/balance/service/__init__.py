"""Use cases of balance."""

from linehouse.balance.service.grant import grant, grant_product
from linehouse.balance.service.look import (
    bucket,
    bucket_by_id,
    buckets_of,
    buckets_of_customer,
    money_of_many,
    movements_of,
    movements_of_many,
    movements_of_record,
)
from linehouse.balance.service.sharing import group_of, groups_of, holds_group, join, leave, members_of
from linehouse.balance.service.turn import end_product, turn
from linehouse.balance.service.use import book_uses, lock_buckets, rebook

__all__ = [
    "book_uses",
    "bucket",
    "bucket_by_id",
    "buckets_of",
    "buckets_of_customer",
    "end_product",
    "grant",
    "grant_product",
    "group_of",
    "groups_of",
    "holds_group",
    "join",
    "leave",
    "lock_buckets",
    "members_of",
    "money_of_many",
    "movements_of",
    "movements_of_many",
    "movements_of_record",
    "rebook",
    "turn",
]
