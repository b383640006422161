"""A format of usage files, as the usage room needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from linehouse.usage.values.records import ParsedFile

Settings = Mapping[str, Any]
"""A feed's words for its reader, as YAML gave them."""


@dataclass(frozen=True, slots=True)
class UsageFormat:
    """A format: how to read it, to know it by its first octets, and to check a feed's settings.

    ``read`` raises FileRefused; ``check`` raises FeedInvalid. ``chargeable`` is false for reports of usage that another
    file brings again to be charged.
    """

    key: str
    name: str
    read: Callable[[bytes, Settings], ParsedFile]
    recognise: Callable[[bytes], bool]
    check: Callable[[Settings], object]
    chargeable: bool = True
