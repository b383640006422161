"""Tariff switches: the next instant at which usage like this is priced by another rule, or by another version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from linehouse.rating.matching import Candidate, Facts, candidates
from linehouse.rating.session.terms import Terms
from linehouse.rating.time_bands import next_edge
from linehouse.rating.timeline import zone_of
from linehouse.rating.values import UsageEvent


def next_switch(terms: Terms, event: UsageEvent, instant: datetime, until: datetime) -> datetime | None:
    """The first switch after the instant and before ``until``."""
    tariff = terms.tariff_at(instant)
    version = terms.next_version(instant)
    end = until if version is None or version >= until else version
    facts = Facts.of(tariff, event)
    rules = candidates(facts)
    if len(rules) > 1 or (rules and not rules[0].always):
        here = _in_force(rules, facts, instant)
        edge = _edge(rules, facts, instant)
        while edge is not None and edge < end:
            if _in_force(rules, facts, edge) is not here:
                return edge
            edge = _edge(rules, facts, edge)
    return version if version is not None and version < until else None


def _in_force(rules: Sequence[Candidate], facts: Facts, instant: datetime) -> Candidate | None:
    return next((rule for rule in rules if rule.holds(instant, zone_of(rule.tariff, facts))), None)


def _edge(rules: Sequence[Candidate], facts: Facts, instant: datetime) -> datetime | None:
    """When the next time band, or the next rule's own time, begins or ends."""
    marks = [next_edge(one.bands, instant, zone_of(one.tariff, facts)) for one in rules if one.bands]
    for one in rules:
        if one.rule.valid is not None:
            marks += [mark for mark in (one.rule.valid.start, one.rule.valid.end) if mark is not None]
    return min((mark for mark in marks if mark is not None and mark > instant), default=None)
