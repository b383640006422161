"""What the host network would send: CSV files with a few chosen lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linehouse.inventory.values import ProductView
from linehouse.platform.work import Actor
from linehouse.simulators.cdr_feed.host_csv import HEADER
from linehouse.usage import service as usage

MB = 10**6


@dataclass(frozen=True)
class Cdr:
    """One line. ``start`` is local winter time; ``quantity`` is seconds, octets or 1."""

    who: ProductView
    service: str
    quantity: int
    start: str = "2026-11-01 12:00:00"
    party: str = ""
    direction: str = "OUT"
    plmn: str = "204-04"

    def line(self, reference: str) -> str:
        """As the host writes it."""
        seconds = str(self.quantity) if self.service == "VOICE" else ""
        octets = str(self.quantity) if self.service == "DATA" else ""
        up = "0" if self.service == "DATA" else ""
        imsi = self.who.imsi.digits if self.who.imsi else ""
        msisdn = self.who.msisdn.digits if self.who.msisdn else ""
        apn = "internet.robin" if self.service == "DATA" else ""
        cells = (
            reference,
            self.service,
            self.direction,
            imsi,
            msisdn,
            self.party,
            self.start,
            "+0100",
            seconds,
            up,
            octets,
        )
        return ";".join((*cells, self.plmn, apn, "1", "0", "0.000000"))


def send(cdrs: Sequence[Cdr], actor: Actor, number: int = 1) -> UUID:
    """Hand a file to usage; the worker still has to read it."""
    lines = [HEADER, *(cdr.line(f"{number}-{place}") for place, cdr in enumerate(cdrs)), f"TRL;{len(cdrs)};0.000000"]
    data = ("\r\n".join(lines) + "\r\n").encode()
    return usage.receive_file(f"host-20261101-{number:03d}.csv", data, actor=actor)
