"""What an AVP is (RFC 6733 §4): the words in which the tables of this package are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

TGPP = 10415
"""3GPP's vendor number."""


class Kind(StrEnum):
    """The type of an AVP's value, and how it stands in Python."""

    OCTETS = "OctetString"
    """``bytes``."""
    INTEGER_32 = "Integer32"
    INTEGER_64 = "Integer64"
    UNSIGNED_32 = "Unsigned32"
    UNSIGNED_64 = "Unsigned64"
    FLOAT_32 = "Float32"
    FLOAT_64 = "Float64"
    ENUMERATED = "Enumerated"
    """``int``, as the numbers above."""
    TEXT = "UTF8String"
    """``str``."""
    IDENTITY = "DiameterIdentity"
    """``str``: a host or realm in ASCII."""
    URI = "DiameterURI"
    TIME = "Time"
    """``datetime`` in UTC, whole seconds."""
    ADDRESS = "Address"
    """`Address`."""
    GROUPED = "Grouped"
    """`Fields` of its members."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address: its family (IANA: 1 IPv4, 2 IPv6, 8 E.164) and its octets."""

    family: int
    octets: bytes


Value = bytes | int | str | float | Address | object
Fields = dict[str, list[object]]
"""AVPs by name, each with its values in the order in which they stood. Kept as they came: those without a name."""

OTHERS = ""
"""The name under which `Fields` keep what no table names: whole AVPs as `bytes`."""


@dataclass(frozen=True, slots=True)
class Avp:
    """One AVP.

    ``mandatory`` is the M bit that we send. Received M bits are not checked against it: peers differ, and the bit
    tells only what to do when the AVP is not known. ``needs`` and ``single`` name members of a group that must
    be there, and that may be there once. ``values`` are all that an enumerated AVP may have; empty: any.
    """

    code: int
    name: str
    kind: Kind
    vendor: int = 0
    mandatory: bool = True
    members: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    values: frozenset[int] = frozenset()

    @property
    def key(self) -> int:
        """Vendor and code as one number."""
        return self.vendor << 32 | self.code


def avp(
    code: int,
    name: str,
    kind: Kind,
    members: str = "",
    *,
    vendor: int = 0,
    m: bool = True,
    values: Iterable[int] = (),
) -> Avp:
    """One line of a table. ``members``: ``Name`` exactly once, ``Name?`` at most once, ``Name*`` any number."""
    words = members.split()
    return Avp(
        code,
        name,
        kind,
        vendor,
        m,
        tuple(word.rstrip("?*") for word in words),
        frozenset(word for word in words if word[-1] not in "?*"),
        frozenset(word.rstrip("?") for word in words if word[-1] != "*"),
        frozenset(values),
    )


def by_name(*tables: Iterable[Avp]) -> Mapping[str, Avp]:
    """The tables as one. Raises ValueError for a name or a code that stands twice, or a member that stands nowhere."""
    named: dict[str, Avp] = {}
    codes: set[int] = set()
    for one in (one for table in tables for one in table):
        if one.name in named or one.key in codes:
            raise ValueError(f"{one.name} ({one.vendor}:{one.code}) stands twice")
        named[one.name] = one
        codes.add(one.key)
    for one in named.values():
        if strangers := set(one.members) - named.keys():
            raise ValueError(f"{one.name} has members that stand nowhere: {sorted(strangers)}")
    return named
