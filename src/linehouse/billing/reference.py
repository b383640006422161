"""Payment references that a bank checks: the creditor reference of ISO 11649 (``RF`` and two check digits)."""

from __future__ import annotations

from linehouse.kernel.error import Invalid

_LONGEST = 21


def _as_number(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text))


def creditor_reference(number: str) -> str:
    """The reference for a document number: letters and digits of it, behind ``RF`` and the check digits (mod 97-10).

    Raises Invalid for a number without a letter or digit, or with more than 21 of them.
    """
    core = "".join(c for c in number.upper() if c.isascii() and c.isalnum())
    if not 1 <= len(core) <= _LONGEST:
        raise Invalid("no creditor reference", field="number", value=number, expected="1 to 21 letters and digits")
    return f"RF{98 - _as_number(core + 'RF00') % 97:02d}{core}"


def is_creditor_reference(text: str) -> bool:
    """Whether the text is a creditor reference with right check digits; blanks between groups are allowed."""
    plain = text.replace(" ", "").upper()
    if not (plain.startswith("RF") and plain.isascii() and plain.isalnum() and 5 <= len(plain) <= 25):
        return False
    return plain[2:4].isdigit() and _as_number(plain[4:] + plain[:4]) % 97 == 1


def grouped(reference: str) -> str:
    """For people: groups of four, ``RF18 5390 0754 7034``."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))
