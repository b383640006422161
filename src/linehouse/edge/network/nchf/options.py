"""How this installation answers network functions: who is let in, and what they are told to do in need."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from linehouse.kernel.error import Invalid


@dataclass(frozen=True, slots=True)
class Trusted:
    """Network functions at these addresses need no token. ``brand`` empty: whichever brand has the subscriber."""

    network: IPv4Network | IPv6Network
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """``certified``: the connection was let in by a certificate of an authority that was told.

    ``failure_handling`` is what a function does when nobody answers, ``quota_holding`` the seconds without traffic
    after which it gives a quota back (0: not told). ``base`` is the house's own address where a request names none.
    """

    control: str
    base: str
    trusted: tuple[Trusted, ...] = ()
    certified: bool = False
    failure_handling: str = "TERMINATE"
    quota_holding: int = 0

    def trusts(self, address: str) -> Trusted | None:
        """The entry that lets an address in."""
        try:
            at = ip_address(address)
        except ValueError:
            return None
        return next((one for one in self.trusted if at in one.network), None)


def trusted_from(text: str) -> tuple[Trusted, ...]:
    """``10.1.0.0/16=robin, 10.2.0.7``. Raises Invalid."""
    found = []
    for entry in filter(None, (one.strip() for one in text.split(","))):
        network, _, brand = entry.partition("=")
        try:
            found.append(Trusted(ip_network(network.strip()), brand.strip()))
        except ValueError as error:
            raise Invalid(
                f"{network!r} is no network: {error}",
                field="LINEHOUSE_NCHF_TRUSTED",
                value=entry,
                expected="addresses such as 10.1.0.0/16=robin",
            ) from None
    return tuple(found)
