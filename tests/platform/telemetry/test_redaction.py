"""What never reaches a log."""

import pytest

from linehouse.platform.telemetry.redaction import HIDDEN, redacted, redacted_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail to ada@robin-mobile.example failed", "mail to [e-mail] failed"),
        ("number 31612345678 is taken", "number [number] is taken"),
        ("number +31612345678 is taken", "number [number] is taken"),
        ("called +31 6 1234 5678.", "called [number]."),
        ("SIM 8931440300001234567 unknown", "SIM [number] unknown"),
        ("account NL02ABNA0123456789 closed", "account [iban] closed"),
        ("account NL02 ABNA 0123 4567 89 closed", "account [iban] closed"),
        ("postgresql://ada:secret@db.example:5432/x", f"postgresql://{HIDDEN}@db.example:5432/x"),
    ],
)
def test_personal_values_in_text_are_replaced(text: str, shown: str) -> None:
    assert redacted_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "invoice INV-2026-000123 of BA-000001 issued",
        "job 01a20ff6-d93c-79da-83d7-765d463c940c done",
        "file CDNLDRMNLDKP00123 of 20261101080000 took 12345678 micros".replace(
            "20261101080000", "2026-11-01T08:00:00Z"
        ),
        "amount 18.000000 EUR",
        "/brands/robin/inbox/usage/host_20261101080000.csv",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_what_helps_to_find_a_fault_stays(text: str) -> None:
    assert redacted_text(text) == text


def test_names_hide_values_at_any_depth() -> None:
    event = {"customer": {"email": "x", "number": "C-000001", "tries": 3}, "tokens": ["a"], "msisdn": 31612345678}
    assert redacted("", event) == {
        "customer": {"email": HIDDEN, "number": "C-000001", "tries": 3},
        "tokens": HIDDEN,
        "msisdn": HIDDEN,
    }


def test_endless_nesting_ends() -> None:
    knot: dict[str, object] = {}
    knot["again"] = knot
    assert HIDDEN in str(redacted("", knot))
