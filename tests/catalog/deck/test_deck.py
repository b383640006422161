"""A deck from its rows to what a call costs, by hand-made figures."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from linehouse.catalog.deck.changes import What, as_csv, deck_csv
from linehouse.catalog.deck.columns import has_deck, suggest, table_of
from linehouse.catalog.deck.lines import currency_of, key_of, read_lines
from linehouse.catalog.deck.values import Covers, Destination, Reading, Terms, Zero
from linehouse.catalog.deck.written import BEGINS, with_deck, zone_file
from linehouse.catalog.deck.written import Target as DeckTarget
from linehouse.catalog.files import read_catalogue
from linehouse.platform.imports.reading import read_table
from linehouse.rating.price import price
from linehouse.rating.values import Direction, Tariff, UsageEvent, UsageType, Verdict
from tests.catalog.deck.conftest import HEAD, KEY, before, put, read

DECEMBER = date(2026, 12, 1)
TWO_DAYS = (
    HEAD
    + "Germany Mobile;49151, 49152;0,12;60/60;01.12.2026;new\n"
    + "Germany;49;0,01;1/1;01.12.2026;new\n"
    + "Cuba;53;0,9;30/6;01.12.2026;new\n"
    + "Germany Mobile;49151, 49152;0,18;60/60;08.12.2026;increase\n"
    + "Germany;49;0,009;1/1;08.12.2026;decrease\n"
)


def tariff_of(files: dict[str, str], key: str = KEY) -> Tariff:
    return read_catalogue(files).catalogue.tariffs[key]


def cost(tariff: Tariff, number: str, seconds: int) -> str:
    """What a call of so many seconds costs."""
    event = UsageEvent(
        usage_type=UsageType.VOICE,
        direction=Direction.OUT,
        started_at=datetime(2026, 12, 10, 12, tzinfo=UTC),
        quantity=seconds * 1000,
        other_party=number,
    )
    priced = price(tariff, event)
    if priced.verdict is not Verdict.PRICED:
        return priced.verdict.value
    return f"{(Decimal(priced.total.micros) / 1_000_000).normalize():f}"


def test_a_call_costs_what_the_deck_says_before_and_after_its_day(robin: dict[str, str]) -> None:
    first, second = put(robin, read(TWO_DAYS))
    assert (first.day, second.day) == (DECEMBER, date(2026, 12, 8))
    old, new = tariff_of(dict(first.files)), tariff_of(dict(second.files))
    # 60/60: 61 s are 2 minutes. 1/1: 61 s are 61/60 of a minute. 30/6: 61 s are 30 + 6 × 6 = 66 s.
    assert cost(old, "+4915112345678", 61) == "0.24"
    assert cost(new, "+4915112345678", 61) == "0.36"
    assert cost(old, "+49301234567", 61) == "0.010167"
    assert cost(new, "+49301234567", 61) == "0.00915"
    assert cost(old, "+5351234567", 61) == cost(new, "+5351234567", 61) == "0.99"
    assert cost(new, "+5351234567", 1) == "0.45"
    assert cost(new, "+33612345678", 61) == "unrated"


def test_the_difference_of_each_day_is_told_largest_first(robin: dict[str, str]) -> None:
    first, second = put(robin, read(TWO_DAYS))
    assert first.difference.counts == {"new": 3}
    assert second.difference.counts == {"dearer": 1, "cheaper": 1, "unchanged": 1}
    assert [
        (one.what, one.name, str(one.before), str(one.after), one.percent) for one in second.difference.changes
    ] == [
        (What.DEARER, "Germany Mobile", "0.12 60/60", "0.18 60/60", Decimal("50.0")),
        (What.CHEAPER, "Germany", "0.01 1/1", "0.009 1/1", Decimal("-10.0")),
        (What.SAME, "Cuba", "0.9 30/6", "0.9 30/6", Decimal("0.0")),
    ]
    assert second.notes == ()
    assert as_csv(second.difference).splitlines()[1] == (
        "dearer,Germany Mobile,0.12 60/60,0.18 60/60,50.0,2,,,2026-12-08"
    )


def test_the_same_deck_twice_changes_nothing(robin: dict[str, str]) -> None:
    deck = read(TWO_DAYS)
    _, second = put(robin, deck)
    (again,) = put(dict(second.files), deck, day=date(2026, 12, 8))
    assert again.difference.empty
    assert again.files == second.files


def test_moved_prefixes_and_destinations_that_are_gone(robin: dict[str, str]) -> None:
    _, second = put(robin, read(TWO_DAYS))
    later = read(
        HEAD
        + "Germany Mobile;49151;0.18;60/60;2027-01-01;unchanged\n"
        + "Germany;49, 49152;0.009;1/1;2027-01-01;unchanged\n"
        + "Albania;355;0.2;60/60;2027-01-01;increase\n"
    )
    (step,) = put(dict(second.files), later)
    assert [(one.prefix, one.before, one.after) for one in step.difference.moved] == [
        ("49152", "Germany Mobile", "Germany")
    ]
    assert step.difference.counts == {"new": 1, "gone": 1, "unchanged": 2}
    assert not step.difference.empty
    # A new one may be marked dearer than what it was part of before; nothing that is wrong in the marks is hidden.
    assert step.notes == ()
    tariff = tariff_of(dict(step.files))
    assert cost(tariff, "+4915212345678", 61) == "0.00915"
    assert cost(tariff, "+5351234567", 61) == "unrated"


def test_changes_only_leave_the_rest_as_it_is(robin: dict[str, str]) -> None:
    _, second = put(robin, read(TWO_DAYS))
    update = read(HEAD + "Cuba;;1.00;60/60;2027-01-01;cheaper\n".replace("cheaper", "decrease"), covers=Covers.CHANGES)
    (step,) = put(dict(second.files), update, covers=Covers.CHANGES)
    assert step.difference.counts == {"dearer": 1, "unchanged": 2}
    assert [note.message for note in step.notes] == ["Cuba is marked decrease and is dearer"]
    assert cost(tariff_of(dict(step.files)), "+5351234567", 61) == "2"


def test_blocked_and_deleted_and_ended(robin: dict[str, str]) -> None:
    deck = read(
        "Destination,Prefix,Rate,Increments,Valid from,Valid to,Status\n"
        "Satellite,881,,60/60,2026-12-01,,blocked\n"
        "Cuba,53,0.9,60/60,2026-12-01,2026-12-31,new\n"
        "Haiti,509,0.5,60/60,2026-12-01,,new\n"
        "Haiti,509,,,2027-02-01,,deleted\n"
    )
    first, ended, deleted = put(robin, deck)
    assert (ended.day, deleted.day) == (date(2027, 1, 1), date(2027, 2, 1))
    assert cost(tariff_of(dict(first.files)), "+88112345678", 61) == "blocked"
    assert cost(tariff_of(dict(first.files)), "+5351234567", 61) == "1.8"
    assert cost(tariff_of(dict(ended.files)), "+5351234567", 61) == "unrated"
    assert cost(tariff_of(dict(ended.files)), "+50912345678", 61) == "1"
    assert cost(tariff_of(dict(deleted.files)), "+50912345678", 61) == "unrated"


def test_every_wrong_row_is_told_with_what_would_be_right() -> None:
    deck = read(
        "ACME Telecom;;;;;\n\nDestination;Code;Rate;Currency;Increments;Effective date\n"
        "A;0151;0.1;EUR;60/60;2026-12-01\n"
        "B;355;abc;EUR;60/60;2026-12-01\n"
        "C;356;0.1;XXY;60/60;2026-12-01\n"
        "D;357;0.1;USD;60/60;2026-12-01\n"
        "E;358;0;EUR;60/60;2026-12-01\n"
        "F;359;0.1;EUR;60/0;2026-12-01\n"
        "G;360;0.1;EUR;60/60;31.02.2026\n"
        "H;361;;EUR;60/60;2026-12-01\n"
        "I;362;0.1;EUR;60/60;\n"
        "J;363;0.1;EUR;60/60;2026-12-01\n"
        "K;363;0.2;EUR;60/60;2026-12-01\n"
    )
    assert deck.lines == ()
    assert [(fault.row, fault.column, fault.value) for fault in deck.faults] == [
        (4, "Code", "0151"),
        (5, "Rate", "abc"),
        (6, "Currency", "XXY"),
        (7, "Currency", "USD"),
        (8, "Rate", "0"),
        (9, "Increments", "60/0"),
        (10, "Effective date", "31.02.2026"),
        (11, "Rate", ""),
        (12, "Effective date", ""),
        (14, "Code", "363"),
    ]
    assert all(fault.expected for fault in deck.faults)
    assert str(deck.faults[-1]) == (
        "row 14, Code: the same prefix on 2026-12-01 with other words in row 13 (J) (363); each prefix once a day"
    )


def test_what_is_only_to_look_at() -> None:
    deck = read(
        HEAD
        + "Germany;49;0.1;60/60;2026-12-01;new\nGermany;49;0.1;60/60;2026-12-01;new\n"
        + "Germany;4930;0.1;60/60;2026-12-01;new\n"
    )
    assert deck.faults == ()
    assert [str(note) for note in deck.notes] == [
        "row 3, Code: stands in row 2 already (49)",
        "row 4, Code: lies within 49 of the same destination (4930)",
    ]


def test_two_prices_of_one_destination_are_refused(robin: dict[str, str]) -> None:
    (step,) = put(robin, read(HEAD + "Cuba;53;0.9;60/60;2026-12-01;new\nCuba;535;0.8;60/60;2026-12-01;new\n"))
    assert "on 2026-12-01 it has two prices: 0.8 60/60, and 0.9 60/60 for 53 (row 2)" in str(step.faults[0])
    assert step.files == robin


def test_prefixes_alone_are_grouped_by_their_price(robin: dict[str, str]) -> None:
    (step,) = put(robin, read("prefix,rate,increments,effective\n49,0.1,60/60,2026-12-01\n53,0.1,60/60,2026-12-01\n"))
    assert [(one.name, one.prefixes) for one in step.difference.changes] == [("Rate 0.1 60/60", 2)]


def test_zero_may_be_free_or_blocked(robin: dict[str, str]) -> None:
    text = HEAD + "Cuba;53;0;60/60;2026-12-01;new\n"
    (step,) = put(robin, read(text, zero=Zero.FREE))
    assert cost(tariff_of(dict(step.files)), "+5351234567", 61) == "free"
    (step,) = put(robin, read(text, zero=Zero.BLOCKED))
    assert cost(tariff_of(dict(step.files)), "+5351234567", 61) == "blocked"


def test_a_connection_fee_and_a_rate_below_the_micro_unit(robin: dict[str, str]) -> None:
    (step,) = put(
        robin,
        read(
            "destination,prefix,rate,connection fee,increments,effective\n"
            "Cuba,53,0.1,0.05,60/60,2026-12-01\nHaiti,509,0.000000125,,60/60,2026-12-01\n"
        ),
    )
    tariff = tariff_of(dict(step.files))
    assert cost(tariff, "+5351234567", 61) == "0.25"
    # 1000 minutes at 0.000000125 are 0.000125.
    assert cost(tariff, "+50912345678", 60_000) == "0.000125"


def test_a_workbook_with_real_numbers_and_days(robin: dict[str, str]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ACME Telecom B.V."])
    sheet.append([])
    sheet.append(["Destination Name", "Dial Codes", "Rate/min (EUR)", "Billing Increment", "Effective Date"])
    sheet.append(["Germany Mobile", 49151, 0.1 + 0.2, "60/60", datetime(2026, 12, 1, tzinfo=UTC).replace(tzinfo=None)])
    sheet.append(["Cuba", "53", 0.9, "1/1", date(2026, 12, 1)])
    out = io.BytesIO()
    book.save(out)
    (step,) = put(robin, read(out.getvalue()))
    tariff = tariff_of(dict(step.files))
    assert cost(tariff, "+4915112345678", 61) == "0.6"
    assert cost(tariff, "+5351234567", 61) == "0.915"


def test_the_sheet_with_the_rates_is_found_and_so_is_its_currency() -> None:
    book = Workbook()
    cover = book.active
    assert cover is not None
    cover.append(["ACME Telecom", "Rate notification"])
    sheet = book.create_sheet("A-Z")
    sheet.append(["Destination", "Code", "Rate (USD)", "Increments", "Effective date"])
    sheet.append(["Cuba", 53, 0.9, "1/1", date(2026, 12, 1)])
    out = io.BytesIO()
    book.save(out)
    table = table_of(read_table("acme.xlsx", out.getvalue(), has_deck))
    assert table.heading[0] == "Destination"
    reading = Reading(suggest(table.heading))
    assert currency_of(table, reading) == "USD"
    assert read_lines(table, reading, currency="USD").faults == ()


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Code,Rate,Currency\n53,0.9,usd\n", "USD"),
        ("Code,Rate\n53,€ 0.9\n", "EUR"),
        ("Code,Rate,Currency\n53,0.9,XXY\n", ""),
        ("Code,Rate\n53,0.9\n", ""),
    ],
)
def test_the_currency_that_a_deck_says(text: str, currency: str) -> None:
    table = table_of(read_table("deck.csv", text.encode()))
    assert currency_of(table, Reading(suggest(table.heading))) == currency


def test_a_hand_written_tariff_keeps_every_other_byte(robin: dict[str, str]) -> None:
    hand = (
        "tariff: world-deck\nname: World # ours\nversion: v1\nvalid-from: 2026-01-01\ncurrency: EUR\nprices: net\n"
        "time-zone: Europe/Amsterdam\nzones:\n  - networks  # where\nlines:\n  abroad: {en: Abroad}\n\nrules:\n"
        "  # first\n  - rule: sms\n    when: {usage-type: sms}\n    price:\n      steps:\n"
        "        - {price: 0.1, unit: 1 sms}\n"
        "\n# the end\nexamples:\n  - 1 sms to unknown costs 0.10\n"
    )
    files = {**robin, "tariffs/world-deck.yaml": hand}
    (step,) = put(files, read(HEAD + "Cuba;53;0.9;60/60;2026-12-01;new\n"))
    text = step.files["tariffs/world-deck.yaml"]
    start = text.index(f"  {BEGINS}\n")
    kept = text[:start] + text[text.index("\n# the end") :]
    assert kept == hand.replace("  - networks  # where\n", "  - networks\n  - world-deck-deck  # where\n")
    assert cost(tariff_of(dict(step.files)), "+5351234567", 61) == "1.8"
    (again,) = put(dict(step.files), read(HEAD + "Cuba;53;0.8;60/60;2026-12-01;new\n"))
    assert again.files["tariffs/world-deck.yaml"] == text.replace("price: 0.9", "price: 0.8")


def test_a_tariff_whose_zones_hold_the_prefix_already_is_told(robin: dict[str, str]) -> None:
    (step,) = put(robin, read(HEAD + "UK;44;0.9;60/60;2026-12-01;new\n"), key="robin-standard")
    assert "prefixes in other zones of the tariff: 1, the first in 'world-1'" in str(step.faults[0])
    assert step.files == robin


def test_keys_of_destinations() -> None:
    assert key_of("Côte d'Ivoire – Mobile (Orange)") == "cote-divoire-mobile-orange"
    assert key_of("EU", {"eu"}) == "eu-deck"
    assert key_of("Россия").startswith("zone-")


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        (
            ("Country", "Destination", "Dial Code", "New Rate", "Old", "Effective From", "Interval 1", "Interval N"),
            {
                "destination": "Destination", "prefix": "Dial Code", "rate": "New Rate", "effective": "Effective From",
                "first": "Interval 1", "next": "Interval N",
            },
        ),
        (("Ziel", "Vorwahl", "Preis", "Währung", "Taktung", "Gültig ab"), {
            "destination": "Ziel", "prefix": "Vorwahl", "rate": "Preis", "currency": "Währung", "increments": "Taktung",
            "effective": "Gültig ab",
        }),
    ],
)  # fmt: skip
def test_headings_are_recognised(heading: tuple[str, ...], found: dict[str, str]) -> None:
    assert suggest(heading) == found


RATES = st.decimals("0.0001", "5", places=6)
PRICED = st.builds(
    Terms,
    RATES,
    st.sampled_from((1, 30, 60)),
    st.sampled_from((1, 6, 60)),
    st.sampled_from((Decimal(0), Decimal("0.05"))),
)
TERMS = st.one_of(st.just(Terms(None)), PRICED)
NAMES = st.text(alphabet="abcdé ()'&-XYZ1", min_size=1, max_size=12).filter(lambda text: bool(text.strip(" ()'&-")))


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.from_regex(r"[1-9][0-9]{0,6}", fullmatch=True), st.tuples(NAMES, TERMS), min_size=1, max_size=8)
)
def test_an_export_reads_back_as_what_is_in_force(prefixes: dict[str, tuple[str, Terms]]) -> None:
    robin = _robin()
    state: dict[str, Destination] = {}
    for prefix, (name, terms) in prefixes.items():
        shown = " ".join(name.split())
        key = key_of(shown)
        one = state.get(key, Destination(key, shown, frozenset(), terms))
        state[key] = Destination(key, one.name, one.prefixes | {prefix}, one.terms)
    files = with_deck(robin, state, DeckTarget(tariff=KEY), DECEMBER, None)
    there = before(files)
    assert there.state == state
    exported = deck_csv(there.state, "EUR", DECEMBER)
    (step,) = put(files, read(exported))
    assert step.difference.empty
    assert step.files == files


def _robin() -> dict[str, str]:
    root = Path(__file__).resolve().parents[3] / "brands" / "robin"
    return {"brand.yaml": (root / "brand.yaml").read_text(encoding="utf-8").replace("cost-tariff: host-wholesale", "")}


def test_what_terms_cost_by_hand() -> None:
    assert Terms(Decimal("0.12")).cost(61) == Fraction(24, 100)
    assert Terms(Decimal("0.12"), 1, 1).cost(61) == Fraction(122, 1000)
    assert Terms(Decimal("0.12"), 30, 6, Decimal("0.05")).cost(61) == Fraction(182, 1000)
    assert zone_file("a") == "zones/a-deck.csv"


def test_thousands_of_rules_are_found_by_zone_and_price_alike(
    robin: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"Zone {n};{100 + n};0.{n + 1:04d};{('60/60', '1/1')[n % 2]};2026-12-01;new" for n in range(300)]
    (step,) = put(robin, read(HEAD + "\n".join(lines) + "\n"))
    numbers = [f"+{100 + n}12345678" for n in range(0, 300, 7)] + ["+99912345678"]
    by_zone = [cost(tariff_of(dict(step.files)), number, 61) for number in numbers]
    monkeypatch.setattr("linehouse.rating.matching._MANY_RULES", 10_000)
    assert by_zone == [cost(tariff_of(dict(step.files)), number, 61) for number in numbers]
    assert by_zone[:3] == ["0.0002", "0.000813", "0.003"]
