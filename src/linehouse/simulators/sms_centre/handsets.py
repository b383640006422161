"""What arrived at handsets, as files: one for each message that the centre took."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from linehouse.simulators.sms_centre.pdu import Submitted

_UDHI = 0x40
_EXTENSION = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|"}
_EURO = 0x65
_ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)


class Sms(msgspec.Struct, frozen=True, kw_only=True):
    """A segment that the centre took. ``reference`` joins the segments of one text; 0 parts mean that it is alone."""

    number: int
    sender: str
    recipient: str
    text: str
    alphabet: str
    reference: int = 0
    part: int = 1
    parts: int = 1
    system_id: str = ""
    receipt: str = "pending"
    outcome: str = "DELIVRD"

    @property
    def centre_id(self) -> str:
        """The centre's number for it, as submit_sm_resp gives it."""
        return f"{self.number:08X}"


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """A text as its reader sees it."""

    sender: str
    recipient: str
    text: str
    parts: int
    missing: int
    alphabet: str
    receipt: str


def read(number: int, message: Submitted, system_id: str, outcome: str, *, receipt: bool) -> Sms:
    """The segment from a submit_sm: its header taken off, its octets read in their alphabet."""
    octets, reference, part, parts = message.octets, 0, 1, 1
    if message.esm_class & _UDHI and octets:
        header, octets = octets[: octets[0] + 1], octets[octets[0] + 1 :]
        if len(header) == 6 and header[1:3] == b"\x00\x03":
            reference, parts, part = header[3], header[4], header[5]
    ucs2 = message.data_coding & 0x0C == 0x08
    return Sms(
        number=number,
        sender=message.source,
        recipient=f"+{message.destination}",
        text=octets.decode("utf-16-be", "replace") if ucs2 else _gsm(octets),
        alphabet="UCS-2" if ucs2 else "GSM 03.38",
        reference=reference,
        part=part,
        parts=parts,
        system_id=system_id,
        receipt="pending" if receipt else "not asked for",
        outcome=outcome,
    )


def _gsm(octets: bytes) -> str:
    found, escaped = [], False
    for octet in octets:
        if escaped:
            found.append("€" if octet == _EURO else _EXTENSION.get(octet, " "))
            escaped = False
        elif octet == 0x1B:
            escaped = True
        else:
            found.append(_ALPHABET[octet] if octet < len(_ALPHABET) else "?")
    return "".join(found)


class Handsets:
    """The folder of everything that the centre took."""

    _lock = threading.Lock()

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "taken"
        self._folder.mkdir(parents=True, exist_ok=True)

    def next_number(self) -> int:
        """A number that no message has yet."""
        with self._lock:
            last = max((int(file.stem) for file in self._folder.glob("*.json")), default=0)
            number = last + 1
            (self._folder / f"{number:08d}.json").touch(exist_ok=False)
            return number

    def keep(self, sms: Sms) -> None:
        """Write the segment down, or what came of its receipt."""
        place = self._folder / f"{sms.number:08d}.json"
        draft = place.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode(sms))
        draft.rename(place)

    def all(self) -> list[Sms]:
        """Every segment, in the order in which it came."""
        files = sorted(self._folder.glob("*.json"))
        return [msgspec.json.decode(content, type=Sms) for file in files if (content := file.read_bytes())]

    def texts(self) -> list[Joined]:
        """Everything as its readers see it, the newest first: the segments of a text joined in their order."""
        groups: dict[tuple[str, str, int, int], list[Sms]] = {}
        for sms in self.all():
            key = (sms.sender, sms.recipient, sms.reference, sms.parts) if sms.parts > 1 else ("", "", sms.number, 0)
            found = groups.setdefault(key, [])
            if len({one.part for one in found}) == sms.parts:
                # The reference has come round: this is another text.
                groups[(*key[:2], -found[0].number, key[3])] = groups.pop(key)
                found = groups.setdefault(key, [])
            found.append(sms)
        joined = [(max(one.number for one in parts), _join(parts)) for parts in groups.values()]
        return [text for _, text in sorted(joined, key=lambda pair: -pair[0])]


def _join(parts: list[Sms]) -> Joined:
    by_place = {one.part: one for one in sorted(parts, key=lambda one: one.number)}
    ordered = [by_place[place] for place in sorted(by_place)]
    first = ordered[0]
    return Joined(
        sender=first.sender,
        recipient=first.recipient,
        text="".join(one.text for one in ordered),
        parts=first.parts,
        missing=first.parts - len(ordered),
        alphabet=first.alphabet,
        receipt=", ".join(dict.fromkeys(f"{one.outcome} {one.receipt}" for one in ordered)),
    )
