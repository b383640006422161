"""The bank's counter: it takes transfers, keeps each account's balance, and leaves the statement in the inbox."""

from __future__ import annotations

import threading
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from linehouse.kernel.money import Money
from linehouse.simulators.bank.statement import BankTransfer, write

_ZONE = ZoneInfo("Europe/Amsterdam")


class _Account(msgspec.Struct):
    micros: int = 0
    statements: int = 0
    bookings: int = 0


class Counter:
    """Keeps its books in one small file below ``folder``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / "accounts.json"
        self._lock = threading.Lock()

    def pay(
        self, inbox: Path, iban: str, amount: Money, booked_on: date, *, payer: str, reference: str = "", text: str = ""
    ) -> Path:
        """Book one transfer to the account and leave its statement in the inbox; returns the file."""
        with self._lock:
            accounts = self._load()
            account = accounts.setdefault(iban, _Account())
            account.statements += 1
            account.bookings += 1
            number = f"{booked_on.year}-{account.statements:05d}"
            transfer = BankTransfer(
                f"{iban[-4:]}{booked_on:%Y%m%d}{account.bookings:06d}",
                amount,
                booked_on,
                payer=payer,
                payer_iban="NL02ABNA0123456789",
                reference=reference,
                text=text,
            )
            made = datetime.combine(booked_on, time(5, 0), tzinfo=_ZONE)
            data = write(number, iban, Money(account.micros, amount.currency), [transfer], made)
            account.micros += amount.micros
            inbox.mkdir(parents=True, exist_ok=True)
            target = inbox / f"camt053-{iban[-4:]}-{number}.xml"
            draft = target.with_suffix(".part")
            draft.write_bytes(data)
            self._save(accounts)
            draft.rename(target)
            return target

    def _load(self) -> dict[str, _Account]:
        if not self._file.exists():
            return {}
        return msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Account])

    def _save(self, accounts: dict[str, _Account]) -> None:
        draft = self._file.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode(accounts))
        draft.rename(self._file)
