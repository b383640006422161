"""Somebody moves from CGRateS: six files become a catalog that can be published, and calls cost what they did."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linehouse.catalog import service as catalog
from linehouse.platform.work import Actor
from linehouse.run.commands.catalog import command as catalog_command
from linehouse.run.commands.rate import command as rate_command
from tests.conftest import ROBIN

SIX = {
    "Timings.csv": "#Tag,Years,Months,MonthDays,WeekDays,Time\nPEAK,*any,*any,*any,1;2;3;4;5,08:00:00\n"
    "EVENING,*any,*any,*any,1;2;3;4;5,19:00:00\n",
    "Destinations.csv": "#Id,Prefix\nNL_MOBILE,+316\nNL,+31\n",
    "Rates.csv": "#Id,ConnectFee,Rate,RateUnit,RateIncrement,GroupIntervalStart\n"
    "DAY,0.05,0.10,60s,60s,0s\nDAY,0,0.10,60s,1s,60s\nLOW,0.05,0.06,60s,1s,0s\nSMS,0,0.08,1,1,0\n",
    "DestinationRates.csv": "#Id,DestinationId,RatesTag,RoundingMethod,RoundingDecimals,MaxCost,MaxCostStrategy\n"
    "DR_DAY,NL,DAY,*up,4,0,\nDR_DAY,NL_MOBILE,DAY,*up,4,0.50,*free\nDR_LOW,NL,LOW,*up,4,0,\n"
    "DR_LOW,NL_MOBILE,LOW,*up,4,0.50,*free\nDR_SMS,*any,SMS,*up,4,0,\n",
    "RatingPlans.csv": "#Id,DestinationRatesId,TimingTag,Weight\nRETAIL,DR_LOW,*any,10\nRETAIL,DR_DAY,PEAK,10\n"
    "RETAIL,DR_LOW,EVENING,10\nMESSAGES,DR_SMS,*any,10\n",
    "RatingProfiles.csv": "#Tenant,Category,Subject,ActivationTime,RatingPlanId,RatesFallbackSubject\n"
    "example.org,call,*any,2024-01-01T00:00:00Z,RETAIL,\nexample.org,sms,*any,2024-01-01T00:00:00Z,MESSAGES,\n",
}


@pytest.fixture
def six(tmp_path: Path) -> Path:
    folder = tmp_path / "six"
    folder.mkdir()
    for name, text in SIX.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROBIN, tmp_path / "robin"))


def take_over(*words: str) -> Result:
    return CliRunner().invoke(catalog_command, ["import-cgrates", *words])


def costs(folder: Path, words: str) -> str:
    asked = ["explain", *words.split(), "--tariff", "cgrates", "--folder", str(folder)]
    return CliRunner().invoke(rate_command, asked, catch_exceptions=False).output.splitlines()[-1]


def test_six_files_become_a_catalog_that_is_published(brand: str, actor: Actor, six: Path, ours: Path) -> None:
    preview = take_over(str(six), "--currency", "EUR", "--prices", "gross", "--time-zone", "Europe/Amsterdam")
    assert preview.exit_code == 0, preview.output
    assert "1 tariffs, 2 zones with 2 prefixes, 3 time bands." in preview.output
    assert "told: Rates.csv, row 3, Rate '0.10': CGRateS rounds what 1 s cost to 5 decimals, 0.00167" in preview.output

    done = take_over(str(six), "--out", str(ours), "--from", "2026-11-01")
    assert done.exit_code == 0, done.output
    text = (ours / "tariffs" / "cgrates.yaml").read_text(encoding="utf-8")
    assert "time-zone: Europe/Amsterdam" in text
    assert '- "85 s to nl at 09:00 on Monday costs 0.1918"' in text

    # 0.05 + 0.10 for the first minute + 25 × 0.00167 = 0.19175, rounded up to four decimals
    assert costs(ours, "85 s to +31201234567 at 10:00 on Monday").startswith(
        "Total 0.19175 EUR, rounded up to 4 decimals: 0.1918"
    )
    assert costs(ours, "85 s to +31201234567 at 20:00 on Monday") == "Total 0.135 EUR (tax included)."
    # The day begins after 60 s at the evening's 0.001 a second: 0.05 + 0.06 + 25 × 0.00167.
    assert costs(ours, "85 s to +31201234567 at 07:59 on Monday").startswith("Total 0.15175 EUR")
    assert costs(ours, "1 h to +31612345678 at 10:00 on Monday") == "Total 0.50 EUR (tax included)."
    assert costs(ours, "1 sms to +4915112345678") == "Total 0.08 EUR (tax included)."

    assert catalog.test_files(ours).red == ()
    published = catalog.apply_files(ours, actor=actor, note="moved from CGRateS")
    assert published.number == 1


def test_what_cannot_be_moved_is_told_and_nothing_is_written(six: Path, ours: Path) -> None:
    rates = six / "Rates.csv"
    rates.write_text(rates.read_text(encoding="utf-8").replace("60s,1s,60s", "60s,1s,90s"), encoding="utf-8")
    refused = take_over(str(six), "--out", str(ours))
    assert refused.exit_code == 2
    assert "refused: Rates.csv, row 3, GroupIntervalStart '90s'" in refused.output
    assert not (ours / "tariffs" / "cgrates.yaml").exists()

    rates.write_text("DAY,0.05\n", encoding="utf-8")
    unreadable = take_over(str(six), "--out", str(ours))
    assert unreadable.exit_code == 2
    assert "Rates.csv, row 1: this row has 2 fields instead of 6" in unreadable.output


def test_files_that_are_there_are_kept(six: Path, ours: Path) -> None:
    assert take_over(str(six), "--out", str(ours)).exit_code == 0
    again = take_over(str(six), "--out", str(ours))
    assert again.exit_code == 2
    assert "--replace writes over them" in again.output
    assert take_over(str(six), "--out", str(ours), "--replace").exit_code == 0
