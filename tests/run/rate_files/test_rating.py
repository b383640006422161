"""Files rated end to end: what is rated, what is refused and why, what is left, and that the same comes out always."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from linehouse.balance.granting import Granted, fresh, until
from linehouse.balance.values import Owner
from linehouse.catalog.files import read_catalogue
from linehouse.catalog.folder import read_folder
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.outcome import InvalidFields
from linehouse.kernel.period import Period
from linehouse.kernel.quantity import Quantity
from linehouse.rating.service import consume
from linehouse.rating.session.view import with_available
from linehouse.rating.values import Bucket, BucketKind, Direction, UsageEvent, UsageType
from linehouse.run.rate_files import whole
from linehouse.run.rate_files.summary import Summary
from linehouse.run.rate_files.whole import Order, rate_files
from tests.run.rate_files.ground import ROBIN, SUBSCRIBERS, USAGE, AtOnce, hands, rows, written


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "executor", hands(AtOnce()))


def rate(paths: dict[str, Path], **more: object) -> Summary:
    given = {
        "catalogs": [str(ROBIN)],
        "subscribers": paths["subscribers"],
        "usage": [paths["usage"]],
        "out": paths["out"],
    }
    return rate_files(Order(**(given | more)))  # type: ignore[arg-type]  # a test says what it says


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def refused(path: Path) -> list[dict[str, str]]:
    return read(path.with_name(f"{path.name}.rejected.csv"))


def test_each_record_costs_what_the_price_function_says(tmp_path: Path) -> None:
    paths = written(tmp_path)
    found = rate(paths)
    prices = {(row["subscriber"], row["started"]): row["price"] for row in read(paths["out"])}
    assert len(prices) == 10
    total = Money.zero("EUR")
    for subscriber, started, micros in one_by_one():
        assert Money.of(prices.pop((subscriber, started)), "EUR").micros == micros, (subscriber, started)
        total += Money(micros, "EUR")
    assert not prices
    assert found.total == total
    assert total.micros > 0
    assert found.refused == {}
    assert not (tmp_path / "out.csv.rejected.csv").exists()


def one_by_one() -> list[tuple[str, str, int]]:
    """The same records by ``consume``, subscriber for subscriber in the order of time."""
    catalogue = read_catalogue(read_folder(ROBIN)).catalogue
    nobody = UUID(int=0)
    owner = Owner(customer_id=nobody, subscription_id=nobody, subscription="", account_id=nobody, account="")
    answers = []
    for line in csv.DictReader(SUBSCRIBERS.splitlines()):
        offering = catalogue.offering(line["offering"])
        brought = [(offering, line["activated"])]
        brought += [(catalogue.offering(key), at) for key, _, at in [line["add_ons"].partition("@")] if key]
        grants = [
            grant
            for product, at in brought
            for grant in until(
                Granted(
                    product_id=nobody,
                    offering=product,
                    catalog_version=0,
                    owner=owner,
                    prefix=product.key,
                    cycle_day=int(line["cycle_day"] or 1),
                    zone=ZoneInfo("Europe/Amsterdam"),
                    currency="EUR",
                    activated_at=datetime.fromisoformat(at),
                ),
                datetime(2026, 12, 1, tzinfo=UTC),
            )
        ]
        held = {one.ref: (fresh(one, nobody).for_decision(), one.asset) for one in grants}
        if line["balance"]:
            main, asset = held["robin-prepaid-start/main"]
            held[main.ref] = (with_available(main, Money.of(line["balance"], "EUR").micros), asset)
        else:
            begin = datetime(2000, 1, 1, tzinfo=UTC)
            kind = BucketKind.UNBILLED
            held["bill"] = (Bucket(ref="bill", kind=kind, available=None, valid=Period(begin), created_at=begin), "EUR")
        mine = [
            one for one in csv.DictReader(USAGE.splitlines()) if one["subscriber"].lstrip("+") == line["subscriber"][1:]
        ]
        for row in sorted(mine, key=lambda one: datetime.fromisoformat(one["started"])):
            event = event_of(row)
            tariff = catalogue.tariffs[offering.tariff or ""]
            fitting = [one for one, asset in held.values() if asset in ("EUR", event.usage_type.unit.value)]
            decided = consume(fitting, tariff, event)
            for ref, taken in {**decided.unit_takes, **decided.money_takes}.items():
                bucket, asset = held[ref]
                if bucket.available is not None:
                    held[ref] = (with_available(bucket, bucket.available - taken), asset)
            answers.append((row["subscriber"], row["started"], decided.priced.total.micros))
    return answers


def event_of(row: dict[str, str]) -> UsageEvent:
    kind = UsageType(row["type"])
    text = row["quantity"]
    return UsageEvent(
        usage_type=kind,
        direction=Direction(row["direction"] or "out"),
        started_at=datetime.fromisoformat(row["started"]),
        quantity=int(text) if text.isdigit() else Quantity.parse(text).amount,
        other_party=row["party"],
        serving_plmn=Plmn.parse(row["network"]),
    )


def test_the_columns_of_the_input_come_back_with_what_rating_adds(tmp_path: Path) -> None:
    paths = written(tmp_path)
    rate(paths, balances=paths["balances"])
    row = next(one for one in read(paths["out"]) if one["quantity"] == "6 GB")
    assert (
        row.items()
        >= {
            "subscriber": "+31610000001",
            "started": "2026-11-14T18:20:00+01:00",
            "cell": "A2",
            "currency": "EUR",
            "verdict": "priced",
            "rule": "data-beyond-allowance",
            "bucket": "robin-sim-only-20/data/2026-10-15",
            "tariff": "robin-sim-only",
        }.items()
    )
    assert row["price"] != "0.000000"
    assert (int(row["covered"]), row["paid"]) == (5_100_000_000, row["price"])
    left = {(one["subscriber"], one["bucket"]): (one["left"], one["taken"]) for one in read(paths["balances"])}
    assert left["+31610000001", "robin-booster-5gb/data"] == ("0", "5000000000")
    assert left["+31610000001", "robin-sim-only-20/data/2026-10-15"] == ("0", "20000000000")
    assert left["+31610000001", "robin-sim-only-20/data/2026-11-15"] == ("19000000000", "1000000000")
    assert left["+31610000002", "robin-prepaid-start/minutes"] == ("0", "12000000")
    assert left["+31610000002", "robin-prepaid-start/messages"] == ("99", "1")
    assert left["+31610000003", "next-invoice"][0] == ""


def test_a_wrong_row_stops_nothing_and_comes_back_with_the_reason(tmp_path: Path) -> None:
    wrong = {
        "+31610000009,2026-11-02T18:00:00Z,sms,out,1,+31612345678,204-04,": "subscriber is '+31610000009'",
        "+31610000001,2026-11-02T18:00:00,sms,out,1,+31612345678,204-04,": "started is '2026-11-02T18:00:00'; expected",
        "+31610000001,2026-11-02T18:00:01Z,smoke,out,1,+31612345678,204-04,": "type is 'smoke'; expected one of voice",
        "+31610000001,2026-11-02T18:00:02Z,sms,up,1,+31612345678,204-04,": "direction is 'up'; expected one of out",
        "+31610000001,2026-11-02T18:00:03Z,sms,out,61 s,+31612345678,204-04,": "quantity is '61 s'; expected",
        "+31610000001,2026-11-02T18:00:04Z,sms,out,,+31612345678,204-04,": "quantity is empty; expected",
        "+31610000001,2026-11-02T18:00:05Z,sms,out,1,+31612345678,204x,": "network is '204x'; expected MCC-MNC",
        "+31610000001,2026-11-02T18:00:06Z,sms,out,1,+31612345678,204-04,,more": "there are more cells than columns",
        "+31610000001,2025-11-02T18:00:07Z,sms,out,1,+31612345678,204-04,": "before the subscriber was activated",
        "+31610000001,2026-11-02T18:00:08Z,sms,out,1,+9991,204-04,": "no rule of tariff robin-sim-only prices sms out",
        "+31610000001,2026-11-02T18:00:09Z,sms,out,-1,+31612345678,204-04,": "the quantity is negative",
        "+31610000004,2026-11-02T18:00:00Z,sms,out,1,+31612345678,204-04,": "subscribers.csv row 4: offering is 'none'",
        "+31610000005,2026-11-02T18:00:00Z,sms,out,1,+31612345678,204-04,": "row 5: cycle_day is '32'; expected a day",
        "+31610000006,2026-11-02T18:00:00Z,sms,out,1,+31612345678,204-04,": "row 6: balance is 'x'; expected a decimal",
    }
    more = (
        "+31610000004,none,2026-01-01T00:00:00Z,,,\n"
        "+31610000005,robin-sim-only-20,2026-01-01T00:00:00Z,32,,\n"
        "+31610000006,robin-prepaid-start,2026-01-01T00:00:00Z,,x,\n"
    )
    good = "+31610000001,2026-11-02T18:00:10Z,sms,out,1,+31612345678,204-04,good"
    paths = written(tmp_path, rows([*wrong, "", good]), SUBSCRIBERS + more)
    found = rate(paths)
    told = refused(paths["out"])
    for row, expected in zip(told, wrong.values(), strict=True):
        assert expected in row["reason"]
    assert [int(one["row"]) for one in told] == list(range(1, len(wrong) + 1))
    assert {one["file"] for one in told} == {"usage.csv"}
    assert [one["cell"] for one in read(paths["out"])] == ["good"]
    assert (found.records, found.rated, sum(found.refused.values())) == (len(wrong) + 1, 1, len(wrong))
    assert found.refused["subscriber"] == 3
    assert len(found.problems) == 3


def test_what_was_refused_can_be_corrected_and_rated(tmp_path: Path) -> None:
    paths = written(tmp_path, rows(["+31610000001,2026-11-02T18:00:03Z,sms,out,one,+31612345678,204-04,A1"]))
    rate(paths)
    again = tmp_path / "corrected.csv"
    text = (tmp_path / "out.csv.rejected.csv").read_text("utf-8")
    again.write_text(text.replace(",one,", ",1,"), encoding="utf-8")
    assert rate(paths, usage=[again]).rated == 1
    assert list(read(paths["out"])[0])[:8] == USAGE.splitlines()[0].split(",")
    assert not (tmp_path / "out.csv.rejected.csv").exists()


def test_a_second_record_with_the_same_id_is_refused(tmp_path: Path) -> None:
    heading = "subscriber,started,type,quantity,party,network,id\n"
    one, other = (f"+3161000000{line},2026-11-02T18:00:00Z,sms,1,+31612345678,204-04" for line in "13")
    paths = written(tmp_path, heading + f"{one},7\n{one},7\n{one},8\n{one},\n{one},\n{other},7\n")
    more = "+31610000003,robin-sim-only-20,2026-01-01T00:00:00Z,,,\n"
    paths = written(tmp_path, paths["usage"].read_text(), SUBSCRIBERS.rsplit("\n", 2)[0] + "\n" + more)
    found = rate(paths)
    assert (found.rated, found.refused) == (5, {"duplicate": 1})
    assert "id is '7', which another record" in refused(paths["out"])[0]["reason"]


def test_headings_that_cannot_be_right_stop_the_run_at_once(tmp_path: Path) -> None:
    paths = written(tmp_path, "subscriber,start,type,Quantity,price\n")
    with pytest.raises(InvalidFields) as found:
        rate(paths)
    told = "\n".join(f"{one.message}; {one.expected}" for one in found.value.problems)
    assert "there is no column 'started'; column 'start' renamed to 'started'" in told
    assert "there is no column 'quantity'; column 'Quantity' renamed" in told
    assert "'price' has the name of a column that rating adds" in told
    assert not paths["out"].exists()


def test_files_that_are_none_are_told(tmp_path: Path) -> None:
    paths = written(tmp_path)
    for usage, out, said in (
        (paths["usage"], tmp_path / "out.xlsx", "neither CSV nor Parquet"),
        (paths["usage"], paths["usage"], "is read in this run"),
        (tmp_path / "subscribers.txt", paths["out"], "neither CSV nor Parquet"),
    ):
        with pytest.raises(Invalid, match=said):
            rate(paths, usage=[usage], out=out)
    (tmp_path / "no.parquet").write_text("no parquet")
    with pytest.raises(Invalid, match="cannot be read as Parquet"):
        rate(paths, usage=[tmp_path / "no.parquet"])


def test_files_as_other_programs_write_them_are_read(tmp_path: Path) -> None:
    paths = written(tmp_path)
    start = b"+31610000001,2026-11-02T18:00:0"
    paths["usage"].write_bytes(
        b"\xef\xbb\xbf"
        + rows([]).strip().encode()
        + b"\r\n"
        + start
        + b"0Z,sms,out,1,+31612345678,204-04,caf\xe9\r\n"
        + b'"'
        + start[:12]
        + b'",2026-11-02T18:00:01Z,sms,out,"1",+31612345678,204-04,"a ""b"", c"\r\n'
    )
    assert rate(paths).rated == 2
    assert [one["cell"] for one in read(paths["out"])] == ["caf\ufffd", 'a "b", c']


def test_files_that_are_damaged_or_of_another_kind_are_told(tmp_path: Path) -> None:
    paths = written(tmp_path)
    paths["usage"].write_text(USAGE.replace(",", ";"), encoding="utf-8")
    with pytest.raises(Invalid, match="separated by ';'"):
        rate(paths)
    paths["usage"].write_bytes(b"subscriber,d\xe9but,type\n")
    with pytest.raises(Invalid, match="its first line is not UTF-8"):
        rate(paths)
    damaged = tmp_path / "damaged.parquet"
    pl.DataFrame({name: ["2026-11-02T18:00:00Z"] * 1000 for name in USAGE.splitlines()[0].split(",")}).write_parquet(
        damaged, compression="uncompressed"
    )
    content = damaged.read_bytes()
    damaged.write_bytes(content[:4] + b"\xff" * 200 + content[204:])
    with pytest.raises(Invalid, match="cannot be read any further"):
        rate(paths, usage=[damaged])
    assert not paths["out"].exists()


def test_parquet_in_and_out_says_the_same_as_csv(tmp_path: Path) -> None:
    paths = written(tmp_path)
    rate(paths, balances=paths["balances"])
    usage = pl.read_csv(paths["usage"], infer_schema=False)
    usage.with_columns(
        pl.col("started").str.replace(" ", "T").str.to_datetime("%+", time_zone="UTC"),
        pl.col("type").cast(pl.Categorical),
    ).write_parquet(tmp_path / "usage.parquet")
    found = rate(
        paths, usage=[tmp_path / "usage.parquet"], out=tmp_path / "out.parquet", balances=tmp_path / "left.parquet"
    )
    assert found.rated == 10
    rated = pl.read_parquet(tmp_path / "out.parquet")
    assert rated.schema["price"] == pl.Decimal(38, 6)
    assert rated.schema["started"] == pl.Datetime("us", "UTC")
    text = pl.read_csv(paths["out"], infer_schema=False)
    assert rated["price"].cast(pl.String).to_list() == text["price"].to_list()
    assert rated.columns == text.columns
    assert len(pl.read_parquet(tmp_path / "left.parquet")) == len(read(paths["balances"]))


def test_many_small_pieces_give_what_one_gives(tmp_path: Path) -> None:
    paths = written(tmp_path)
    rate(paths, balances=paths["balances"])
    rate(paths, balances=tmp_path / "small-left.csv", out=tmp_path / "small.csv", piece_rows=2)
    for one, other in ((paths["out"], tmp_path / "small.csv"), (paths["balances"], tmp_path / "small-left.csv")):
        whole_file, small = (pl.read_csv(path, infer_schema=False) for path in (one, other))
        assert_frame_equal(whole_file, small, check_row_order=False)


def test_files_are_rated_together_and_in_the_order_of_time(tmp_path: Path) -> None:
    paths = written(tmp_path)
    rate(paths)
    heading, *lines = USAGE.splitlines()
    for place in (0, 1):
        text = "".join(f"{line}\n" for line in lines[place::2])
        (tmp_path / f"part-{place}.csv").write_text(f"{heading}\n{text}")
    rate(paths, usage=[tmp_path / "part-1.csv", tmp_path / "part-0.csv"], out=tmp_path / "parts.csv")
    assert (tmp_path / "parts.csv").read_bytes() == paths["out"].read_bytes()


def test_a_time_zone_is_for_instants_that_name_none(tmp_path: Path) -> None:
    usage = rows(
        [
            "+31610000001,2026-11-02 18:00:00,sms,out,1,+31612345678,204-04,",
            "+31610000001,2026-10-25 02:30:00,sms,out,1,+31612345678,204-04,",
        ]
    )
    paths = written(tmp_path, usage)
    found = rate(paths, zone="Europe/Amsterdam")
    assert found.rated == 1
    assert "started is '2026-10-25 02:30:00'" in refused(paths["out"])[0]["reason"]


def test_a_later_catalog_prices_what_was_used_from_its_instant_on(tmp_path: Path) -> None:
    later = tmp_path / "later"
    for name, text in read_folder(ROBIN).items():
        (later / name).parent.mkdir(parents=True, exist_ok=True)
        (later / name).write_text(text.replace("price: 0.07,", "price: 0.08,"), encoding="utf-8")
    call = "31610000002,2026-11-{}T18:30:00Z,sms,out,1,+4912345678,20404,"
    paths = written(tmp_path, rows([call.format("02"), call.format("20")]))
    rate(paths, catalogs=[str(ROBIN), f"{later}@2026-11-10T00:00:00+01:00"])
    before, after = read(paths["out"])
    assert (before["price"], after["price"]) == ("0.070000", "0.080000")
    assert before["catalog"] != after["catalog"]
    with pytest.raises(Invalid, match="the first catalog has no instant"):
        rate(paths, catalogs=[str(ROBIN), str(later)])


def test_who_belongs_together_is_known_from_the_file_of_subscribers(tmp_path: Path) -> None:
    folder = tmp_path / "brand"
    for name, text in read_folder(ROBIN).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    tariff = folder / "tariffs" / "robin-standard.yaml"
    special = "rules:\n" + "".join(
        f"  - rule: {rule}\n    name: {rule}\n    when: {{usage-type: sms, {word}: {value}}}\n    price: free\n"
        for rule, word, value in (
            ("among-friends", "friends-and-family", "family"),
            ("in-the-group", "closed-user-group", "crew"),
            ("for-students", "segment", "student"),
        )
    )
    tariff.write_text(tariff.read_text("utf-8").replace("rules:\n", special, 1), encoding="utf-8")
    heading = "subscriber,offering,activated,friends,groups,segments\n"
    line = "{},robin-prepaid-start,2026-11-01T00:00:00+01:00,{},{},{}\n"
    subscribers = heading + "".join(
        line.format(*one)
        for one in (
            ("+31610000001", "family:+4912345678", "crew other", ""),
            ("+31610000002", "", "crew", ""),
            ("+31610000003", "", "other", "student"),
        )
    )
    sms = "{},2026-11-02T18:30:00Z,sms,out,1,{},20404,"
    pairs = [("+31610000001", "+4912345678"), ("+31610000001", "+31610000002"), ("+31610000003", "+4912345678")]
    pairs += [("+31610000002", "+4912345678")]
    paths = written(tmp_path, rows(sms.format(*pair) for pair in pairs), subscribers)
    rate(paths, catalogs=[str(folder)])
    rules = {(one["subscriber"], one["party"]): one["rule"] for one in read(paths["out"])}
    assert [rules[pair] for pair in pairs] == ["among-friends", "in-the-group", "for-students", "eu-messages"]


def test_a_run_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = written(tmp_path)
    rate(paths)
    before = paths["out"].read_bytes()
    monkeypatch.setattr(whole, "executor", hands(AtOnce(fails_at=5)))
    with pytest.raises(RuntimeError, match="the machine went away"):
        rate(paths, usage=[paths["usage"]], piece_rows=2)
    assert paths["out"].read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["out.csv", "subscribers.csv", "usage.csv"]


def test_nothing_to_rate_is_an_output_with_headings(tmp_path: Path) -> None:
    paths = written(tmp_path, USAGE.splitlines()[0] + "\n")
    for out in (paths["out"], tmp_path / "out.parquet"):
        assert rate(paths, out=out).records == 0
    assert read(paths["out"]) == []
    assert pl.read_parquet(tmp_path / "out.parquet").is_empty()
