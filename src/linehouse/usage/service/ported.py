"""Numbers that were ported: taken in from files, asked about when usage is priced."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path

from linehouse.catalog import service as catalog
from linehouse.platform.work import Actor, unit_of_work
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.service import PortedNumbers, read_ported
from linehouse.usage import store

_PAGE = 20_000


def load_ported(file: Path, *, actor: Actor) -> int:
    """Take in a CSV file of moves (``number,network,since``), all or none; returns how many were new or changed.

    National numbers are the brand's country's, days are its time zone's. Raises SourceTextInvalid.
    """
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as problem:
        raise SourceTextInvalid(
            f"{file.name}: not UTF-8 at byte {problem.start}", field="file", value=file.name
        ) from None
    changed = 0
    with unit_of_work(actor, "ported numbers loaded") as work:
        brand = catalog.published(work.now).brand
        moves = read_ported(text, file.name, country=brand.country, zone=brand.zone)
        while page := list(islice(moves, _PAGE)):
            changed += store.put_ported(page, file.name, work.now)
    return changed


def ported(questions: Iterable[tuple[str, datetime]]) -> PortedNumbers:
    """What is known of these numbers (E.164 digits, with or without plus) up to the latest instant asked about."""
    asked = [(number.removeprefix("+"), at) for number, at in questions]
    if not asked:
        return PortedNumbers(())
    return PortedNumbers(store.ported({number for number, _ in asked}, max(at for _, at in asked)))
