"""The file of subscribers: who is rated by which plan. A row that is wrong stops nothing; its usage is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl

from linehouse.catalog.values import BillingMode, Catalogue, OfferingKind, ProductOffering
from linehouse.kernel.outcome import InvalidFields
from linehouse.rating.values import TaxMode
from linehouse.run.rate_files.cells import instants, whole_micros
from linehouse.run.rate_files.layout import MAY_SUBSCRIBE, MUST_SUBSCRIBE, subscriber_problems
from linehouse.run.rate_files.reading import ROW, head_of, scanned

KEY, INDEX = "_key", "_i"
"""What a subscriber is found by, and its place among all."""
PROBLEM = "problem"


def key_of(column: str) -> pl.Expr:
    """A number with or without its plus sign is the same; so is an id that was written with blanks around."""
    return pl.col(column).cast(pl.String).str.strip_chars().str.strip_prefix("+")


def read_subscribers(path: Path, catalogue: Catalogue, zone: str | None) -> pl.DataFrame:
    """One row each: place, key, offering, activated (micros), cycle day, balance (micros), the rest, and the problem.

    Raises InvalidFields for wrong headings, Invalid for a file that cannot be read.
    """
    head = head_of(path)
    if problems := subscriber_problems(path, list(head)):
        raise InvalidFields(tuple(problems))
    wanted = [name for name in (*MUST_SUBSCRIBE, *MAY_SUBSCRIBE) if name in head]
    frame = scanned(path, head).select(pl.col(ROW).cast(pl.Int64) + 1, *wanted).collect()
    frame = frame.with_columns(
        *(_text(name) for name in wanted if name != "activated"),
        *(pl.lit(None, pl.String).alias(name) for name in MAY_SUBSCRIBE if name not in wanted),
    )
    default = catalogue.brand.account_defaults.cycle_day
    frame = frame.with_columns(
        key=key_of("subscriber"),
        since=instants(frame["activated"], zone),
        day=pl.when(pl.col("cycle_day").is_null())
        .then(default)
        .otherwise(pl.col("cycle_day").cast(pl.Int32, strict=False)),
        money=whole_micros(frame["balance"]),
    ).filter(pl.col("key").is_not_null())
    where = pl.format(f"{path.name} row {{}}: ", ROW)
    frame = frame.with_columns((where + _problem(catalogue, frame)).alias(PROBLEM))
    frame = frame.filter(pl.col("key").is_first_distinct())
    return frame.select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias(INDEX),
        pl.col("key").alias(KEY),
        "subscriber",
        "offering",
        pl.col("since").alias("activated"),
        pl.col("day").alias("cycle_day"),
        pl.col("money").alias("balance"),
        "add_ons",
        "friends",
        "groups",
        "segments",
        PROBLEM,
    )


def add_ons_of(text: str | None) -> tuple[tuple[str, datetime], ...]:
    """``robin-booster-5gb@2026-11-10T12:00:00+01:00 …`` as offerings and instants. Raises ValueError."""
    found = []
    for word in (text or "").split():
        key, at, instant = word.partition("@")
        when = datetime.fromisoformat(instant)
        if not at or when.tzinfo is None:
            raise ValueError(word)
        found.append((key, when))
    return tuple(found)


def friends_of(text: str | None) -> tuple[tuple[str, str], ...]:
    """``family:+31612345678 …`` as lists and numbers. Raises ValueError."""
    found = []
    for word in (text or "").split():
        name, colon, number = word.partition(":")
        if not (name and colon and number):
            raise ValueError(word)
        found.append((name, number))
    return tuple(found)


def _text(name: str) -> pl.Expr:
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _problem(catalogue: Catalogue, frame: pl.DataFrame) -> pl.Expr:
    """The first thing that is wrong with a row, else nothing."""
    postpaid = [key for key, one in catalogue.offerings.items() if one.billing_mode is not BillingMode.PREPAID]
    return pl.coalesce(
        pl.when(pl.len().over("key") > 1).then(pl.format("subscriber {} is there twice", "subscriber")),
        _told("offering", frame, lambda text: _wrong_plan(catalogue, text)),
        _says("activated", pl.col("since").is_null(), "an instant with offset, such as 2026-01-01T00:00:00+01:00"),
        _says(
            "cycle_day",
            pl.col("day").is_null() | ~pl.col("day").is_between(1, 31),
            "a day of the month from 1 to 31, or nothing for that of the brand",
        ),
        _says("balance", pl.col("money").is_null() & pl.col("balance").is_not_null(), "a decimal, such as 12.50"),
        _says(
            "balance",
            pl.col("balance").is_not_null() & pl.col("offering").is_in(postpaid),
            "nothing, since the plan is postpaid",
        ),
        _told("add_ons", frame, lambda text: _wrong_add_ons(catalogue, text)),
        _told("friends", frame, _wrong_friends),
    )


def _says(column: str, wrong: pl.Expr, expected: str) -> pl.Expr:
    said = pl.format(f"{column} is '{{}}'; expected {expected}", pl.col(column).cast(pl.String).fill_null(""))
    return pl.when(wrong).then(said)


def _told(column: str, frame: pl.DataFrame, check: Callable[[str], str | None]) -> pl.Expr:
    """What a rule says of a column, asked once for each different text."""
    said = {text: check(text) for text in frame[column].fill_null("").unique()}
    return pl.col(column).fill_null("").replace_strict(said, default=None, return_dtype=pl.String)


def _wrong_plan(catalogue: Catalogue, text: str) -> str | None:
    plan = catalogue.offerings.get(text)
    plans = sorted(key for key, one in catalogue.offerings.items() if one.kind is OfferingKind.PLAN and one.tariff)
    if plan is None or plan.kind is not OfferingKind.PLAN or plan.tariff is None:
        return f"offering is {text!r}; expected a plan with a tariff: {', '.join(plans)}"
    if catalogue.tariffs[plan.tariff].tax_mode is TaxMode.NET and plan.billing_mode is BillingMode.PREPAID:
        return f"offering is {text!r}, whose tariff has prices before tax; expected a plan whose balance pays with tax"
    if catalogue.tariffs[plan.tariff].currency != catalogue.brand.currency:
        return f"offering is {text!r}, whose tariff is not in {catalogue.brand.currency}; expected one that is"
    if depends := _of_others(plan):
        return f"offering is {text!r}, whose allowance {depends!r} rolls over or is shared; expected a plan of one line"
    return None


def _of_others(offering: ProductOffering) -> str | None:
    """The first allowance whose content depends on other lines, or on what was left of the period before."""
    for one in offering.allowances:
        if one.shared is not None or one.terms.rollover is not None:
            return one.key
    return None


def _wrong_add_ons(catalogue: Catalogue, text: str) -> str | None:
    packs = sorted(
        key for key, one in catalogue.offerings.items() if one.kind is not OfferingKind.PLAN and not _of_others(one)
    )
    try:
        unknown = [key for key, _ in add_ons_of(text) if key not in packs]
    except ValueError:
        unknown = [text]
    if not unknown:
        return None
    return f"add_ons is {text!r}; expected KEY@INSTANT words with keys of {', '.join(packs)} and instants with offset"


def _wrong_friends(text: str) -> str | None:
    try:
        friends_of(text)
    except ValueError:
        return f"friends is {text!r}; expected LIST:NUMBER words, such as family:+31612345678"
    return None
