"""SQL of buckets that the charging process shares with the house, and rows as values. No Django, no connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from linehouse.balance.values import BucketView, Owner, Part, Shared, TaxedAt
from linehouse.catalog.values import Rollover, Sharing, Terms
from linehouse.kernel.period import Period
from linehouse.rating.values import BucketKind, OwnPrice, Scope, WhenEmpty

COLUMNS = (
    "id, ref, kind, asset, customer_id, subscription_id, subscription, account_id, account, product_id, source,"
    " catalog_version, texts, granted, used, reserved, expired, taxed_at, priority, scope, when_empty, valid_from,"
    " valid_to, created_at, closed_at, terms, rolled, late_from, first_used_at, shared, holder_id, cap,"
    " overdraft, overdraw"
)

BUCKETS_AT = f"""
SELECT {COLUMNS},
       (SELECT m.used + m.reserved FROM balance_member_use m
        WHERE m.bucket_id = b.id AND m.subscription_id = $1) AS part
FROM balance_bucket b
WHERE ((subscription_id = $1 AND holder_id IS NULL) OR holder_id = ANY($3::uuid[]) OR holder_id IN (
          SELECT holder_id FROM balance_group_member
          WHERE subscription_id = $1 AND joined_at <= $2 AND (left_at IS NULL OR left_at > $2)))
  AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
ORDER BY id
"""  # noqa: S608  # our own text
"""What a subscription ($1) may use at an instant ($2), for asyncpg: its own buckets and shared ones, of its account,
its customer and itself ($3), and of the groups that it is in. ``part`` is what it took of a shared one, or keeps."""


def bucket_for(row: Mapping[str, Any], subscription_id: UUID, subscription: str) -> BucketView:
    """A row of BUCKETS_AT as a value, with what the subscription took of it."""
    bucket = bucket_of(row)
    if not row["part"]:
        return bucket
    return replace(bucket, parts={subscription: Part(subscription_id, subscription, row["part"])})


def bucket_of(row: Mapping[str, Any]) -> BucketView:
    """A row as a value; jsonb may come as text."""
    return BucketView(
        id=row["id"],
        ref=row["ref"],
        owner=owner_of(row),
        product_id=row["product_id"],
        kind=BucketKind(row["kind"]),
        asset=row["asset"],
        granted=row["granted"],
        used=row["used"],
        reserved=row["reserved"],
        expired=row["expired"],
        valid=Period(row["valid_from"], row["valid_to"]),
        source=row["source"],
        catalog_version=row["catalog_version"],
        texts=_json(row["texts"]),
        priority=row["priority"],
        scope=msgspec.convert(_json(row["scope"]), Scope),
        when_empty=WhenEmpty(row["when_empty"]),
        taxed_at=TaxedAt(row["taxed_at"]),
        created_at=row["created_at"],
        closed_at=row["closed_at"],
        terms=terms_of(_json(row["terms"])),
        rolled=row["rolled"],
        late_from=row["late_from"],
        first_used_at=row["first_used_at"],
        shared=Shared(Sharing(row["shared"]), row["holder_id"], row["cap"]) if row["shared"] is not None else None,
        overdraft=row["overdraft"],
        overdraw=row["overdraw"],
    )


def terms_of(kept: Mapping[str, Any]) -> Terms:
    """Terms as they are kept; what is not there is as usual."""
    given = dict(kept)
    price = given.pop("price", None)
    factor = Fraction(given.pop("factor", "1"))
    lasts = given.pop("lasts", None)
    rollover = given.pop("rollover", None)
    return Terms(
        **given,
        factor=factor,
        price=msgspec.convert(price, OwnPrice) if price is not None else None,
        lasts=timedelta(seconds=lasts) if lasts is not None else None,
        rollover=msgspec.convert(rollover, Rollover) if rollover is not None else None,
    )


def kept_terms(terms: Terms) -> dict[str, Any]:
    """What is unusual of them, as JSON."""
    found: dict[str, Any] = {"block": terms.block} if terms.block is not None else {}
    found |= {word: True for word in ("exact", "partial", "stop") if getattr(terms, word)}
    if terms.when_empty_to:
        found["when_empty_to"] = terms.when_empty_to
    if terms.lasts is not None:
        found["lasts"] = terms.lasts // timedelta(seconds=1)
    if terms.rollover is not None:
        found["rollover"] = msgspec.to_builtins(terms.rollover)
    if terms.factor != 1:
        found["factor"] = str(terms.factor)
    if terms.price is not None:
        found["price"] = msgspec.to_builtins(terms.price)
    return found


def owner_of(row: Mapping[str, Any]) -> Owner:
    """Whose row it is."""
    return Owner(
        customer_id=row["customer_id"],
        subscription_id=row["subscription_id"],
        subscription=row["subscription"],
        account_id=row["account_id"],
        account=row["account"],
    )


def _json(value: Any) -> Any:
    # Neither Django's connection nor asyncpg decodes jsonb by itself.
    return json.loads(value) if isinstance(value, str) else value
