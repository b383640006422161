"""The columns of the files: their names, which must be there, and what is told about a name that is none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from linehouse.kernel.outcome import Problem


class Form(StrEnum):
    """How an output is written, as its name says."""

    CSV = ".csv"
    PARQUET = ".parquet"
    FOLDER = ""
    """A folder of Parquet files, one for each piece: no last step puts them together."""

    @classmethod
    def of(cls, path: Path) -> Form | None:
        """The form of an output of that name; None: no form."""
        ending = path.suffix.lower()
        return cls(ending) if ending in set(cls) else None


NEEDED = ("subscriber", "started", "type", "quantity")
"""Columns without which usage cannot be rated."""
POSSIBLE = (
    "direction",
    "party",
    "network",
    "country",
    "apn",
    "rating_group",
    "service",
    "on_net",
    "party_network",
    "groups",
    "friends",
    "segments",
    "correction",
    "amount",
    "ended",
    "utc_offset",
    "id",
)
"""Columns that usage may have besides. ``id``: a second record of a subscriber with the same one is refused."""
RATED = ("price", "currency", "verdict", "rule", "covered", "bucket", "paid", "tariff", "catalog")
"""Columns that are added to those of the input."""
REFUSED = ("file", "row", "reason")
"""Columns of the file of refused rows besides those of the input; where they come in again, they are left out."""
BALANCES = ("subscriber", "bucket", "asset", "valid_from", "valid_until", "left", "taken")
"""Columns of the file of what is left."""
MUST_SUBSCRIBE = ("subscriber", "offering", "activated")
MAY_SUBSCRIBE = ("cycle_day", "balance", "add_ons", "friends", "groups", "segments")
"""Columns of the file of subscribers; others in it are not looked at."""


def heading_problems(path: Path, names: Sequence[str]) -> list[Problem]:
    """What is wrong with the column names of a file of usage: missing, written twice, misspelt, or taken."""
    found = [*_missing(path, names, NEEDED)]
    twice = sorted({name for name in names if names.count(name) > 1})
    found += [_problem(f"{path}: column {name!r} is there twice", name, "each column once") for name in twice]
    known = (*NEEDED, *POSSIBLE)
    for name in names:
        if name in known or name in REFUSED:
            continue
        if name in RATED:
            message = f"{path}: column {name!r} has the name of a column that rating adds"
            found.append(_problem(message, name, f"another name, such as {name}_before"))
        elif like := _like(name, [one for one in known if one not in names]):
            found.append(_problem(f"{path}: column {name!r} is not known", name, f"{like!r}, or a name less like it"))
    return found


def subscriber_problems(path: Path, names: Sequence[str]) -> list[Problem]:
    """The same for a file of subscribers."""
    known = (*MUST_SUBSCRIBE, *MAY_SUBSCRIBE)
    free = [one for one in known if one not in names]
    strange = [(name, _like(name, free)) for name in names if name not in known]
    return [
        *_missing(path, names, MUST_SUBSCRIBE),
        *(
            _problem(f"{path}: column {name!r} is not known", name, f"{like!r}, or a name less like it")
            for name, like in strange
            if like
        ),
    ]


def _missing(path: Path, names: Sequence[str], needed: Iterable[str]) -> Iterable[Problem]:
    for name in needed:
        if name not in names:
            like = _like(name, names)
            there = f"column {like!r} renamed to {name!r}" if like else f"a column {name!r} beside {', '.join(names)}"
            yield _problem(f"{path}: there is no column {name!r}", name, there)


def _like(name: str, others: Sequence[str]) -> str:
    plain = {one.lower().replace("-", "_").replace(" ", "_"): one for one in others}
    close = get_close_matches(name.lower().replace("-", "_").replace(" ", "_"), list(plain), n=1, cutoff=0.8)
    return plain[close[0]] if close else ""


def _problem(message: str, column: str, expected: str) -> Problem:
    return Problem("rate.heading", message, column, column, expected)
