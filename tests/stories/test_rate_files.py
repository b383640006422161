"""A month of files is rated at the command line: what is refused is corrected and rated, and every sum agrees."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import polars as pl

from tests.conftest import ROBIN

SOURCE = Path(__file__).resolve().parents[2] / "src"
SUBSCRIBERS = """\
subscriber,offering,activated,balance
+31610000001,robin-sim-only-20,2026-01-01T00:00:00+01:00,
+31610000002,robin-prepaid-start,2026-11-01T00:00:00+01:00,10.00
"""
HEADING = "subscriber,started,type,direction,quantity,party,network,switch\n"
CALLS = [
    f"+3161000000{line},2026-11-{day:02}T{hour:02}:00:00+01:00,{kind},out,{quantity},{party},204-04,AMS{line}\n"
    for day in range(1, 29)
    for hour, kind, quantity, party in (
        (8, "voice", "10 min", "+31612345678"),
        (12, "data", "800 MB", ""),
        (17, "sms", "3", "+31612345678"),
        (20, "voice", "90 s", "+12125550123"),
    )
    for line in (1, 2)
]
WRONG = "+31610000001,2026-11-29T10:00:00+01:00,voice,out,ten minutes,+31612345678,204-04,AMS1\n"


def linehouse(*words: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", "linehouse.run.cli", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)


def test_a_month_of_files_is_rated_corrected_and_adds_up(tmp_path: Path) -> None:
    (tmp_path / "subscribers.csv").write_text(SUBSCRIBERS, encoding="utf-8")
    (tmp_path / "usage.csv").write_text(HEADING + "".join(CALLS) + WRONG, encoding="utf-8")
    files = ["--catalog", ROBIN, "--subscribers", tmp_path / "subscribers.csv"]
    done = linehouse(
        *("rate", *files, "--usage", tmp_path / "usage.csv", "--out", tmp_path / "rated.parquet"),
        *("--balances", tmp_path / "left.csv", "--json"),
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["records"], said["rejected"]) == (len(CALLS) + 1, {"quantity": 1})

    rated = pl.read_parquet(tmp_path / "rated.parquet")
    assert len(rated) == len(CALLS)
    price = rated["price"].sum()
    assert price == Decimal(said["total"]["EUR"]) == sum(Decimal(one["price"]) for one in said["sums"])
    assert set(rated["switch"]) == {"AMS1", "AMS2"}

    with (tmp_path / "left.csv").open(newline="", encoding="utf-8") as file:
        left = {(row["subscriber"][-1], row["bucket"]): row for row in csv.DictReader(file)}
    owed = rated.filter(pl.col("subscriber").str.ends_with("1"))["price"].sum()
    assert Decimal(left["1", "next-invoice"]["taken"]) / 10**6 == owed
    prepaid = rated.filter(pl.col("subscriber").str.ends_with("2"))
    money = sum(int(row["taken"]) for (line, _), row in left.items() if line == "2" and row["asset"] == "EUR")
    assert Decimal(money) / 10**6 == prepaid["paid"].sum()
    used = prepaid.filter(pl.col("bucket") == "robin-prepaid-start/minutes")["covered"].sum()
    assert int(left["2", "robin-prepaid-start/minutes"]["taken"]) >= used > 0

    refused = tmp_path / "rated.parquet.rejected.csv"
    assert "quantity is 'ten minutes'; expected" in refused.read_text("utf-8")
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(refused.read_text("utf-8").replace("ten minutes", "10 min"), encoding="utf-8")
    done = linehouse("rate", *files, "--usage", corrected, "--out", tmp_path / "more")
    assert done.returncode == 0, done.stderr
    more = pl.read_parquet(tmp_path / "more" / "*.parquet")
    assert more.select("quantity", "verdict", "covered").rows() == [("10 min", "priced", 600_000)]
    assert more.columns == rated.columns
