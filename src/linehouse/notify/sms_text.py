"""How long an SMS is: its alphabet and its segments (3GPP TS 23.038 clause 6.2, TS 23.040 clause 9.2.3.24.1).

Libraries that count segments cut escaped characters and surrogate pairs in two; that is why this is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
_ESCAPE: Final = 0x1B
_CODES: Final = {letter: bytes((place,)) for place, letter in enumerate(_BASIC) if place != _ESCAPE} | {
    letter: bytes((_ESCAPE, code)) for letter, code in _EXTENSION.items()
}
GSM_WHOLE, GSM_PART = 160, 153
"""Septets of one message, and of each segment of a longer one, whose user data header takes seven."""
UCS2_WHOLE, UCS2_PART = 70, 67
"""The same in UTF-16 code units, whose header takes three."""
MOST_SEGMENTS: Final = 255


@dataclass(frozen=True, slots=True)
class Segmented:
    """A text as it goes over the air. ``units`` are septets of GSM 03.38, or UTF-16 code units."""

    alphabet: str
    units: int
    segments: tuple[bytes, ...]
    left: int
    """Units that the last segment still takes."""
    outside: tuple[str, ...]
    """Characters that make it UCS-2."""

    @property
    def is_gsm(self) -> bool:
        """Whether it is in the GSM default alphabet, which holds more than twice as much."""
        return self.alphabet == "GSM 03.38"

    @property
    def count(self) -> int:
        """How many segments are sent, and paid for."""
        return len(self.segments)


def plain_spaces(text: str) -> str:
    """The text with ordinary spaces: one narrow space between amount and currency would make all of it UCS-2."""
    return "".join(" " if letter in "\u00a0\u2007\u2009\u202f" else letter for letter in text)


def segmented(text: str) -> Segmented:
    """The text in its alphabet, cut into segments. No escaped character and no surrogate pair is cut in two."""
    outside = tuple(dict.fromkeys(letter for letter in text if letter not in _CODES))
    if outside:
        pieces = [letter.encode("utf-16-be") for letter in text]
        return _cut("UCS-2", pieces, 2, UCS2_WHOLE, UCS2_PART, outside)
    return _cut("GSM 03.38", [_CODES[letter] for letter in text], 1, GSM_WHOLE, GSM_PART, ())


def _cut(alphabet: str, pieces: list[bytes], octets: int, whole: int, part: int, outside: tuple[str, ...]) -> Segmented:
    total = sum(len(piece) for piece in pieces)
    if total <= whole * octets:
        return Segmented(alphabet, total // octets, (b"".join(pieces),), whole - total // octets, outside)
    segments, now = [], b""
    for piece in pieces:
        if len(now) + len(piece) > part * octets:
            segments.append(now)
            now = b""
        now += piece
    segments.append(now)
    return Segmented(alphabet, total // octets, tuple(segments), part - len(now) // octets, outside)


def decoded(octets: bytes, *, gsm: bool) -> str:
    """The text of a segment, for those who receive it."""
    if not gsm:
        return octets.decode("utf-16-be", "replace")
    back = {code: letter for letter, code in _CODES.items()}
    found, place = [], 0
    while place < len(octets):
        size = 2 if octets[place] == _ESCAPE else 1
        found.append(back.get(octets[place : place + size], "?"))
        place += size
    return "".join(found)
