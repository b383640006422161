"""Keyed hashes by which an exact value is found without being readable.

HMAC-SHA256 under a key of the brand and of the field, cut to 128 bits: the same value has the same index within one
field of one brand, and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.keys import brand_key

_NOISE = re.compile(r"[\s\-./()]")


def normalised(value: str) -> str:
    """The value as it is compared: without case, accents' form, spaces and separators, so that two ways to write the
    same e-mail address, number or document are one."""
    return (
        _NOISE.sub("", unicodedata.normalize("NFKC", value).casefold())
        if "@" not in value
        else value.strip().casefold()
    )


def blind(of: str, value: str) -> str:
    """The index of a value of the field ``table.column``."""
    return _hash(f"value|{of}|{normalised(value)}").hex()


def blind_words(of: str, words: list[str]) -> list[int]:
    """Indexes of words as whole numbers of 64 bits with sign, in the same order; for arrays."""
    return [int.from_bytes(_hash(f"word|{of}|{word}")[:8], "big", signed=True) for word in words]


def _hash(text: str) -> bytes:
    return hmac.new(brand_key(Purpose.INDEX), text.encode(), hashlib.sha256).digest()[:16]
