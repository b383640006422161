"""The form of an encrypted value, and AES-256-GCM (NIST SP 800-38D) under it. Knows no database.

``p1.`` and base64url of: one octet for the purpose of the key, 16 for the subject, 12 of nonce, then the ciphertext
with its tag. Purpose, subject and the place (``table.column``) are authenticated, so that a value that was moved to
another column, or whose subject was rewritten, does not open.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from linehouse.platform.personal.errors import SealBroken

PREFIX = "p1."
KEY_BYTES = 32
_NONCE = 12
_HEAD = 17
_HEAD_TEXT = 24
"""Base64 letters that hold the head: 18 octets."""


class Purpose(StrEnum):
    """What a key is for: it decides when the key ends.

    ``PERSONAL`` ends with an erasure; ``LAW`` when the law no longer wants the document; ``HOUSE`` is the brand's own,
    for secrets that belong to no person yet, such as the PUK of a card in stock; ``INDEX`` makes blind indexes.
    """

    PERSONAL = "personal"
    LAW = "law"
    HOUSE = "house"
    INDEX = "index"


_LETTERS = {Purpose.PERSONAL: b"p", Purpose.LAW: b"l", Purpose.HOUSE: b"h", Purpose.INDEX: b"i"}
_PURPOSES = {letter: purpose for purpose, letter in _LETTERS.items()}
BRAND = UUID(int=0)
"""The subject of keys that belong to the brand."""


@dataclass(frozen=True, slots=True)
class Head:
    """Whose key opens a value."""

    purpose: Purpose
    subject: UUID

    @property
    def owner(self) -> UUID:
        """The subject under which the key is kept: a house key is the brand's, whatever row the value stands in."""
        return BRAND if self.purpose in (Purpose.HOUSE, Purpose.INDEX) else self.subject


def is_sealed(text: object) -> bool:
    """Whether it has the form of an encrypted value."""
    return isinstance(text, str) and text.startswith(PREFIX)


def head_of(text: str) -> Head:
    """Whose key opens it. Raises SealBroken for what has another form."""
    try:
        return head_of_octets(urlsafe_b64decode(text[len(PREFIX) : len(PREFIX) + _HEAD_TEXT]))
    except ValueError:
        raise SealBroken("a stored value is no ciphertext", expected="an encrypted value") from None


def encrypt(plain: bytes, key: bytes, head: Head, place: str) -> str:
    """The value as it is stored."""
    return PREFIX + urlsafe_b64encode(encrypt_octets(plain, key, head, place)).decode()


def encrypt_octets(plain: bytes, key: bytes, head: Head, place: str) -> bytes:
    """The same without the text around it, for files."""
    front = _LETTERS[head.purpose] + head.subject.bytes
    nonce = os.urandom(_NONCE)
    return front + nonce + AESGCM(key).encrypt(nonce, plain, front + place.encode())


def decrypt(text: str, key: bytes, place: str) -> bytes:
    """The value. Raises SealBroken when it was changed or stands in another place than it was made for."""
    return decrypt_octets(octets_of(text, place), key, place)


def octets_of(text: str, place: str) -> bytes:
    """An encrypted value without the text around it. Raises SealBroken for what has another form."""
    try:
        return urlsafe_b64decode(text[len(PREFIX) :])
    except ValueError:
        raise _broken(place) from None


def decrypt_octets(octets: bytes, key: bytes, place: str) -> bytes:
    """The same of a file."""
    front, nonce, sealed = octets[:_HEAD], octets[_HEAD : _HEAD + _NONCE], octets[_HEAD + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, sealed, front + place.encode())
    except (ValueError, InvalidTag):
        raise _broken(place) from None


def head_of_octets(octets: bytes) -> Head:
    """Whose key opens a file. Raises SealBroken for what has another form."""
    try:
        return Head(_PURPOSES[octets[:1]], UUID(bytes=octets[1:_HEAD]))
    except (ValueError, KeyError):
        raise SealBroken("a stored file is no ciphertext", expected="an encrypted file") from None


def _broken(place: str) -> SealBroken:
    return SealBroken("a stored value does not open", field=place, expected="the value that was stored here")


def wrap(key: bytes, master: bytes, label: str) -> bytes:
    """A key as it is kept beside the data, bound to its label."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(master).encrypt(nonce, key, label.encode())


def unwrap(wrapped: bytes, master: bytes, label: str) -> bytes:
    """The key. Raises SealBroken for another master or another label."""
    try:
        return AESGCM(master).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], label.encode())
    except (ValueError, InvalidTag):
        raise SealBroken(
            "a wrapped key does not open", field=label, expected="the master key that wrapped it"
        ) from None
