"""Warnings that somebody has looked at and lets stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A warning of lint that stands: which, of which rule (an offering's allowance or price; empty: of the whole), why,
    and to the end of which day; after it the warning is shown again."""

    code: str
    reason: str
    until: date
    rule: str = ""

    def covers(self, code: str, rule: str) -> bool:
        """Whether it is about this warning."""
        return self.code == code and (not self.rule or self.rule == rule)
