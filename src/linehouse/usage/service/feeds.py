"""Feeds as the brand has them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from linehouse.kernel.ids import new_id
from linehouse.platform.work import Actor, unit_of_work
from linehouse.usage.errors import FeedInvalid, FeedUnknown
from linehouse.usage.feeds import Feed, feed_for, parse_feed
from linehouse.usage.formats import format_named, installed
from linehouse.usage.models import UsageFeed


def apply_feeds(folder: Path, *, actor: Actor) -> Sequence[str]:
    """Take in every ``*.yaml`` of a folder, all or none; returns the keys of feeds that are new or changed.

    A feed that has no file any more stays. Raises FeedInvalid that names the file and the word, FormatUnknown.
    """
    described = []
    for file in sorted(folder.glob("*.yaml")):
        try:
            description = yaml.safe_load(file.read_text("utf-8"))
            feed = parse_feed(description)
            format_named(feed.format).check(feed.settings)
        except yaml.YAMLError as error:
            raise FeedInvalid(f"{file.name} is no YAML: {error}", field=file.name) from error
        except FeedInvalid as error:
            raise FeedInvalid(
                f"{file.name}: {error.message}", field=error.field, value=error.value, expected=error.expected
            ) from error
        described.append((feed.key, description))
    changed = []
    with unit_of_work(actor, "usage feeds applied") as work:
        for key, description in described:
            row = UsageFeed.objects.select_for_update().filter(key=key).first()
            if row is not None and row.description == description:
                continue
            row = row or UsageFeed(id=new_id(), key=key, created_at=work.now)
            row.description, row.changed_at = description, work.now
            row.save()
            changed.append(key)
    return changed


def feeds() -> tuple[Feed, ...]:
    """Every feed of the brand, by key."""
    return tuple(parse_feed(row.description) for row in UsageFeed.objects.order_by("key"))


def feed_named(key: str) -> Feed:
    """The feed; raises FeedUnknown."""
    row = UsageFeed.objects.filter(key=key).first()
    if row is None:
        known = " or ".join(UsageFeed.objects.order_by("key").values_list("key", flat=True)) or "no feed is set up yet"
        raise FeedUnknown(f"there is no feed {key!r}", field="source", value=key, expected=known)
    return parse_feed(row.description)


def recognise_feed(name: str, data: bytes) -> Feed:
    """The feed to which a file belongs, by its name and its first octets; raises FeedUnknown."""
    found = feed_for(name, data, feeds(), _format_of)
    if found is None:
        raise FeedUnknown(
            f"{name} belongs to no feed, or to more than one",
            field="name",
            value=name,
            expected=", ".join(f"{pattern} ({feed.key})" for feed in feeds() for pattern in feed.files) or "a feed",
        )
    return found


def _format_of(data: bytes) -> str | None:
    return next((known.key for known in installed() if known.recognise(data)), None)
