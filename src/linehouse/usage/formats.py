"""The formats that can be read. This room knows what a reader must give; edge/network brings the readers at start."""

from __future__ import annotations

from linehouse.usage.errors import FormatUnknown
from linehouse.usage.values import UsageFormat

_installed: dict[str, UsageFormat] = {}


def install_format(usage_format: UsageFormat) -> None:
    """Make a format known in this process; again changes nothing."""
    _installed[usage_format.key] = usage_format


def installed() -> tuple[UsageFormat, ...]:
    """Every format, by key."""
    return tuple(known for _, known in sorted(_installed.items()))


def format_named(key: str) -> UsageFormat:
    """The format; raises FormatUnknown."""
    try:
        return _installed[key]
    except KeyError:
        raise FormatUnknown(
            f"there is no reader for {key!r}", field="format", value=key, expected=" or ".join(sorted(_installed))
        ) from None
