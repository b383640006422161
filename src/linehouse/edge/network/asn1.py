"""An ASN.1 module, compiled once per process: the compiler's codec and the shapes that guard it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asn1tools  # type: ignore[import-untyped]  # the package carries no type information

from linehouse.edge.network.ber import APPLICATION, BerError, Element, Shape, Stray, Tag, conform

Value = Any
"""What the compiler makes of a type: dict for SEQUENCE, (name, value) for CHOICE, list, bytes or int."""

_PRIMITIVE = Shape()


class Module:
    """One module's text, compiled for BER. All tags it names must be application tags."""

    def __init__(self, text: str) -> None:
        parsed = asn1tools.parse_string(text)
        (module,) = parsed.values()
        self._types: Mapping[str, dict[str, Any]] = module["types"]
        self._shapes: dict[str, Shape] = {}
        self._codec = asn1tools.compile_dict(parsed, "ber")

    def encode(self, type_name: str, value: Value) -> bytes:
        """The value as BER of definite length; raises ValueError when it does not fit the type."""
        try:
            return bytes(self._codec.encode(type_name, value))
        except asn1tools.EncodeError as error:
            raise ValueError(f"{type_name} cannot be encoded: {error}") from error

    def decode(self, type_name: str, data: bytes, element: Element, strays: list[Stray]) -> Value:
        """Decode one element of ``data``; what the module does not know is added to ``strays``. Raises BerError."""
        octets = conform(data, element, self.shape(type_name), strays)
        try:
            return self._codec.decode(type_name, octets)
        except asn1tools.DecodeError as error:
            raise BerError(f"{type_name} cannot be decoded: {error}", element.start) from error

    def shape(self, type_name: str) -> Shape:
        """What the module says about that type."""
        if type_name not in self._shapes:
            self._shapes[type_name] = self._shape_of(self._types[type_name])
        return self._shapes[type_name]

    def tag(self, type_name: str) -> Tag:
        """The tag by which an element of that type is known; raises KeyError when the type has none of its own."""
        return APPLICATION, self._types[type_name]["tag"]["number"]

    def alternatives(self, type_name: str) -> dict[Tag, str]:
        """The type names of a CHOICE by tag."""
        return {tag: member["type"] for member in self._types[type_name]["members"] for tag in self._tags(member)}

    def _shape_of(self, described: Mapping[str, Any]) -> Shape:
        kind = described["type"]
        if kind in ("SEQUENCE", "CHOICE"):
            return Shape(self._members(described["members"]))
        if kind == "SEQUENCE OF":
            return Shape(self._members([described["element"]]), repeated=True)
        if kind in self._types:
            return self.shape(kind)
        return _PRIMITIVE

    def _members(self, described: list[Mapping[str, Any]]) -> dict[Tag, tuple[int, Shape]]:
        members: dict[Tag, tuple[int, Shape]] = {}
        for place, member in enumerate(described):
            if self._is_bare_choice(member):
                inner = self._types[member["type"]]["members"]
                members.update({tag: (place, shape) for tag, (_, shape) in self._members(inner).items()})
                continue
            for tag in self._tags(member):
                members[tag] = (place, self._shape_of(member))
        return members

    def _is_bare_choice(self, member: Mapping[str, Any]) -> bool:
        # A CHOICE without a tag of its own is known by the tags of what it may be.
        referred = self._types.get(member["type"])
        return "tag" not in member and referred is not None and referred["type"] == "CHOICE" and "tag" not in referred

    def _tags(self, member: Mapping[str, Any]) -> list[Tag]:
        if "tag" in member:
            return [(APPLICATION, member["tag"]["number"])]
        referred = self._types[member["type"]]
        if "tag" in referred:
            return [(APPLICATION, referred["tag"]["number"])]
        if referred["type"] == "CHOICE":
            return [tag for inner in referred["members"] for tag in self._tags(inner)]
        return self._tags(referred)
