"""A roaming partner's TAP 3.12 file (GSMA TD.57), written from the tags alone, apart from the codec that reads it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from linehouse.simulators.cdr_feed.files import Fault, MadeFile, with_faults
from linehouse.simulators.cdr_feed.usage import Use

DECIMALS = 5
_PER_MINUTE, _PER_MESSAGE, _PER_MEGABYTE = 2_600, 830, 180
"""What the partner asks, in 10^-5 special drawing rights."""


def _tlv(number: int, content: bytes, *, group: bool = False) -> bytes:
    """One application-class element of definite length (X.690 §8.1)."""
    first = 0x60 if group else 0x40
    if number < 31:
        tag = bytes([first | number])
    elif number < 128:
        tag = bytes([first | 31, number])
    else:
        tag = bytes([first | 31, 0x80 | number >> 7, number & 0x7F])
    size = len(content)
    if size < 128:
        return tag + bytes([size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return tag + bytes([0x80 | len(octets)]) + octets + content


def _group(number: int, *parts: bytes) -> bytes:
    return _tlv(number, b"".join(parts), group=True)


def _text(number: int, value: str) -> bytes:
    return _tlv(number, value.encode("ascii"))


def _integer(number: int, value: int) -> bytes:
    return _tlv(number, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def _digits(number: int, value: str) -> bytes:
    padded = value + "f" * (len(value) % 2)
    return _tlv(number, bytes.fromhex(padded))


def _zoned(number: int, instant: datetime, zone: ZoneInfo) -> bytes:
    local = instant.astimezone(zone)
    return _group(number, _text(16, f"{local:%Y%m%d%H%M%S}"), _text(231, f"{local:%z}"))


class _Offsets:
    """The file's table of UTC offsets: each gets a code when it is first used."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.codes: dict[str, int] = {}

    def coded(self, number: int, instant: datetime) -> bytes:
        local = instant.astimezone(self._zone)
        code = self.codes.setdefault(f"{local:%z}", len(self.codes) + 1)
        return _group(number, _text(16, f"{local:%Y%m%d%H%M%S}"), _integer(232, code))


def roaming_tap(
    uses: tuple[Use, ...],
    made_at: datetime,
    *,
    sender: str,
    recipient: str,
    number: int,
    zone: ZoneInfo,
    faults: frozenset[Fault] = frozenset(),
) -> MadeFile:
    """The file ``CD<sender><recipient><number>`` with these uses, made at that instant in the partner's ``zone``."""
    offsets = _Offsets(zone)
    listed = with_faults(uses, faults) if uses else ()
    events = [_event(use, offsets) for use in listed]
    charge = sum(charge_units(use) for use in listed) + (Fault.WRONG_CHARGE in faults)
    count = len(events) + (Fault.WRONG_COUNT in faults)
    release = 42 if Fault.UNKNOWN_VERSION in faults else 12
    control = _group(
        4,
        _text(196, sender),
        _text(182, recipient),
        _text(109, f"{number:05d}"),
        _zoned(108, made_at, zone),
        _zoned(227, made_at, zone),
        _zoned(107, made_at, zone),
        _integer(201, 3),
        _integer(189, release),
    )
    rates = _group(80, _group(106, _integer(105, 1), _integer(159, 5), _integer(104, 122_514)))
    accounting = _group(5, _text(135, "EUR"), rates, _integer(244, DECIMALS))
    table = (_group(233, _integer(232, code), _text(231, offset)) for offset, code in offsets.codes.items())
    entities = (
        _group(183, _integer(184, 1), _integer(186, 1), _text(400, "MSC1")),
        _group(183, _integer(184, 2), _integer(186, 4), _text(400, "192.0.2.10")),
    )
    network = _group(6, _group(234, *table), _group(188, *entities))
    starts = [use.started_at for use in listed] or [made_at]
    audit = _group(
        15,
        _zoned(101, min(starts), zone),
        _zoned(133, max(starts), zone),
        _integer(415, charge),
        _integer(226, 0),
        _integer(225, 0),
        _integer(43, count),
    )
    data = _group(1, control, accounting, network, _group(3, *events), audit)
    if Fault.TRUNCATED in faults:
        data = data[: len(data) * 2 // 3]
    return MadeFile(f"CD{sender}{recipient}{number:05d}", data)


def charge_units(use: Use) -> int:
    """What the partner asks for one use, in 10^-5 SDR: calls by the begun minute, data by the begun megabyte."""
    if use.kind == "sms":
        return 0 if use.direction == "in" else _PER_MESSAGE
    if use.kind == "voice":
        return 0 if use.direction == "in" else -(-use.seconds // 60) * _PER_MINUTE
    return -(-(use.octets_up + use.octets_down) // 1_000_000) * _PER_MEGABYTE


def _charges(use: Use, item: str, units: int) -> bytes:
    detail = _group(63, _text(71, "00"), _integer(62, charge_units(use)), _integer(65, units))
    levels = _group(258, _integer(259, 2), _integer(255, 0), _integer(256, 0))
    return _group(70, _group(69, _text(66, item), _integer(105, 1), levels, _group(64, detail)))


def _sim(use: Use) -> bytes:
    return _group(427, _group(199, _digits(129, use.subscriber.imsi), _digits(152, use.subscriber.msisdn)))


def _event(use: Use, offsets: _Offsets) -> bytes:
    if use.kind == "data":
        return _gprs(use, offsets)
    is_sms = use.kind == "sms"
    outgoing = use.direction == "out"
    if outgoing:
        recipient = _text(419, use.party) if is_sms else b""
        peer = _group(89, _digits(407, "31653131313" if is_sms else use.party), recipient)
    else:
        peer = _group(41, _digits(405, use.party))
    basic = _group(
        147 if outgoing else 153,
        _sim(use),
        peer,
        offsets.coded(44, use.started_at),
        _integer(223, use.seconds),
    )
    reference = _tlv(45, use.reference.to_bytes(4, "big"))
    place = _group(
        138, _group(156, _integer(184, 1), reference, _integer(136, 1847), _integer(59, use.reference % 65_536))
    )
    tele = {(True, True): "22", (True, False): "21"}.get((is_sms, outgoing), "11")
    service = _group(36, _group(426, _text(218, tele)))
    used = _group(38, _group(39, service, _charges(use, "E" if is_sms else "D", use.seconds)))
    return _group(9 if outgoing else 10, basic, place, used)


def _gprs(use: Use, offsets: _Offsets) -> bytes:
    basic = _group(
        114,
        _group(115, _sim(use)),
        _group(116, _text(261, use.apn)),
        offsets.coded(44, use.started_at),
        _integer(223, use.seconds),
        _integer(72, use.reference),
    )
    place = _group(117, _group(118, _group(185, _integer(184, 2)), _integer(136, 1847)))
    total = use.octets_up + use.octets_down
    used = _group(121, _integer(250, use.octets_down), _integer(251, use.octets_up), _charges(use, "X", total))
    return _group(14, basic, place, used)
