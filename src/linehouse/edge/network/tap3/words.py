"""How TAP writes things: digits, texts, times, offsets (GSMA TD.57, non-tagged common data types)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

_OFFSET = re.compile(r"^([+-])(\d{1,2})(\d{2})$")
_BCD = "0123456789abcde"


def text(octets: bytes | None) -> str:
    """An AsciiString without its padding; octets outside the alphabet are kept as Latin-1."""
    return octets.decode("latin-1").replace("\x00", "").strip(" ") if octets else ""


def digits(octets: bytes | None) -> str:
    """A BCDString: two digits per octet, the high half first, ``f`` fills up the end."""
    if not octets:
        return ""
    found: list[str] = []
    for octet in octets:
        for half in (octet >> 4, octet & 0x0F):
            if half == 0x0F:
                return "".join(found)
            found.append(_BCD[half])
    return "".join(found)


def bcd(number: str) -> bytes:
    """The other way round. Raises ValueError for anything but digits and a to e."""
    halves = [_BCD.index(character) for character in number]
    if len(halves) % 2:
        halves.append(0x0F)
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))


def offset_minutes(written: str) -> int | None:
    """``+0100`` in minutes; the leading zero may be missing (``+100``), as in real files. None when it is neither."""
    match = _OFFSET.match(written.strip())
    if match is None:
        return None
    sign, hours, minutes = match.groups()
    total = int(hours) * 60 + int(minutes)
    if total > 14 * 60:
        return None
    return -total if sign == "-" else total


def local_instant(stamp: str, offset: int | None) -> datetime | None:
    """``CCYYMMDDhhmmss`` at an offset in minutes, as UTC; hour 24 is the next day's hour 0. None when it is no time."""
    if offset is None or len(stamp) != 14 or not stamp.isdigit():
        return None
    day, hour = stamp[:8], stamp[8:10]
    late = hour == "24"
    try:
        local = datetime.strptime(day + ("00" if late else hour) + stamp[10:], "%Y%m%d%H%M%S").replace(
            tzinfo=timezone(timedelta(minutes=offset))
        )
        return (local + timedelta(days=1) if late else local).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def zoned_instant(stamp: Mapping[str, bytes] | None) -> datetime | None:
    """A time that carries its offset."""
    if not stamp:
        return None
    return local_instant(text(stamp.get("localTimeStamp")), offset_minutes(text(stamp.get("utcTimeOffset"))))
