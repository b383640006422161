"""Everything that a catalogue must pass before it is published: examples in its files, and what other rooms check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from linehouse.catalog.accepting import Advice, sorted_out
from linehouse.catalog.compared import changed_much
from linehouse.catalog.files import Written
from linehouse.catalog.oddities import odd_accounts
from linehouse.catalog.ports import first_bill, publication_advisers, publication_checks
from linehouse.catalog.text.examples import failed_examples
from linehouse.catalog.values import Catalogue
from linehouse.kernel.colour import SHAPE, TEXT, contrast, towards
from linehouse.kernel.outcome import Problem
from linehouse.rating.service import failing

_RULE = re.compile(r"^\s*- rule: (\S+)\s*(#.*)?$")


def red(written: Written) -> tuple[Problem, ...]:
    """Every example that does not come out as it says, and everything that another room refuses."""
    return (*_look(written), *_tariffs(written), *_offerings(written), *_others(written))


def advice(written: Written, published: Catalogue | None, today: date) -> Advice:
    """What keeps nothing from being published and that somebody should look at, and what of it stands until today.

    ``published`` is what customers pay by now: what changes much is told.
    """
    catalogue = written.catalogue
    found = [problem for adviser in publication_advisers() for problem in adviser(catalogue)]
    found += [*written.twice, *odd_accounts(catalogue), *changed_much(published, catalogue)]
    return sorted_out(found, catalogue, today)


def located_advice(found: Advice, files: Mapping[str, str]) -> Advice:
    """The same with the line of each rule."""
    standing = tuple(replace(one, problem=_located(one.problem, files)) for one in found.standing)
    return Advice(located(found.open, files), standing)


def located(problems: tuple[Problem, ...], files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Problems of a tariff's rule with the line at which the rule begins, where the files have it."""
    return tuple(_located(problem, files) for problem in problems)


def _located(problem: Problem, files: Mapping[str, str]) -> Problem:
    part, _, rest = problem.field.partition(".")
    path, found, message = problem.message.partition(": ")
    rule = rest.partition(".")[2]
    if part != "tariffs" or not found or not rule or path not in files:
        return problem
    line = _lines_of_rules(files[path]).get(rule)
    if line is None:
        return problem
    return replace(problem, message=f"{path}, line {line}: {message}")


@lru_cache(maxsize=8)
def _lines_of_rules(text: str) -> Mapping[str, int]:
    """The line on which each rule begins; a carrier's rate deck has thousands."""
    found: dict[str, int] = {}
    for line, written in enumerate(text.splitlines(), 1):
        begins = _RULE.match(written)
        if begins is not None:
            found.setdefault(begins[1], line)
    return found


def _look(written: Written) -> Iterator[Problem]:
    """Colours that cannot be read. Only what is new is refused: a version that was published before stays in force."""
    look = written.catalogue.brand.look
    pairs = (
        ("on-primary", look.on_primary, "primary", look.primary, TEXT),
        ("primary", look.primary, "white paper", "#ffffff", TEXT),
        ("accent", look.accent, "white paper", "#ffffff", SHAPE),
    )
    for name, colour, ground_name, ground, least in pairs:
        found = contrast(colour, ground)
        if found < least:
            message = f"brand.yaml: look: {name} {colour} cannot be read on {ground_name} {ground}: {found:.2f}"
            expected = f"a contrast of at least {least} to 1 (WCAG 2.1 AA), such as {_readable(colour, ground, least)}"
            yield Problem("catalog.look_unreadable", message, f"look.{name}", colour, expected)


def _readable(colour: str, ground: str, least: float) -> str:
    ends = sorted(("#000000", "#ffffff"), key=lambda end: contrast(end, ground))
    return towards(colour, ends[-1], on=(ground,), least=least)


def _tariffs(written: Written) -> Iterator[Problem]:
    for key, tariff in written.catalogue.tariffs.items():
        for failed in failing(tariff):
            yield Problem("catalog.example_failed", failed.told, f"tariffs.{key}")


def _offerings(written: Written) -> Iterator[Problem]:
    calculate = first_bill()
    for key, offering in written.offerings.items():
        if not offering.examples:
            continue
        if calculate is None:
            message = f"{offering.node.source}: nobody here can compute a first bill, so its examples were not run"
            yield Problem("catalog.example_not_run", message, f"offerings.{key}")
            continue
        for sentence in failed_examples(offering.examples, offering.offering, written.catalogue.brand, calculate):
            yield Problem("catalog.example_failed", sentence, f"offerings.{key}")


def _others(written: Written) -> Iterator[Problem]:
    for check in publication_checks():
        yield from check(written.catalogue)
