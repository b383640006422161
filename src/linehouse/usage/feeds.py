"""Feeds: where usage files come from, and what is known of each source; described in YAML, checked when taken in."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Plmn
from linehouse.usage.errors import FeedInvalid

_WORDS = frozenset(
    {"key", "name", "format", "files", "country", "home-networks", "home-codes", "networks", "senders", "recipients"}
    | {"corrections", "chargeable", "maximum-age-days", "clock-skew-minutes", "settings"}
)
ONE_YEAR = timedelta(days=365)
_SKEW_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Feed:
    """One source of usage files.

    ``files`` are name patterns; ``country`` is where its national numbers are dialled; ``home_networks`` and
    ``home_codes`` (TADIG) are not roaming; ``networks`` gives partners' PLMN by TADIG code. Empty ``senders`` or
    ``recipients`` mean that any is taken. A record that began longer ago than ``maximum_age``, or more than
    ``clock_skew`` ahead of the business clock, goes to suspense.
    """

    key: str
    name: str
    format: str
    files: tuple[str, ...]
    country: str
    home_networks: frozenset[Plmn] = frozenset()
    home_codes: frozenset[str] = frozenset()
    networks: Mapping[str, Plmn] = field(default_factory=dict)
    senders: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    corrections: bool = False
    chargeable: bool = True
    maximum_age: timedelta = ONE_YEAR
    clock_skew: timedelta = timedelta(minutes=_SKEW_MINUTES)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def takes(self, file_name: str) -> bool:
        """Whether a file of that name belongs to this feed; letter case does not matter."""
        lowered = file_name.lower()
        return any(fnmatch.fnmatchcase(lowered, pattern.lower()) for pattern in self.files)


def parse_feed(described: Any) -> Feed:
    """A feed from its YAML mapping. Raises FeedInvalid that names the word, its value and what would be right."""
    if not isinstance(described, Mapping):
        raise FeedInvalid("a feed is a mapping", expected="key: …, format: …")
    for word in described:
        if word not in _WORDS:
            raise FeedInvalid(
                f"{word!r} is no word of a feed",
                field=str(word),
                value=described[word],
                expected=" or ".join(sorted(_WORDS)),
            )
    return Feed(
        key=_text(described, "key"),
        name=str(described.get("name") or described["key"]),
        format=_text(described, "format"),
        files=_texts(described, "files", needed=True),
        country=_country(described),
        home_networks=frozenset(_plmn(one, "home-networks") for one in _texts(described, "home-networks")),
        home_codes=frozenset(_texts(described, "home-codes")),
        networks={str(code): _plmn(plmn, f"networks.{code}") for code, plmn in _mapping(described, "networks").items()},
        senders=frozenset(_texts(described, "senders")),
        recipients=frozenset(_texts(described, "recipients")),
        corrections=_flag(described, "corrections", otherwise=False),
        chargeable=_flag(described, "chargeable", otherwise=True),
        maximum_age=timedelta(days=_count(described, "maximum-age-days", ONE_YEAR.days)),
        clock_skew=timedelta(minutes=_count(described, "clock-skew-minutes", _SKEW_MINUTES)),
        settings=_mapping(described, "settings"),
    )


def _text(described: Mapping[str, Any], word: str) -> str:
    value = described.get(word)
    if not isinstance(value, str) or not value:
        raise FeedInvalid(f"a feed needs a {word}", field=word, value=value, expected="a text")
    return value


def _texts(described: Mapping[str, Any], word: str, *, needed: bool = False) -> tuple[str, ...]:
    value = described.get(word, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value) or (needed and not value):
        raise FeedInvalid(f"{word} is a list of texts", field=word, value=value, expected=f"{word}: [one, two]")
    return tuple(value)


def _mapping(described: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    value = described.get(word) or {}
    if not isinstance(value, Mapping):
        raise FeedInvalid(f"{word} is a mapping", field=word, value=value, expected=f"{word}: {{name: value}}")
    return value


def _country(described: Mapping[str, Any]) -> str:
    value = _text(described, "country")
    if len(value) != 2 or not (value.isascii() and value.isalpha() and value.isupper()):
        raise FeedInvalid("a country has two letters", field="country", value=value, expected="ISO 3166-1, such as NL")
    return value


def _plmn(value: Any, word: str) -> Plmn:
    try:
        return Plmn.parse(str(value))
    except Invalid as error:
        raise FeedInvalid(error.message, field=word, value=value, expected="such as 204-04, in quotes") from error


def _flag(described: Mapping[str, Any], word: str, *, otherwise: bool) -> bool:
    value = described.get(word, otherwise)
    if not isinstance(value, bool):
        raise FeedInvalid(f"{word} is yes or no", field=word, value=value, expected="true or false")
    return value


def _count(described: Mapping[str, Any], word: str, otherwise: int) -> int:
    value = described.get(word, otherwise)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FeedInvalid(f"{word} is a whole number", field=word, value=value, expected=str(otherwise))
    return value


def feed_for(name: str, data: bytes, feeds: tuple[Feed, ...], recognise: Callable[[bytes], str | None]) -> Feed | None:
    """The feed to which a file belongs: by its name first; where several or none fit, by what its octets begin like."""
    named = [feed for feed in feeds if feed.takes(name)]
    if len(named) == 1:
        return named[0]
    looks_like = recognise(data)
    alike = [feed for feed in named or feeds if feed.format == looks_like]
    return alike[0] if len(alike) == 1 else None
