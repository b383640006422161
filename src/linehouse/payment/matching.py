"""Whose money is it: from what a bank entry says to one invoice or one account, or a reason why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from linehouse.billing.reference import creditor_reference, is_creditor_reference
from linehouse.payment.values import OpenInvoice, StatementEntry

_TOP_UP = re.compile(r"RF\d\dTU(\d{6,15})")
_WORD = re.compile(r"[A-Z0-9][A-Z0-9/-]{3,34}")


@dataclass(frozen=True, slots=True)
class Match:
    """The invoice that the entry names, and how it was recognised."""

    invoice: OpenInvoice
    by: str


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nothing certain was found, and why."""

    reason: str


def plain(text: str) -> str:
    """A reference without blanks and punctuation, in capitals: how references are compared."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def candidates(entry: StatementEntry) -> tuple[str, ...]:
    """Everything in the entry that may be a reference, the most certain first: structured, end-to-end, text, words.

    Two words that stand side by side may be one reference that a person wrote in groups.
    """
    words = _WORD.findall(entry.text.upper())
    grouped = [plain(entry.text)] if len(entry.text) <= 40 else []
    found = [entry.reference, entry.end_to_end, *grouped, *words]
    return tuple(dict.fromkeys(p for p in (plain(text) for text in found) if len(p) >= 4))


def top_up_reference(digits: str) -> str:
    """The creditor reference (ISO 11649) by which a bank transfer tops up the line with this number."""
    return creditor_reference(f"TU{digits}")


def line_to_top_up(entry: StatementEntry) -> str:
    """The digits of the number whose top-up reference the entry carries, its check digits looked at; empty for none, or
    where it carries several."""
    texts = (*candidates(entry), plain(entry.text))
    found = {hit.group(1) for text in texts for hit in _TOP_UP.finditer(text) if is_creditor_reference(hit.group())}
    return found.pop() if len(found) == 1 else ""


def match(entry: StatementEntry, invoices_by: Callable[[tuple[str, ...]], list[OpenInvoice]]) -> Match | NoMatch:
    """Find the invoice that the entry names.

    ``invoices_by`` gives the invoices whose plain reference or number is among the candidates. An entry that names two
    accounts is left to a person: money is never given on a guess.
    """
    wanted = candidates(entry)
    if not wanted:
        return NoMatch("the entry carries no reference")
    found = invoices_by(wanted)
    if not found:
        return NoMatch("no invoice has the reference that the entry carries")
    if len({invoice.billing_account_id for invoice in found}) > 1:
        return NoMatch("the entry names invoices of different accounts")

    def place(invoice: OpenInvoice) -> int:
        keys = (plain(invoice.reference), plain(invoice.number))
        return min(wanted.index(key) for key in keys if key in wanted)

    best = min(found, key=lambda invoice: (place(invoice), invoice.due_on, invoice.number))
    if best.open.currency != entry.amount.currency:
        return NoMatch(f"the invoice is in {best.open.currency}, the entry in {entry.amount.currency}")
    how = "structured reference" if plain(entry.reference) in (plain(best.reference), plain(best.number)) else "text"
    return Match(best, how)
