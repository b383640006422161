"""What the outside world knows of a brand: its name, its bank account, the folders of its partners' files."""

from __future__ import annotations

from pathlib import Path

import msgspec


class KnownBrand(msgspec.Struct, frozen=True, kw_only=True):
    """Written when a brand is founded, read by the simulators; no secrets."""

    key: str
    name: str
    iban: str
    holder: str
    currency: str
    country: str


def folder(home: Path, key: str) -> Path:
    """The folder of a brand below the home."""
    return home / "brands" / key


def bank_inbox(home: Path, key: str) -> Path:
    """Where the bank leaves statements."""
    return folder(home, key) / "inbox" / "bank"


def usage_inbox(home: Path, key: str) -> Path:
    """Where the host operator leaves usage files."""
    return folder(home, key) / "inbox" / "usage"


def mail_inbox(home: Path, key: str) -> Path:
    """Where mails that come back are left."""
    return folder(home, key) / "inbox" / "mail"


def make_known(home: Path, brand: KnownBrand) -> None:
    """Make the brand's folders and tell the outside world of it."""
    for place in (bank_inbox(home, brand.key), usage_inbox(home, brand.key)):
        place.mkdir(parents=True, exist_ok=True)
    (folder(home, brand.key) / "known.json").write_bytes(msgspec.json.encode(brand))


def known(home: Path) -> list[KnownBrand]:
    """Every brand that was made known, by key."""
    files = sorted((home / "brands").glob("*/known.json"))
    return [msgspec.json.decode(file.read_bytes(), type=KnownBrand) for file in files]


def by_iban(home: Path, iban: str) -> KnownBrand | None:
    """The brand that owns the bank account."""
    return next((brand for brand in known(home) if brand.iban == iban.replace(" ", "")), None)


def forget(home: Path, key: str) -> None:
    """The outside world knows the brand no more; files that partners left stay in its folder."""
    (folder(home, key) / "known.json").unlink(missing_ok=True)
