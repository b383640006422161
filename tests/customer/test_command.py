"""Customers at the command line."""

from contextlib import nullcontext

import pytest
from click.testing import CliRunner, Result

from linehouse.run.commands import customer as module

pytestmark = pytest.mark.usefixtures("robin")
ANNA = (
    *("--given-name", "Anna", "--family-name", "de Vries", "--birth-date", "1990-02-28"),
    *("--street", "Keizersgracht 1", "--postcode", "1015CJ", "--city", "Amsterdam", "--country", "NL"),
)


@pytest.fixture(autouse=True)
def brand_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands find the test's brand open."""
    monkeypatch.setattr(module, "brand_at_work", lambda _key: nullcontext())


def run(*arguments: str) -> Result:
    return CliRunner().invoke(module.command, arguments)


def test_register_list_show() -> None:
    done = run("register", *ANNA, "--email", "anna@example.com", "--cycle-day", "15")
    assert done.output == "Customer C-000001 with billing account BA-000001.\n"
    again = run("register", *ANNA, "--email", "anna@example.com")
    assert "Perhaps known already" in again.output
    listed = run("list", "--search", "vries", "--state", "active")
    assert "C-000002" in listed.output
    assert listed.output.endswith("2 of 2\n")
    shown = run("show", "C-000001")
    assert "Keizersgracht 1, 1015 CJ Amsterdam, NL" in shown.output
    assert "BA-000001  EUR, cycle day 15, 14 days to pay, active" in shown.output


def test_wrong_data_are_told_line_by_line() -> None:
    refused = run("register", *ANNA, "--email", "anna", "--language", "fr", "--cycle-day", "40")
    assert refused.exit_code == 2
    assert [line.partition(":")[0] for line in refused.output.splitlines()] == [
        "email",
        "language",
        "account.cycle_day",
    ]
