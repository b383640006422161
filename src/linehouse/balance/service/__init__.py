"""Use cases of balance."""

from linehouse.balance.ports import use_tax_rates
from linehouse.balance.service.earning import deferred_of_packs
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
from linehouse.balance.service.packs import (
    buy_pack,
    buyable,
    pack_by_id,
    pack_of,
    packs_of,
    paid_from_balance,
    payments_of,
    start_pack,
)
from linehouse.balance.service.prepaid_life import (
    extend_life,
    follow_all,
    money_on_line,
    prepaid_line,
    prepaid_lines,
    settle_claim,
)
from linehouse.balance.service.renewing import money_came, set_renewing
from linehouse.balance.service.sharing import group_of, groups_of, holds_group, join, leave, members_of
from linehouse.balance.service.turn import end_product, turn
from linehouse.balance.service.use import book_uses, lock_buckets, rebook
from linehouse.balance.service.watching import (
    NewThreshold,
    ThresholdView,
    end_threshold,
    look_at,
    set_threshold,
    thresholds_of,
)

__all__ = [
    "NewThreshold",
    "ThresholdView",
    "book_uses",
    "bucket",
    "bucket_by_id",
    "buckets_of",
    "buckets_of_customer",
    "buy_pack",
    "buyable",
    "deferred_of_packs",
    "end_product",
    "end_threshold",
    "extend_life",
    "follow_all",
    "grant",
    "grant_product",
    "group_of",
    "groups_of",
    "holds_group",
    "join",
    "leave",
    "lock_buckets",
    "look_at",
    "members_of",
    "money_came",
    "money_of_many",
    "money_on_line",
    "movements_of",
    "movements_of_many",
    "movements_of_record",
    "pack_by_id",
    "pack_of",
    "packs_of",
    "paid_from_balance",
    "payments_of",
    "prepaid_line",
    "prepaid_lines",
    "rebook",
    "set_renewing",
    "set_threshold",
    "settle_claim",
    "start_pack",
    "thresholds_of",
    "turn",
    "use_tax_rates",
]
