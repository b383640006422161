"""Who we are, whom we talk to, and whose subscribers a realm has: data that the installation configures."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Local:
    """This node: its identity, the addresses that it tells, and a number that grows with each start."""

    host: str
    realm: str
    state_id: int
    addresses: tuple[str, ...] = ("127.0.0.1",)
    product: str = "Linehouse"


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer that may connect, or to which we connect.

    ``host`` is its identity; ``*.example`` stands for all hosts of that domain. ``realm`` and ``sources`` (addresses
    or networks) bind it further where they are given. ``brand`` is the only one whose subscribers it reaches; empty:
    realm or number say it. ``connect`` is ``host:port`` to which we connect. ``tls``: only over TLS.
    """

    host: str
    realm: str = ""
    brand: str = ""
    connect: str = ""
    tls: bool = False
    sources: tuple[str, ...] = ()

    def may_come_from(self, address: str) -> bool:
        """Whether it may connect from there."""
        if not self.sources:
            return True
        try:
            source = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(source in ipaddress.ip_network(one, strict=False) for one in self.sources)


@dataclass(frozen=True, slots=True)
class Realm:
    """A realm that is served: whose subscribers, and how its services are told to treat failures, by context."""

    name: str
    brand: str
    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Directory:
    """All peers and realms."""

    peers: Mapping[str, Peer] = field(default_factory=dict)
    realms: Mapping[str, Realm] = field(default_factory=dict)

    @classmethod
    def of(cls, peers: Iterable[Peer], realms: Iterable[Realm] = ()) -> Directory:
        """From lists."""
        return cls({one.host.lower(): one for one in peers}, {one.name.lower(): one for one in realms})

    def peer(self, host: str, realm: str = "") -> Peer | None:
        """The peer of that name, or None: unknown peers are denied."""
        name = host.lower()
        found = self.peers.get(name)
        while found is None and "." in name:
            name = name.partition(".")[2]
            found = self.peers.get(f"*.{name}")
        if found is None or (found.realm and realm and found.realm.lower() != realm.lower()):
            return None
        return found

    def realm(self, name: str) -> Realm | None:
        """The realm of that name."""
        return self.realms.get(name.lower())
