"""NRTRDE files: octets to header and events and back; each event is decoded alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from linehouse.edge.network.asn1 import Module, Value
from linehouse.edge.network.ber import APPLICATION, BerError, Element, Stray, Tag, children, header, read_element
from linehouse.edge.network.tap3.codec import Group

_OUTER: Tag = (APPLICATION, 1)
_EVENTS: Tag = (APPLICATION, 2)
_VERSION: Tag = (APPLICATION, 41)


@dataclass(frozen=True, slots=True)
class NrtrdeEvent:
    """One reported event; ``body`` is None when ``problem`` says why it could not be read."""

    position: int
    offset: int
    size: int
    kind: str
    body: Group | None
    octets: bytes
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NrtrdeFile:
    """The header's items and the events."""

    head: Group
    events: tuple[NrtrdeEvent, ...]
    strays: tuple[Stray, ...]


@cache
def nrtrde_module() -> Module:
    """The module, compiled once per process."""
    return Module(resources.files(__package__).joinpath("nrtrde.asn").read_text("utf-8"))


def is_nrtrde(data: bytes) -> bool:
    """Whether the octets begin like a report: TAP's outer tag, but an item of the header first instead of a group."""
    try:
        outer = read_element(data)
        first = next(children(data, outer), None)
    except BerError:
        return data[:1] == b"\x61" and b"\x5f\x29" in data[2:9]
    return outer.tag == _OUTER and first is not None and not first.constructed


def decode(data: bytes) -> NrtrdeFile:
    """Read a whole file. Raises BerError with the offset when the framing is broken or it is no NRTRDE file."""
    outer = read_element(data)
    if outer.tag != _OUTER:
        raise BerError("no NRTRDE report", outer.start)
    if data[outer.after :].strip(b"\x00\r\n "):
        raise BerError("there is more data behind the end of the report", outer.after)
    strays: list[Stray] = []
    events: list[NrtrdeEvent] = []
    items: list[bytes] = []
    for element in children(data, outer):
        if element.tag == _EVENTS:
            events.extend(_event(data, child, len(events) + 1, strays) for child in children(data, element, depth=1))
        else:
            items.append(data[element.start : element.after])
    body = b"".join(items)
    alone = header(_OUTER, len(body), constructed=True) + body
    head = nrtrde_module().decode("Nrtrde", alone, read_element(alone), strays)
    return NrtrdeFile(head, tuple(events), tuple(strays))


def encode(report: Value) -> bytes:
    """A report (``{...}``) as BER of definite length. Raises ValueError."""
    return nrtrde_module().encode("Nrtrde", report)


def _event(data: bytes, element: Element, position: int, strays: list[Stray]) -> NrtrdeEvent:
    octets = data[element.start : element.after]
    type_name = nrtrde_module().alternatives("CallEvent").get(element.tag)
    kind = type_name.lower() if type_name else ""
    try:
        if type_name is None:
            raise BerError(f"an element of unknown type [APPLICATION {element.tag[1]}]", element.start)
        body = nrtrde_module().decode(type_name, data, element, strays)
    except BerError as error:
        return NrtrdeEvent(position, element.start, element.size, kind, None, octets, str(error))
    return NrtrdeEvent(position, element.start, element.size, kind, body, octets)
