"""Conservation laws that must hold at every commit; rooms declare them, ``linehouse verify`` runs them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from linehouse.platform.work import SYSTEM, unit_of_work


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a law does not hold: what it is about, what was expected and what was found."""

    subject: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check found: how much it looked at, and where the law does not hold."""

    examined: int
    findings: tuple[Finding, ...] = ()
    figures: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """A check with its verdict."""

    name: str
    law: str
    verdict: Verdict

    @property
    def holds(self) -> bool:
        """Whether the law holds everywhere."""
        return not self.verdict.findings


_checks: dict[str, tuple[str, Callable[[], Verdict]]] = {}


def check(name: str, law: str) -> Callable[[Callable[[], Verdict]], Callable[[], Verdict]]:
    """Declare a law: ``name`` is room.law, ``law`` one sentence; the function reads the current brand's database."""

    def register(function: Callable[[], Verdict]) -> Callable[[], Verdict]:
        if name in _checks and _checks[name][1].__qualname__ != function.__qualname__:
            raise TypeError(f"check {name!r} is declared twice")
        _checks[name] = (law, function)
        return function

    return register


def verify(progress: Callable[[str], None] | None = None) -> list[Result]:
    """Run every check of the current brand in one transaction, so that all see the same instant."""
    results = []
    with unit_of_work(SYSTEM, "verify"):
        for name, (law, function) in sorted(_checks.items()):
            if progress is not None:
                progress(name)
            results.append(Result(name, law, function()))
    return results


def all_checks() -> dict[str, str]:
    """Every declared law by name, for the reference."""
    return {name: law for name, (law, _) in sorted(_checks.items())}
