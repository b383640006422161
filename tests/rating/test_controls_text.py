"""Controls from text: what is wrong is told with its line, the schema knows the same words, defaults stand below."""

from __future__ import annotations

from datetime import UTC, datetime, time

import jsonschema
import pytest
import yaml

from linehouse.kernel.numbering import Plmn
from linehouse.rating.controls import Acts, Hours, Per, Reach, Whereabouts, default_controls, read_controls
from linehouse.rating.controls.schema import controls_schema
from linehouse.rating.controls.text import parse_controls
from linehouse.rating.controls.values import country_of, whereabouts
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.values import UsageEvent, UsageType
from linehouse.rating.yaml_source import load_marked
from tests.charging.controls.house import CONTROLS
from tests.conftest import ROBIN

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def parse(text: str):
    return parse_controls(load_marked(text, "controls/own.yaml"), "NL", "EUR")


def limit(**said: str) -> str:
    lines = {"name": "{en: Data}", "of": "{usage-type: data}", "per": "billing-month", **said}
    return "limits:\n  data:\n" + "".join(f"    {key}: {value}\n" for key, value in lines.items())


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (limit(amount="0"), 6, "cannot be below 1"),
        (limit(amount="1.2345678"), 6, "1.2345678"),
        (limit(per="weekly"), 5, "cannot be 'weekly'"),
        (limit(within="60 min"), 6, "`within` belongs to a rolling limit"),
        (limit(per="rolling"), 5, "`within` belongs to a rolling limit"),
        (limit(per="rolling", within="90 s"), 6, "whole minutes"),
        (limit(per="rolling", within="60 min", consent="true"), 7, "nobody can agree"),
        (limit(notices="[80, 120]"), 6, "full at 100 %"),
        (limit(of="{usage-type: dta}"), 4, "cannot be 'dta'"),
        (limit(of="{where: moon}"), 4, "cannot be 'moon'"),
        (limit(colour="red"), 6, "has no `colour`"),
        (limit() + "attempts:\n  data: {name: {en: x}, of: {}, most: 3, within: 10 min}\n", 7, "is a limit already"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(SourceTextInvalid) as refusal:
        parse(text)
    assert f"controls/own.yaml, line {line}" in str(refusal.value)
    assert said in str(refusal.value)


COUNTER = """policy-counters:
  speed:
    name: {en: Speed}
    of: {usage-type: data}
    per: billing-month
    statuses:
      - {status: slow, acts: throttle, when: WHEN}
      - LAST
"""


@pytest.mark.parametrize(
    ("when", "last", "said"),
    [
        ("{used: 10 min}", "{status: full}", "is counted in ms, not in octet"),
        ("{left: 0}", "{status: full}", "nothing says what is left"),
        ("{hours: soon}", "{status: full}", "are no hours"),
        ("{used: 10 GB}", "{status: full, when: {used: 1 GB}}", "some usage would have no status"),
    ],
)
def test_a_status_that_cannot_be_told(when: str, last: str, said: str) -> None:
    with pytest.raises(SourceTextInvalid, match=said):
        parse(COUNTER.replace("WHEN", when).replace("LAST", last))


def test_a_counter_says_it_all() -> None:
    when = '{used: 10 GB, where: abroad, hours: "22:00-06:00", device: ["35", "86"], boosted: false}'
    rule = parse(COUNTER.replace("WHEN", when).replace("LAST", "{status: full}")).counters["speed"]
    slow, full = rule.statuses
    assert (slow.acts, slow.used, slow.hours) == (Acts.THROTTLE, 10**10, Hours(time(22), time(6)))
    assert slow.places == (Whereabouts.UNION, Whereabouts.WORLD)
    assert (slow.devices, slow.boosted, full.status) == (("35", "86"), False, "full")
    assert rule.thresholds == (10**10,)
    assert [Hours(time(22), time(6)).holds(time(hour)) for hour in (21, 22, 5, 6)] == [False, True, True, False]


def test_the_product_brings_the_limit_of_the_law_and_a_brand_replaces_it() -> None:
    law = default_controls("NL", "EUR").limits["roaming-data"]
    assert (law.amount, law.without_vat, law.per, law.consent) == (50_000_000, True, Per.BILLING_MONTH, True)
    assert default_controls("NL", "SEK").limits["roaming-data"].amount is None
    assert default_controls("US", "EUR").limits["roaming-data"].amount is None
    own = limit(amount="30.00").replace("  data:", "  roaming-data:")
    both = read_controls([load_marked(own, "controls/own.yaml")], "NL", "EUR")
    assert both.limits["roaming-data"].amount == 30_000_000
    assert set(both.bars) >= {"premium", "international", "roaming", "roaming-data"}


def test_the_schema_takes_what_the_reader_takes() -> None:
    check = jsonschema.Draft202012Validator(controls_schema())
    for text in (CONTROLS, (ROBIN / "controls" / "robin.yaml").read_text("utf-8")):
        assert list(check.iter_errors(yaml.safe_load(text))) == []
        parse(text)
    assert list(check.iter_errors(yaml.safe_load(limit(per="weekly"))))
    assert list(check.iter_errors(yaml.safe_load(limit(colour="red"))))


@pytest.mark.parametrize(
    ("country", "where"),
    [("", "home"), ("NL", "home"), ("FR", "union"), ("NO", "union"), ("UA", "union"), ("GB", "world"), ("US", "world")],
)
def test_where_a_country_is(country: str, where: str) -> None:
    assert whereabouts(country, "NL", NOON.date()) == where


def test_the_country_is_that_of_the_network_before_the_one_that_was_told() -> None:
    event = UsageEvent(usage_type=UsageType.DATA, started_at=NOON, quantity=0, serving_country="FR")
    assert country_of(event) == "FR"
    event = UsageEvent(usage_type=UsageType.DATA, started_at=NOON, quantity=0, serving_plmn=Plmn.parse("310-410"))
    assert (country_of(event), Reach(home="NL").place_of(event)) == ("US", Whereabouts.WORLD)
