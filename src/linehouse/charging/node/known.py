"""What a process remembers of lines, so that it can answer while the database is away."""

from __future__ import annotations

from collections import OrderedDict

from linehouse.charging.node.requests import Who
from linehouse.charging.online.degraded import KnownLine
from linehouse.charging.online.subject import Subject
from linehouse.platform.clock.reading import Reading

_REMEMBERED = 100_000
"""Lines that a process remembers."""


class KnownLines:
    """The lines that a node charged last, with their tariffs, and how the brand's clock goes."""

    def __init__(self, most: int = _REMEMBERED) -> None:
        self._most = most
        self._lines: OrderedDict[Who, KnownLine] = OrderedDict()
        self.clock: Reading | None = None

    def remember(self, who: Who, subject: Subject) -> None:
        """This is who that is."""
        self._lines[who] = KnownLine(subject.line, subject.versions, subject.policy)
        self._lines.move_to_end(who)
        if len(self._lines) > self._most:
            self._lines.popitem(last=False)

    def line(self, who: Who) -> KnownLine | None:
        """The line, when this process charged it before; who gives two numbers is found by either."""
        return self._lines.get(Who(msisdn=who.msisdn)) or self._lines.get(Who(imsi=who.imsi))
