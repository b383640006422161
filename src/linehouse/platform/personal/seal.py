"""Sealing and opening values, for columns that plain SQL or JSON writes. Model fields do it by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from linehouse.platform.personal import keys
from linehouse.platform.personal.cipher import (
    BRAND,
    Head,
    Purpose,
    decrypt,
    decrypt_octets,
    encrypt,
    encrypt_octets,
    head_of,
    head_of_octets,
    is_sealed,
    octets_of,
)
from linehouse.platform.personal.errors import SealBroken


def seal(plain: str, place: str, subject: UUID, purpose: Purpose = Purpose.PERSONAL) -> str:
    """The value as it is stored at ``place`` (``table.column``); nothing stays nothing.

    Raises SubjectErased for a subject whose key was destroyed.
    """
    if not plain:
        return plain
    head = Head(purpose, subject)
    return encrypt(plain.encode(), keys.writing_key(head.owner, purpose), head, place)


def unseal(stored: str, place: str, *, erased: str = "") -> str:
    """The value; ``erased`` when its key was destroyed. Raises SealBroken for what was changed or moved here."""
    if not stored:
        return stored
    head = head_of(stored)
    key = keys.reading_key(head.owner, head.purpose)
    return erased if key is None else decrypt(stored, key, place).decode()


def unseal_many(stored: Iterable[tuple[str, str]], *, erased: str = "") -> list[str]:
    """Many values, each with its place, with one query for their keys."""
    pairs = list(stored)
    for text, _ in pairs:
        if text:
            head = head_of(text)
            keys.want(head.owner, head.purpose)
    return [unseal(text, place, erased=erased) for text, place in pairs]


def unseal_column(stored: Sequence[tuple[str, UUID]], place: str, *, erased: str = "") -> list[str]:
    """Values of one place, each with its row's subject, as plain SQL has read them; with one query for their keys.

    Raises SealBroken for a value that was changed, moved here, or made for another subject than its row's.
    """
    octets = [octets_of(text, place) if text else b"" for text, _ in stored]
    heads = [head_of_octets(value) if value else None for value in octets]
    held = keys.kept_keys({(head.owner, head.purpose) for head in heads if head is not None})
    found = []
    for (_, subject), value, head in zip(stored, octets, heads, strict=True):
        if head is None:
            found.append("")
            continue
        if head.subject != subject:
            raise SealBroken("a stored value belongs to somebody else", field=place, expected="the row's own value")
        key = held[head.owner, head.purpose]
        found.append(erased if key is None else decrypt_octets(value, key, place).decode())
    return found


def seal_octets(plain: bytes, place: str, subject: UUID, purpose: Purpose) -> bytes:
    """A file as it is stored. Raises SubjectErased as ``seal`` does."""
    head = Head(purpose, subject)
    return encrypt_octets(plain, keys.writing_key(head.owner, purpose), head, place)


def unseal_octets(stored: bytes, place: str) -> bytes | None:
    """The file; None when its key was destroyed. Raises SealBroken."""
    head = head_of_octets(stored)
    key = keys.reading_key(head.owner, head.purpose)
    return None if key is None else decrypt_octets(stored, key, place)


def seal_house(plain: str, place: str, row: UUID) -> str:
    """A secret of the brand itself, bound to its row."""
    return seal(plain, place, row, Purpose.HOUSE)


def readable(stored: str) -> bool:
    """Whether it is sealed and its key is still there."""
    if not is_sealed(stored):
        return bool(stored)
    head = head_of(stored)
    return keys.reading_key(head.owner, head.purpose) is not None


__all__ = [
    "BRAND",
    "Purpose",
    "is_sealed",
    "readable",
    "seal",
    "seal_house",
    "seal_octets",
    "unseal",
    "unseal_column",
    "unseal_many",
    "unseal_octets",
]
