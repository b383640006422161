"""The door: six files in, catalog files and everything to know about them out. Nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linehouse.catalog.cgrates.bands import Bands
from linehouse.catalog.cgrates.number_zones import Zones, zones_of
from linehouse.catalog.cgrates.profiles import Profiles, Span, by_category
from linehouse.catalog.cgrates.reading import read_six
from linehouse.catalog.cgrates.rules import Plans, RuleText
from linehouse.catalog.cgrates.samples import sentences
from linehouse.catalog.cgrates.sharing import Horizon
from linehouse.catalog.cgrates.slugs import Keys
from linehouse.catalog.cgrates.tariff_file import TariffFile, keyed, rounding_of
from linehouse.catalog.cgrates.values import ANY, Finding, Imported, Kind, Made, Six, Untranslatable, Wishes
from linehouse.catalog.errors import FilesInvalid
from linehouse.kernel.outcome import Problem
from linehouse.rating.band_text import YEARS_AHEAD
from linehouse.rating.service import load_marked, read_tariffs
from linehouse.rating.values import UsageType

Spans = Mapping[str, Sequence[Span]]
"""What counts when, by category."""


def import_six(files: Mapping[str, str], wishes: Wishes) -> Imported:
    """Translate the six files, by their names. What cannot be told in a tariff is refused subject by subject.

    Raises FilesInvalid: a row that cannot be read, several tenants without a choice, nothing of that tenant.
    """
    six = read_six(files, wishes.zone)
    tenant = _tenant(six, wishes)
    return _Importing(six, wishes, tenant).go()


def _tenant(six: Six, wishes: Wishes) -> str:
    known = sorted({row.tenant for row in six.profiles})
    if wishes.tenant is None and len(known) == 1:
        return known[0]
    if wishes.tenant in known:
        return wishes.tenant or ""
    message = (
        f"RatingProfiles.csv has the tenants {', '.join(known) or 'of nobody'}; a brand takes one"
        if wishes.tenant is None
        else f"RatingProfiles.csv has no tenant {wishes.tenant!r}"
    )
    problem = Problem("catalog.cgrates_invalid", message, "Tenant", wishes.tenant or "", ", ".join(known))
    raise FilesInvalid((problem,))


@dataclass(frozen=True, slots=True)
class _Subject:
    """A subject that gets a tariff."""

    name: str
    key: str
    spans: Spans


class _Importing:
    def __init__(self, six: Six, wishes: Wishes, tenant: str) -> None:
        self._six = six
        self._wishes = wishes
        self._tenant = tenant
        self._since = date.fromisoformat(wishes.since)
        self._horizon = Horizon(self._since, date(self._since.year - 1 + YEARS_AHEAD, 1, 1))
        self._findings: dict[Finding, None] = {}
        self._bands = Bands(self._horizon)

    def go(self) -> Imported:
        profiles = self._profiles()
        subjects = self._subjects(profiles)
        zones = self._zones(subjects)
        plans = Plans(self._six, zones, self._horizon, self._bands, self._wishes)
        whole = {subject.name: self._rules(subject, plans) for subject in subjects}
        able = [subject for subject in subjects if whole[subject.name] is not None]
        written: dict[str, TariffFile] = {}
        behind: dict[str, str] = {}
        names = self._zone_files(zones)
        for subject in able:
            rules = whole[subject.name] or []
            fallback = self._fallback(subject, able, behind)
            own = rules if fallback is None else self._own_rules(subject, fallback, plans)
            if fallback is not None and own:
                behind[subject.name] = fallback.name
            elif fallback is not None:
                own, fallback = rules, None
            try:
                round_to = rounding_of(rules)
            except Untranslatable as refusal:
                self._findings[refusal.finding] = None
                behind.pop(subject.name, None)
                continue
            key = fallback.key if fallback is not None else None
            path = f"tariffs/{subject.key}.yaml"
            written[path] = TariffFile(subject.key, subject.name, self._tenant, keyed(own), key, round_to, names)
        return self._finish(written, zones, plans, {subject.key: subject for subject in able})

    def _profiles(self) -> dict[str, Profiles]:
        found: dict[str, Profiles] = {}
        meanings: dict[UsageType, str] = {}
        for category, rows in by_category(self._six.profiles, self._tenant).items():
            usage = self._wishes.categories.get(category)
            if usage is None:
                why = "this category is not taken over"
                remedy = f"--category {category}=voice, or what it is counted in"
                self._findings[Finding(Kind.LEFT_OUT, rows[0].place, "Category", category, why, remedy)] = None
                continue
            if usage in meanings:
                message = f"{rows[0].place}: the categories {meanings[usage]} and {category} are both {usage}"
                right = "one at a time: --category, once for each import"
                raise FilesInvalid((Problem("catalog.cgrates_invalid", message, "Category", category, right),))
            meanings[usage] = category
            found[category] = Profiles(rows, self._wishes.zone, self._since)
        if not found:
            message = f"nothing of {self._tenant} is in a category that is taken over"
            raise FilesInvalid((Problem("catalog.cgrates_invalid", message, "Category", "", "--category"),))
        for row in self._six.profiles:
            if row.tenant != self._tenant:
                why = f"only {self._tenant} is taken over"
                self._findings[Finding(Kind.LEFT_OUT, row.place, "Tenant", row.tenant, why, "--tenant")] = None
        return found

    def _subjects(self, profiles: Mapping[str, Profiles]) -> list[_Subject]:
        keys = Keys()
        names = dict.fromkeys(subject for one in profiles.values() for subject in one.by_subject)
        ordered = sorted(names, key=lambda name: (name != ANY, name))
        found = []
        for name in ordered:
            try:
                spans = {category: one.spans(name) for category, one in profiles.items()}
            except Untranslatable as refusal:
                self._findings[refusal.finding] = None
                continue
            key = keys.give(self._wishes.name, "" if name == ANY else name)
            found.append(_Subject(name, key, {category: some for category, some in spans.items() if some}))
        return found

    def _zones(self, subjects: Sequence[_Subject]) -> Zones:
        used = {plan for one in subjects for spans in one.spans.values() for span in spans for plan in span.plans}
        destinations = {
            rated.destination
            for plan in used
            for binding in self._six.plans[plan]
            for rated in self._six.destination_rates[binding.rates]
        }
        for plan in sorted(self._six.plans.keys() - used):
            why = "no profile that is taken over has it"
            self._findings[Finding(Kind.LEFT_OUT, self._six.plans[plan][0].place, "Id", plan, why)] = None
        zones = zones_of(self._six.destinations, frozenset(destinations), self._wishes)
        self._findings.update(dict.fromkeys(zones.findings))
        return zones

    def _rules(self, subject: _Subject, plans: Plans) -> list[RuleText] | None:
        try:
            return [
                rule
                for category, spans in subject.spans.items()
                for span in spans
                for rule in plans.rules(category, self._wishes.categories[category], span)
            ]
        except Untranslatable as refusal:
            self._findings[refusal.finding] = None
            return None

    def _fallback(self, subject: _Subject, able: Sequence[_Subject], behind: Mapping[str, str]) -> _Subject | None:
        """Another subject whose whole tariff stands at the end of this one's, in every category."""
        fitting = [one for one in able if one.name != subject.name and _ends_with(subject.spans, one.spans)]
        fitting = [one for one in fitting if not _leads_to(one.name, subject.name, behind)]
        return max(fitting, key=lambda one: (_weight(one), one.name == ANY), default=None)

    def _own_rules(self, subject: _Subject, fallback: _Subject, plans: Plans) -> list[RuleText]:
        found: list[RuleText] = []
        for category, spans in subject.spans.items():
            tail = fallback.spans.get(category, ())
            for span in spans if spans != tail else ():
                length = len(tail[0].plans) if tail else 0
                own = Span(span.start, span.end, span.plans[: len(span.plans) - length], span.asked)
                found += plans.rules(category, self._wishes.categories[category], own)
        return found

    def _zone_files(self, zones: Zones) -> tuple[str, ...]:
        names = []
        if any(zone.prefixes for zone in zones.zones):
            names.append(f"{self._wishes.name}-prefixes")
        if self._bands.all or any(zone.codes for zone in zones.zones):
            names.append(f"{self._wishes.name}-times")
        return tuple(names)

    def _finish(
        self, written: Mapping[str, TariffFile], zones: Zones, plans: Plans, subjects: Mapping[str, _Subject]
    ) -> Imported:
        self._findings.update(plans.findings)
        files = self._zone_texts(zones) if written else {}
        texts = {path: one.text(self._six, self._wishes, ()) for path, one in written.items()}
        nodes = {path.removeprefix("zones/").rpartition(".")[0]: load_marked(files[path], path) for path in files}
        tariffs = read_tariffs([load_marked(text, path) for path, text in texts.items()], nodes)
        made = []
        for path, one in written.items():
            examples = list(sentences(tariffs[one.key], one.rules, self._since))
            files[path] = one.text(self._six, self._wishes, examples)
            spans = subjects[one.key].spans
            made.append(
                Made(
                    key=one.key,
                    subject=one.subject,
                    file=path,
                    categories=tuple(spans),
                    plans=tuple(dict.fromkeys(plan for some in spans.values() for span in some for plan in span.plans)),
                    rules=len(one.rules),
                    examples=len(examples),
                )
            )
        return Imported(
            files=files,
            tariffs=tuple(made),
            zones=len(zones.zones),
            prefixes=sum(len(zone.prefixes) + len(zone.codes) for zone in zones.zones),
            bands=len(self._bands.all),
            findings=tuple(sorted(self._findings, key=_order)),
        )

    def _zone_texts(self, zones: Zones) -> dict[str, str]:
        found = {}
        name = self._wishes.name
        if any(zone.prefixes for zone in zones.zones):
            found[f"zones/{name}-prefixes.csv"] = zones.deck()
        lines = [*zones.code_lines(), *(self._bands.lines() if self._bands.all else ())]
        if lines:
            head = f"# Times and short codes of the rates of {self._tenant}, taken over from CGRateS."
            found[f"zones/{name}-times.yaml"] = "\n".join([head, *lines]) + "\n"
        return found


def _ends_with(spans: Spans, tail: Spans) -> bool:
    """Whether what one subject has is what another has, with plans of its own before it."""
    for category, behind in tail.items():
        here = spans.get(category, ())
        if [*here] == [*behind]:
            continue
        if len(here) != 1 or len(behind) != 1:
            return False
        one, other = here[0], behind[0]
        if (one.start, one.end) != (other.start, other.end) or one.plans[-len(other.plans) :] != other.plans:
            return False
    return bool(tail)


def _leads_to(subject: str, wanted: str, behind: Mapping[str, str]) -> bool:
    here: str | None = subject
    while here is not None:
        if here == wanted:
            return True
        here = behind.get(here)
    return False


def _weight(subject: _Subject) -> int:
    return sum(len(span.plans) for spans in subject.spans.values() for span in spans)


_ORDER = list(Kind)


def _order(finding: Finding) -> tuple[int, str, int, str]:
    place = finding.place
    return (_ORDER.index(finding.kind), place.file if place else "", place.row if place else 0, finding.sentence)
