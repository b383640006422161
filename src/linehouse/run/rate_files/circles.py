"""What subscribers are to each other: lists of friends, closed user groups, and the segments of a customer."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from linehouse.run.rate_files.subscribers import KEY, friends_of

GROUPS = "groups.arrow"
"""In the folder of a run: who is in which closed user groups; only where there are any."""
_OTHER = "_other"


def keep_groups(subscribers: pl.DataFrame, folder: Path) -> None:
    """Write down who is in which groups, since the other party may be in any piece."""
    members = subscribers.filter(pl.col("groups").is_not_null()).select(KEY, "groups")
    if len(members):
        members.write_ipc(folder / GROUPS)


def with_circles(events: pl.DataFrame, subscribers: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The events with the lists, groups and segments that apply; what a record says itself comes first."""
    found = {
        "segments": _segments(events, subscribers),
        "friends": _friends(events, subscribers),
        "groups": _groups(events, subscribers, folder / GROUPS),
    }
    for name, column in found.items():
        if column is not None:
            said = events[name].fill_null(column) if name in events.columns else column
            events = events.with_columns(said.alias(name))
    return events


def _segments(events: pl.DataFrame, subscribers: pl.DataFrame) -> pl.Series | None:
    if subscribers["segments"].null_count() == len(subscribers):
        return None
    return subscribers["segments"].gather(events["subscriber"].cast(pl.UInt32))


def _friends(events: pl.DataFrame, subscribers: pl.DataFrame) -> pl.Series | None:
    has = subscribers.with_row_index("place").filter(pl.col("friends").is_not_null() & pl.col("problem").is_null())
    if not len(has):
        return None
    pairs = [
        (place, number.removeprefix("+"), name)
        for place, text in has.select("place", "friends").iter_rows()
        for name, number in friends_of(text)
    ]
    known = pl.DataFrame(pairs, schema={"subscriber": pl.Int32, _OTHER: pl.String, "lists": pl.String}, orient="row")
    known = known.unique().sort("lists").group_by("subscriber", _OTHER).agg(pl.col("lists").str.join(" "))
    asked = _asked(events)
    return asked.join(known, on=["subscriber", _OTHER], how="left", maintain_order="left")["lists"]


def _groups(events: pl.DataFrame, subscribers: pl.DataFrame, path: Path) -> pl.Series | None:
    if subscribers["groups"].null_count() == len(subscribers) or not path.exists():
        return None
    members = pl.read_ipc(path).rename({KEY: _OTHER, "groups": "theirs"})
    both = (
        _asked(events)
        .with_columns(subscribers["groups"].gather(events["subscriber"].cast(pl.UInt32)).alias("own"))
        .join(members, on=_OTHER, how="left", maintain_order="left")
    )
    own, theirs = pl.col("own").str.split(" "), pl.col("theirs").str.split(" ")
    return both.select(own.list.set_intersection(theirs).list.sort().list.join(" ").alias("groups"))["groups"]


def _asked(events: pl.DataFrame) -> pl.DataFrame:
    return events.select("subscriber", pl.col("party").str.strip_prefix("+").alias(_OTHER))
