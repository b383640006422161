"""TAP files: octets to groups and events and back. Each event is decoded alone, so that one bad event stays one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from linehouse.edge.network.asn1 import Module, Value
from linehouse.edge.network.ber import APPLICATION, BerError, Element, Stray, Tag, children, read_element

Group = Mapping[str, Any]

_TRANSFER_BATCH: Tag = (APPLICATION, 1)
_NOTIFICATION: Tag = (APPLICATION, 2)
_EVENTS: Tag = (APPLICATION, 3)
_GROUPS: Mapping[Tag, tuple[str, str]] = {
    (APPLICATION, 4): ("batchControlInfo", "BatchControlInfo"),
    (APPLICATION, 5): ("accountingInfo", "AccountingInfo"),
    (APPLICATION, 6): ("networkInfo", "NetworkInfo"),
    (APPLICATION, 15): ("auditControlInfo", "AuditControlInfo"),
}


@dataclass(frozen=True, slots=True)
class TapEvent:
    """One call event as it stands in the file; ``body`` is None when ``problem`` says why it could not be read."""

    position: int
    offset: int
    size: int
    kind: str
    body: Group | None
    octets: bytes
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TapFile:
    """A transfer batch, or a notification (then only ``batchControlInfo`` is filled, with the notification's items)."""

    groups: Mapping[str, Group]
    events: tuple[TapEvent, ...]
    strays: tuple[Stray, ...]
    notification: bool
    has_events: bool

    def group(self, name: str) -> Group:
        """A group by its name; empty when the file has none."""
        return self.groups.get(name, {})


@cache
def tap_module() -> Module:
    """The module, compiled once per process (about 0.1 s)."""
    return Module(resources.files(__package__).joinpath("tap3.asn").read_text("utf-8"))


def is_tap(data: bytes) -> bool:
    """Whether the octets begin like a TAP file: a notification, or a batch whose first group is Batch Control Info."""
    try:
        outer = _outer(data)
        if outer.tag == _NOTIFICATION:
            return True
        first = next(children(data, outer), None)
    except BerError:
        # A truncated file is still TAP when its first two tags say so; the reader then says where it ends.
        return data[:1] == b"\x61" and b"\x64" in data[2:7]
    return outer.tag == _TRANSFER_BATCH and first is not None and first.tag in _GROUPS


def decode(data: bytes) -> TapFile:
    """Read a whole file. Raises BerError with the offset when the framing is broken or it is no TAP file."""
    outer = _outer(data)
    _require_padding_only(data, outer.after)
    strays: list[Stray] = []
    if outer.tag == _NOTIFICATION:
        _, body = _decode_choice("DataInterChange", data, outer, strays)
        return TapFile({"batchControlInfo": body}, (), tuple(strays), notification=True, has_events=False)
    if outer.tag != _TRANSFER_BATCH:
        raise BerError("neither a transfer batch nor a notification", outer.start)
    groups: dict[str, Group] = {}
    events: list[TapEvent] = []
    has_events = False
    for element in children(data, outer):
        if element.tag == _EVENTS:
            has_events = True
            events.extend(_event(data, child, len(events) + 1, strays) for child in children(data, element, depth=1))
        elif element.tag in _GROUPS and _GROUPS[element.tag][0] not in groups:
            name, type_name = _GROUPS[element.tag]
            groups[name] = tap_module().decode(type_name, data, element, strays)
        else:
            strays.append(Stray(element.tag, element.start))
    return TapFile(groups, tuple(events), tuple(strays), notification=False, has_events=has_events)


def encode(interchange: tuple[str, Value]) -> bytes:
    """``("transferBatch", {...})`` or ``("notification", {...})`` as BER of definite length. Raises ValueError."""
    return tap_module().encode("DataInterChange", interchange)


def _outer(data: bytes) -> Element:
    return read_element(data)


def _require_padding_only(data: bytes, after: int) -> None:
    # Files that passed through block devices are padded; anything else behind the batch is not for us to guess.
    rest = data[after:]
    if rest.strip(b"\x00\r\n "):
        raise BerError("there is more data behind the end of the batch", after)


def _event(data: bytes, element: Element, position: int, strays: list[Stray]) -> TapEvent:
    octets = data[element.start : element.after]
    try:
        kind, body = _decode_choice("CallEventDetail", data, element, strays)
    except BerError as error:
        return TapEvent(position, element.start, element.size, _kind(element.tag), None, octets, str(error))
    return TapEvent(position, element.start, element.size, kind, body, octets)


@cache
def _event_types() -> Mapping[Tag, str]:
    return tap_module().alternatives("CallEventDetail")


def _kind(tag: Tag) -> str:
    name = _event_types().get(tag, "")
    return name[:1].lower() + name[1:]


def _decode_choice(choice: str, data: bytes, element: Element, strays: list[Stray]) -> tuple[str, Group]:
    type_name = tap_module().alternatives(choice).get(element.tag)
    if type_name is None:
        raise BerError(f"an element of unknown type [APPLICATION {element.tag[1]}]", element.start)
    return type_name[:1].lower() + type_name[1:], tap_module().decode(type_name, data, element, strays)
