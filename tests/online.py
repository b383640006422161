"""A line that is charged while it is used, as the JSON door does it, in the brand that is open."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg

from linehouse.balance import service as balance
from linehouse.balance.values import Grant
from linehouse.charging.node import Asking, Charger, Door
from linehouse.charging.node.observing import refused_of
from linehouse.charging.online.subject import Subject
from linehouse.edge.network.charging_json.session_messages import (
    ChargingRequest,
    decode_request,
    request_of,
    who_of,
)
from linehouse.inventory import service as inventory
from linehouse.platform.sql import brand_cursor
from linehouse.platform.work import SYSTEM
from linehouse.rating.session.answers import Answer
from linehouse.rating.session.requests import Request
from tests.conftest import in_own_thread

CALL = {"usageType": "voice", "otherParty": "+12125550123"}
"""Abroad, so that money pays."""


def a_line_with_money() -> tuple[str, str]:
    """Number of the product and of the line that has a money bucket."""
    with brand_cursor() as cursor:
        cursor.execute(
            "SELECT l.subscription, l.msisdn FROM charging_line l JOIN balance_bucket b USING (subscription_id)"
            " WHERE b.kind <> 'units' AND b.closed_at IS NULL AND l.valid_to IS NULL"
            " ORDER BY b.granted - b.used - b.reserved - b.expired - b.rolled DESC, l.subscription LIMIT 1"
        )
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1]


def give_money(product: str, amount: int = 20_000_000) -> None:
    """Money that is bought for a line, beside what it has; once."""
    owner = inventory.find_product(number=product)
    known = next(one for one in balance.buckets_of(owner.id) if one.is_money)
    more = Grant(
        ref=f"{product}/online",
        owner=known.owner,
        product_id=known.product_id,
        kind=known.kind,
        asset=known.asset,
        amount=amount,
        valid=known.valid,
        source=known.source,
        catalog_version=known.catalog_version,
        texts={"en": "More credit"},
        taxed_at=known.taxed_at,
    )
    balance.grant([more], actor=SYSTEM, reason="credit to use online")


def charge_online() -> str:
    """A session that has ended, one that lasts, and one that was refused; returns the number of the product."""
    product, msisdn = a_line_with_money()
    give_money(product)
    ask(
        msisdn,
        ("start", "call-1", "1", {"want": "60 s"}),
        ("finish", "call-1", "2", {"total": "61 s"}),
        ("start", "call-2", "1", {"want": "60 s"}),
        ("update", "call-9", "7", {"total": "1 s"}),
    )
    return product


def ask(msisdn: str, *asked: tuple[str, str, str, dict[str, Any]]) -> list[Answer]:
    """Ask: operation, session, key, and what differs from an ordinary call. What the door sees is written, too."""
    with brand_cursor() as cursor:
        where = cursor.db.settings_dict

    async def charge() -> list[Answer]:
        pool = await asyncpg.create_pool(
            host=where["HOST"] or None,
            port=where["PORT"] or None,
            user=where["USER"],
            password=where["PASSWORD"] or None,
            database=where["NAME"],
            min_size=0,
            max_size=2,
        )
        charger = Charger(pool)
        charger.observer.peer(door="diameter", peer="pgw1.epc.example", state="open", realm="epc.example")
        answers = [await _one(charger, msisdn, *one) for one in asked]
        await charger.observer.flush(pool)
        await pool.close()
        return answers

    return in_own_thread(charge)


async def _one(charger: Charger, msisdn: str, operation: str, session: str, key: str, fields: dict[str, Any]) -> Answer:
    body = {"msisdn": msisdn, "session": session, "key": key, "services": [{**CALL, **fields}]}
    asked = decode_request(json.dumps(body).encode(), "")
    name = f"json:gateway:{session}"
    request = Asking(
        who_of(asked), name, key, f"{operation} {key}", partial(_request, operation, name, asked), Door("json")
    )
    told: dict[str, Any] = {"door": "json", "peer": "gateway", "session": name, "name": operation}
    charger.observer.message(**told, subscription=None, way="in", detail=asked)
    answer = await charger.ask(request)
    charger.observer.message(
        **told,
        subscription=None,
        way="out",
        result="200",
        micros=2_300,
        detail={"key": key, "services": len(answer.services)},
        refused=refused_of(answer),
    )
    return answer


def _request(operation: str, name: str, asked: ChargingRequest, subject: Subject, now: datetime) -> Request:
    return request_of(operation, name, asked, subject, now)
