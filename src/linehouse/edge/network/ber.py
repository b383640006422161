"""BER framing (ITU-T X.690 §8.1): walk tag-length-value elements of definite and indefinite length, and rewrite them.

The ASN.1 compiler decodes values; this module guards it. A real file may hold elements that our module does not know,
in an order that it does not expect; the compiler then drops what follows without a word. So each element is first
rewritten to what the module describes (known children, in the module's order, definite length), and what had to be
left out is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

UNIVERSAL, APPLICATION = 0, 1
_CLASS_SHIFT, _CONSTRUCTED, _LONG = 6, 0x20, 0x1F
_MAX_DEPTH = 40

Tag = tuple[int, int]
"""Class (0 universal, 1 application, 2 context, 3 private) and number."""


class BerError(ValueError):
    """The octets are no BER, or end too early; ``offset`` is where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(f"{message} (at offset {offset})")
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Element:
    """One element in a buffer: header at ``start``, content in ``[body, end)``, the next one begins at ``after``."""

    tag: Tag
    constructed: bool
    start: int
    body: int
    end: int
    after: int

    @property
    def size(self) -> int:
        """Octets from the header to the next element."""
        return self.after - self.start


def read_element(data: bytes, offset: int = 0, limit: int | None = None, depth: int = 0) -> Element:
    """Read the element that begins at ``offset`` and must end by ``limit``. Raises BerError."""
    limit = len(data) if limit is None else limit
    if depth > _MAX_DEPTH:
        raise BerError("elements are nested too deeply", offset)
    tag, constructed, at = _read_tag(data, offset, limit)
    if at >= limit:
        raise BerError("the data ends where a length should stand", at)
    first = data[at]
    at += 1
    if first == 0x80:
        if not constructed:
            raise BerError("a primitive element has no definite length", at - 1)
        end = _find_end(data, at, limit, depth)
        return Element(tag, constructed, offset, at, end, end + 2)
    length = first
    if first > 0x80:
        octets = first & 0x7F
        if octets > 8:
            raise BerError("a length has more than eight octets", at - 1)
        if at + octets > limit:
            raise BerError("the data ends inside a length", limit)
        length = int.from_bytes(data[at : at + octets], "big")
        at += octets
    if at + length > limit:
        raise BerError(f"the data ends after {limit - at} of {length} octets of the element at offset {offset}", limit)
    return Element(tag, constructed, offset, at, at + length, at + length)


def children(data: bytes, element: Element, depth: int = 0) -> Iterator[Element]:
    """The elements inside a constructed one, in order. Raises BerError."""
    at = element.body
    while at < element.end:
        child = read_element(data, at, element.end, depth + 1)
        yield child
        at = child.after


def _read_tag(data: bytes, offset: int, limit: int) -> tuple[Tag, bool, int]:
    if offset >= limit:
        raise BerError("the data ends where an element should begin", offset)
    first = data[offset]
    number = first & _LONG
    at = offset + 1
    if number == _LONG:
        number = 0
        while True:
            if at >= limit:
                raise BerError("the data ends inside a tag", at)
            octet = data[at]
            at += 1
            number = number << 7 | octet & 0x7F
            if not octet & 0x80:
                break
    return (first >> _CLASS_SHIFT, number), bool(first & _CONSTRUCTED), at


def _find_end(data: bytes, offset: int, limit: int, depth: int) -> int:
    """Where the end-of-contents octets stand that close an element of indefinite length."""
    at = offset
    while True:
        if at + 2 > limit:
            raise BerError("the data ends before an element of indefinite length is closed", min(at, limit))
        if data[at] == 0 and data[at + 1] == 0:
            return at
        at = read_element(data, at, limit, depth + 1).after


def header(tag: Tag, length: int, *, constructed: bool) -> bytes:
    """Tag and definite length, in the shortest form."""
    tag_class, number = tag
    first = tag_class << _CLASS_SHIFT | (_CONSTRUCTED if constructed else 0)
    if number < _LONG:
        head = bytes([first | number])
    else:
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(number & 0x7F | 0x80)
        head = bytes([first | _LONG, *reversed(groups)])
    if length < 0x80:
        return head + bytes([length])
    size = (length.bit_length() + 7) // 8
    return head + bytes([0x80 | size]) + length.to_bytes(size, "big")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a module says of an element: its known children by tag, with place and shape; None when primitive."""

    members: Mapping[Tag, tuple[int, Shape]] | None = None
    repeated: bool = False
    """A list: its children keep their order."""


@dataclass(frozen=True, slots=True)
class Stray:
    """An element that the module does not know where it stands, or that stands there twice."""

    tag: Tag
    offset: int


def conform(data: bytes, element: Element, shape: Shape, strays: list[Stray], depth: int = 0) -> bytes:
    """The element rewritten to ``shape``: known children in the module's order, definite lengths. Raises BerError."""
    if shape.members is None:
        content = _primitive(data, element, depth)
        return header(element.tag, len(content), constructed=False) + content
    if not element.constructed:
        raise BerError("a group is encoded as a single value", element.start)
    parts: list[tuple[int, bytes]] = []
    seen: set[Tag] = set()
    for child in children(data, element, depth):
        known = shape.members.get(child.tag)
        if known is None or (child.tag in seen and not shape.repeated):
            strays.append(Stray(child.tag, child.start))
            continue
        seen.add(child.tag)
        place, inner = known
        parts.append((0 if shape.repeated else place, conform(data, child, inner, strays, depth + 1)))
    parts.sort(key=lambda part: part[0])
    content = b"".join(octets for _, octets in parts)
    return header(element.tag, len(content), constructed=True) + content


def _primitive(data: bytes, element: Element, depth: int) -> bytes:
    # A string may be sent in pieces (X.690 §8.7.3); the pieces joined are the value.
    if not element.constructed:
        return data[element.body : element.end]
    return b"".join(_primitive(data, piece, depth + 1) for piece in children(data, element, depth))


def to_indefinite(data: bytes) -> bytes:
    """The same elements, every constructed one in indefinite length, as some exchanges write. Raises BerError."""
    parts = []
    at = 0
    while at < len(data):
        element = read_element(data, at)
        parts.append(_indefinite(data, element, 0))
        at = element.after
    return b"".join(parts)


def _indefinite(data: bytes, element: Element, depth: int) -> bytes:
    if not element.constructed:
        return data[element.start : element.after]
    inner = b"".join(_indefinite(data, child, depth + 1) for child in children(data, element, depth))
    return header(element.tag, 0, constructed=True)[:-1] + b"\x80" + inner + b"\x00\x00"
