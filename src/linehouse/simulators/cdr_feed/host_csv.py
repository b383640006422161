"""The host operator's CDR file: separated text with a header, local times with their offset, and a trailer."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from linehouse.simulators.cdr_feed.files import Fault, MadeFile, with_faults
from linehouse.simulators.cdr_feed.usage import Use

HEADER = (
    "record_id;service;direction;imsi;msisdn;other_party;start_time;utc_offset;duration;bytes_up;bytes_down;plmn;apn;"
    "cell;cause;charge"
)
_SERVICES = {"voice": "VOICE", "sms": "SMS", "data": "DATA"}
_PER_SECOND, _PER_MESSAGE, _PER_MEGABYTE = 100, 5_000, 900
"""What the host asks, in micro-euros."""


def host_csv(
    uses: tuple[Use, ...],
    day: date,
    *,
    zone: ZoneInfo,
    plmn: str = "204-04",
    number: int = 1,
    faults: frozenset[Fault] = frozenset(),
) -> MadeFile:
    """The day's file ``host-<day>-<number>.csv``. National numbers are written as dialled: ``0612340001``."""
    rows = [_row(use, zone, plmn) for use in with_faults(uses, faults)] if uses else []
    count = len(rows) + (Fault.WRONG_COUNT in faults)
    charge = sum(cost for _, cost in rows) + (Fault.WRONG_CHARGE in faults)
    lines = [HEADER, *(row for row, _ in rows), f"TRL;{count};{_amount(charge)}"]
    if Fault.TRUNCATED in faults:
        lines = lines[:-1]
    return MadeFile(f"host-{day:%Y%m%d}-{number:03d}.csv", ("\r\n".join(lines) + "\r\n").encode())


def _row(use: Use, zone: ZoneInfo, plmn: str) -> tuple[str, int]:
    local = use.started_at.astimezone(zone)
    cost = charge_micros(use)
    cells = (
        str(use.reference),
        _SERVICES[use.kind],
        use.direction.upper(),
        use.subscriber.imsi,
        use.subscriber.msisdn,
        _dialled(use.party, use.direction),
        f"{local:%Y-%m-%d %H:%M:%S}",
        f"{local:%z}",
        str(use.seconds) if use.kind == "voice" else "",
        str(use.octets_up) if use.kind == "data" else "",
        str(use.octets_down) if use.kind == "data" else "",
        plmn,
        use.apn,
        f"{use.reference % 65_536}",
        "0",
        _amount(cost),
    )
    return ";".join(cells), cost


def charge_micros(use: Use) -> int:
    """What the host asks for one use, in micro-euros; incoming usage is free."""
    if use.direction == "in":
        return 0
    if use.kind == "voice":
        return use.seconds * _PER_SECOND
    if use.kind == "sms":
        return _PER_MESSAGE
    return (use.octets_up + use.octets_down) * _PER_MEGABYTE // 1_000_000


def _dialled(party: str, direction: str) -> str:
    if not party:
        return ""
    if party.startswith("31") and direction == "out":
        return f"0{party[2:]}"
    return f"+{party}" if direction == "in" else f"00{party}"


def _amount(micros: int) -> str:
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
