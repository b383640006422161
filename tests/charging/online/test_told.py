"""What tariffs ask besides the request: segments, a line's own lists, closed groups, and whether a number is ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import yaml

from linehouse.catalog import service as catalog
from linehouse.catalog.folder import read_folder
from linehouse.inventory import service as inventory
from linehouse.inventory.values import MemberKind
from linehouse.rating.values import UsageType
from tests.balance.house import ROBIN, activate, register
from tests.charging.online.conftest import lawful, rows, used
from tests.conftest import START

MINUTE = 60_000
LISTS = "friend-lists:\n  family: {name: Family and friends, maximum: 2}\n\nlegal-entity:\n"
TARIFF = """tariff: told
name: Words that must be told
version: "1"
valid-from: 2026-01-01
currency: EUR
prices: gross
time-zone: Europe/Amsterdam
zones: [numbers, networks]
rules:
  - rule: family
    when: {usage-type: voice, friends-and-family: family}
    price: {steps: [{price: 0.01, unit: 1 min, block: 60 s}]}
  - rule: fleet
    when: {usage-type: voice, closed-user-group: fleet}
    price: {steps: [{price: 0.02, unit: 1 min, block: 60 s}]}
  - rule: talk
    when: {usage-type: voice}
    price: {steps: [{price: 0.10, unit: 1 min, block: 60 s}]}
  - rule: people
    when: {usage-type: sms, segment: individual}
    price: {steps: [{price: 0.03, unit: 1 message}]}
  - rule: texts
    when: {usage-type: sms}
    price: {steps: [{price: 0.09, unit: 1 message}]}
"""


@pytest.fixture
def plan(shop, actor, drain):
    """Two lines by the tariff that asks."""
    files = dict(read_folder(ROBIN))
    files["brand.yaml"] = files["brand.yaml"].replace("legal-entity:\n", LISTS, 1)
    files["tariffs/told.yaml"] = TARIFF
    offering = yaml.safe_load(files["catalog/robin-sim-only-20.yaml"]) | {"tariff": "told", "allowances": []}
    files["catalog/robin-sim-only-20.yaml"] = yaml.safe_dump(offering, sort_keys=False)
    catalog.apply_texts(files, actor=actor, base_version=1)
    made = activate(actor, register(actor), "robin-sim-only-20")
    other = activate(actor, register(actor, "Joris"), "robin-sim-only-20")
    drain()
    return made, other


@pytest.fixture
def call(ask):
    """What a minute to a number costs, in thousandths of the currency."""
    count = iter(range(99))

    def go(line, number, usage=UsageType.VOICE, amount=MINUTE):
        told: dict[str, Any] = {"usage": usage, "other": number, "wants": False}
        answer = ask(line, "debit", session=f"c{next(count)}", used=used(amount), **told)
        return answer.cost.micros // 1_000

    return go


def test_a_number_on_a_list_is_cheaper_from_then_on_until_it_is_taken_off(plan, call, actor, drain, advance):
    line, _ = plan
    number = "+31612349999"
    assert call(line, number) == 100
    inventory.put_friend(line.id, "family", number, actor=actor, reason="asked")
    drain()
    assert (call(line, number), call(line, "+31612340000")) == (10, 100)
    advance(START + timedelta(hours=1))
    inventory.drop_friend(line.id, "family", number, actor=actor, reason="asked")
    drain()
    assert call(line, number) == 100
    assert rows("SELECT rule, told ->> 'friends-and-family' FROM charging_rated_usage ORDER BY sequence") == [
        ("talk", "[]"),
        ("family", '["family"]'),
        ("talk", "[]"),
        ("talk", "[]"),
    ]
    lawful()


def test_members_of_one_group_pay_the_group_price(plan, call, actor, drain):
    line, other = plan
    inventory.open_group("fleet-1", "Fleet", word="fleet", actor=actor, reason="asked")
    inventory.join_group("fleet-1", MemberKind.LINE, line.id, actor=actor, reason="asked")
    assert call(line, other.msisdn.e164) == 100
    inventory.join_group("fleet-1", MemberKind.CUSTOMER, other.customer_id, actor=actor, reason="asked")
    assert (call(line, other.msisdn.e164), call(line, "+31612340000")) == (20, 100)
    lawful()


def test_a_segment_prices_a_message(plan, call):
    line, _ = plan
    assert call(line, "+31612340000", UsageType.SMS, 1) == 30
    assert rows("SELECT segment, segments FROM charging_line ORDER BY subscription LIMIT 1") == [
        ("individual", ["individual"])
    ]


def test_what_was_told_at_the_start_holds_for_the_session(plan, ask, actor, drain):
    line, _ = plan
    told: dict[str, Any] = {"usage": UsageType.VOICE, "other": "+31612349999"}
    ask(line, "start", want=MINUTE, **told)
    inventory.put_friend(line.id, "family", "+31612349999", actor=actor, reason="asked")
    drain()
    ended = ask(line, "finish", key="2", used=used(MINUTE), **told)
    assert ended.cost.micros == 100_000
    lawful()
