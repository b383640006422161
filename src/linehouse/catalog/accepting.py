"""Warnings that stand: told apart from those that somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from linehouse.catalog.values import Catalogue
from linehouse.kernel.outcome import Problem
from linehouse.rating.lint import CHECKS
from linehouse.rating.values import Accepted


@dataclass(frozen=True, slots=True)
class Standing:
    """A warning that was accepted, and by which line of its file."""

    problem: Problem
    accepted: Accepted


@dataclass(frozen=True, slots=True)
class Advice:
    """What somebody should look at, and what has been looked at and stands."""

    open: tuple[Problem, ...] = ()
    standing: tuple[Standing, ...] = ()


def sorted_out(found: Iterable[Problem], catalogue: Catalogue, today: date) -> Advice:
    """Tell what is accepted until today or longer from the rest; lines that accept nothing are warnings themselves."""
    lines = _lines(catalogue)
    used: set[tuple[str, Accepted]] = set()
    still: list[Problem] = []
    standing: list[Standing] = []
    for problem in found:
        owner, rule, code = _place(problem)
        line = next((one for one in lines.get(owner, ()) if one.covers(code, rule)), None)
        if line is None:
            still.append(problem)
            continue
        used.add((owner, line))
        if line.until >= today:
            standing.append(Standing(problem, line))
        else:
            past = f"{problem.message} (accepted until {line.until}, which is past)"
            still.append(replace(problem, message=past))
    still += _for_nothing(lines, used, catalogue)
    return Advice(tuple(still), tuple(standing))


def _lines(catalogue: Catalogue) -> Mapping[str, tuple[Accepted, ...]]:
    tariffs = {f"tariffs.{key}": tariff.accepted for key, tariff in catalogue.tariffs.items()}
    return tariffs | {f"offerings.{key}": offering.accepted for key, offering in catalogue.offerings.items()}


def _place(problem: Problem) -> tuple[str, str, str]:
    """The tariff or offering, the rule (or allowance, or price) in it, and the code of the warning."""
    part, _, rest = problem.field.partition(".")
    key, _, rule = rest.partition(".")
    return f"{part}.{key}", rule.rpartition(".")[2], problem.code.removeprefix("catalog.")


def _for_nothing(
    lines: Mapping[str, tuple[Accepted, ...]], used: set[tuple[str, Accepted]], catalogue: Catalogue
) -> Iterator[Problem]:
    check = CHECKS["accepted-nothing"]
    for owner, accepted in lines.items():
        for one in accepted:
            # What is told of a change is gone when the change is published; its line may stay until its end.
            if (owner, one) not in used and not CHECKS[one.code].of_change:
                source = _source(owner, catalogue)
                of_rule = f" of {one.rule}" if one.rule else ""
                message = f"{source}the warning {one.code}{of_rule} is accepted and is not there"
                yield Problem(f"catalog.{check.code}", message, f"{owner}.{one.rule}", one.code, check.mend)


def _source(owner: str, catalogue: Catalogue) -> str:
    part, _, key = owner.partition(".")
    source = catalogue.tariffs[key].source if part == "tariffs" else ""
    return f"{source.partition(':')[0]}: " if source else ""
