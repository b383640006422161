"""Plays session tables: one operation a line, its answer and balances compared with what the line says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path

from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import Period
from linehouse.rating.service import load_marked, read_tariffs
from linehouse.rating.session.answers import Action, ServiceAnswer
from linehouse.rating.session.decide import Decision, decide
from linehouse.rating.session.lapse import grant, pass_time
from linehouse.rating.session.moves import LOSS, UNCOLLECTED, Move, expired_of
from linehouse.rating.session.requests import Ask, Operation, Report, Request, Side
from linehouse.rating.session.state import Holding, Member, PolicyCounter, SpendCap, State
from linehouse.rating.session.terms import Policy, Terms
from linehouse.rating.values import (
    AtMaximum,
    Attribute,
    Bucket,
    BucketKind,
    Conditions,
    OwnPrice,
    Per,
    Price,
    Rollover,
    Scope,
    Step,
    Tariff,
    UsageEvent,
    UsageType,
    WhenEmpty,
)
from tests.rating.session.always import check, posted
from tests.rating.session.grammar import FIRST_DAY, ZONE, Line, Scenario, amount, length, micros, money, shown

HOME = Plmn("204", "04")
TARIFFS = Path(__file__).parent / "tariffs"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW_OR_NEVER = ("refused", "final", "uncollected", "loss", "blocked", "unrated", "redirect", "throttle")
"""Words that a line must say when they are true."""
_TYPES = {one.value: one for one in UsageType}


@cache
def tariff(name: str) -> Tariff:
    """A tariff from the folder beside this file."""
    node = load_marked(TARIFFS / f"{name}.yaml")
    found: Tariff = next(iter(read_tariffs([node], {"zones": load_marked(TARIFFS / "zones.yaml")}).values()))
    return found


class Player:
    """One scenario while it is played."""

    def __init__(self) -> None:
        self.state = State()
        self.terms = Terms((tariff("plain"),))
        self.now = FIRST_DAY
        self.accounts: dict[str, int] = {}
        self.events: dict[tuple[str, str], UsageEvent] = {}
        self.last: tuple[Request, str] | None = None
        self.requests = 0

    def play(self, scenario: Scenario) -> None:
        """Play every line; the first that differs is told with what was found."""
        for line in scenario.lines:
            if line.at is not None:
                assert line.at >= self.now, f"{scenario.file}: line {line.number} goes back in time"
                self.now = line.at
                passed = pass_time(self.state, self.now.astimezone(UTC), self.terms)
                self._moved(passed.state, passed.moves)
            said = self._do(line)
            wrong = self._differences(line, said)
            if wrong:
                told = "\n  ".join(wrong)
                place = scenario.file.split(":")[0]
                raise AssertionError(
                    f"{place}:{line.number} ({scenario.name})\n  {line.text}\n  {told}\n  found: "
                    f"{', '.join(said) or 'nothing'} | {', '.join(f'{n} {self._balance(n)}' for n in self._names())}"
                )
            self._check(f"{scenario.file}: line {line.number}")

    # --- what a line does ------------------------------------------------------------------------------------------

    def _do(self, line: Line) -> list[str]:
        words = list(line.words)
        session, who = "1", "anna"
        while words and (words[0].endswith(":") or words[0].startswith("@")):
            word = words.pop(0)
            session, who = (word[:-1], who) if word.endswith(":") else (session, word[1:])
        if not words or words[0] == "later":
            return []
        operation, rest = words[0], words[1:]
        setting = getattr(self, f"_set_{operation.replace('-', '_')}", None)
        if setting is not None:
            setting(rest)
            return []
        if operation == "repeat":
            assert self.last is not None
            request, fingerprint = self.last
            assert request.fingerprint == fingerprint
            return self._decided(request)
        self.requests += 1
        key = f"{session}/{self.requests}"
        if operation == "reuse":
            # Another content under the last key.
            assert self.last is not None
            key, operation, rest = self.last[0].key, rest[0], rest[1:]
        ask = self._ask(session, operation, rest)
        return self._decided(
            Request(key=key, operation=Operation(operation), session=session, subscriber=who, asks=(ask,))
        )

    def _decided(self, request: Request) -> list[str]:
        before = self.state
        self.last = request, request.fingerprint
        decision = decide(self.state, request, self.terms, self.now.astimezone(UTC))
        if request.operation in {Operation.ENQUIRE, Operation.AUTHORISE}:
            assert decision.state is before
            assert not decision.moves
        self._moved(decision.state, decision.moves)
        return self._said(decision, request)

    def _ask(self, session: str, operation: str, words: list[str]) -> Ask:
        service, at = "", self.now
        more: dict[str, object] = {"usage_type": None}
        if words and words[0] in _TYPES:
            more["usage_type"] = _TYPES[words.pop(0)]
        options: dict[str, list[str]] = {}
        current: list[str] = []
        for word in words:
            if word.startswith("+") or (word.isdigit() and not options):
                more["other_party"] = word
                continue
            if word.startswith("rg"):
                service, more["rating_group"] = word, int(word[2:])
                continue
            if word.startswith("id:"):
                more["service_id"] = word[3:]
                continue
            current = options.setdefault(word, []) if word in _OPTIONS else current
            if word not in _OPTIONS:
                current.append(word)
        if "since" in options:
            hour, minute = map(int, options["since"][-1].split(":"))
            at = at.replace(hour=hour, minute=minute)
            if len(options["since"]) == 2:
                month, day = map(int, options["since"][0].split("-"))
                at = at.replace(month=month, day=day)
        if more["usage_type"] is None:
            event = self.events[session, service]
        else:
            amount_ = amount(options["correct"][0]) if "correct" in options else 0
            event = UsageEvent(started_at=at, quantity=0, serving_plmn=HOME, correction=bool(amount_), **more)  # type: ignore[arg-type]  # words of the table
            self.events[session, service] = event
        used = [Report(amount(one)) for one in options.get("total", [])]
        reports = options.get("used", []) + options.get("correct", [])
        for word in reports:
            if word in {"before", "after", "unknown"}:
                used[-1] = Report(used[-1].amount, Side(word))
            else:
                used.append(Report(amount(word)))
        want = options.get("want")
        return Ask(
            event=event,
            service=service,
            used=tuple(used),
            totals="total" in options,
            absent_is_used="absent" in options,
            wants=want is not None or operation in {"start", "authorise"},
            want=amount(want[0]) if want and want[0] != "?" else None,
            ceiling=micros(options["ceiling"][0]) if "ceiling" in options else None,
            amount=micros(options["give"][0]) if "give" in options else None,
        )

    # --- what there is ---------------------------------------------------------------------------------------------

    def _set_tariff(self, words: list[str]) -> None:
        found = tuple(tariff(word) for word in words if word not in _CHANGED)
        for change in (_CHANGED[word] for word in words if word in _CHANGED):
            found = tuple(change(one) for one in found)
        self.terms = Terms(found, self.terms.policy)

    def _set_policy(self, words: list[str]) -> None:
        policy: Policy = self.terms.policy
        text = " ".join(words)
        known = {
            "partial no": {"partial": False},
            "grant whole-blocks": {"whole_blocks": True},
            "reserve high-water": {"high_water": True},
            "unknown suspense": {"settle_unknown": False},
            "action redirect http://top-up": {"action": Action.REDIRECT, "redirect_to": "http://top-up"},
        }
        if text in known:
            policy = replace(policy, **known[text])  # type: ignore[arg-type]  # words of the table
        elif words[0] == "validity":
            policy = replace(policy, validity=length(words[1]), keeps=1)
        else:
            unit = {"s": "ms", "m": "ms", "B": "octet"}[words[1][-1]]
            policy = replace(policy, **{words[0]: {unit: amount(words[1])}})  # type: ignore[arg-type]  # words of the table
        self.terms = Terms(self.terms.tariffs, policy)

    def _set_have(self, words: list[str]) -> None:
        """``have main 10.00``, ``have pack 100m priority 5 until 11-02 10:05``."""
        ref, size, *rest = words
        kind = next((one for start, one in _KINDS.items() if ref.startswith(start)), BucketKind.UNITS)
        more: dict[str, object] = {}
        while rest:
            name, count, read_as = _HAVE[rest.pop(0)]
            more[name] = read_as(*rest[:count])
            rest = rest[count:]
            if name == "when_empty" and more[name] in {WhenEmpty.THROTTLE, WhenEmpty.REDIRECT}:
                more["when_empty_to"] = rest.pop(0)
        until = more.pop("until", None)
        asset = str(more.pop("asset", ""))
        valid_to = until if isinstance(until, datetime) else None
        if kind is not BucketKind.UNITS:
            asset, left = "EUR", None if size == "∞" else micros(size)
        else:
            by_letter = {"s": "ms", "m": "ms", "h": "ms", "B": "octet"}
            asset = asset or ("sms" if size.endswith("sms") else by_letter.get(size[-1], "sms"))
            left = None if size == "∞" else amount(size)
        created = LONG_AGO if self.now == FIRST_DAY else self.now
        bucket = Bucket(
            ref=ref,
            kind=kind,
            available=left,
            valid=Period(created, valid_to),
            created_at=created,
            name=ref,
            **more,  # type: ignore[arg-type]  # words of the table
        )
        passed = grant(self.state, Holding(bucket=bucket, asset=asset))
        self._moved(passed.state, passed.moves)

    _set_top_up = _set_have

    def _set_cap(self, words: list[str]) -> None:
        who, _, ref, most = words
        holding = self.state.holdings[ref]
        cap = micros(most) if holding.asset == "EUR" else amount(most)
        self.state = self.state.with_holding(replace(holding, members={**holding.members, who: Member(cap=cap)}))

    def _set_spend_cap(self, words: list[str]) -> None:
        vat = Fraction(int(words[words.index("vat") + 1].rstrip("%")), 100) if "vat" in words else None
        cap = SpendCap(key=words[0], limit=micros(words[1]), vat=vat)
        self.state = replace(self.state, caps={**self.state.caps, cap.key: cap})

    def _set_consent(self, words: list[str]) -> None:
        cap = replace(self.state.caps[words[0]], consented=True)
        self.state = replace(self.state, caps={**self.state.caps, cap.key: cap})

    def _set_threshold(self, words: list[str]) -> None:
        marks = tuple(amount(word) for word in words[1:])
        unit = "octet" if words[1].endswith("B") else "ms"
        counter = PolicyCounter(key=words[0], unit=unit, thresholds=marks)
        self.state = replace(self.state, policy_counters={**self.state.policy_counters, words[0]: counter})

    # --- what came of it -------------------------------------------------------------------------------------------

    def _said(self, decision: Decision, request: Request) -> list[str]:
        answer = decision.answer
        if answer.refusal is not None:
            return [f"refused {answer.refusal}"]
        if not answer.services:
            return []
        asset = request.asks[0].event.usage_type.unit.value
        return _words(answer.only, asset)

    def _moved(self, state: State, moves: tuple[Move, ...]) -> None:
        self.state = state
        posted(self.accounts, moves)

    def _names(self) -> list[str]:
        return list(self.state.holdings)

    def _balance(self, name: str) -> str:
        if name in {"uncollected", "loss"}:
            return money(-self.accounts.get({"uncollected": UNCOLLECTED, "loss": LOSS}[name], 0))
        if name.startswith("expired:"):
            ref = name.removeprefix("expired:")
            return shown(self.state.holdings[ref].asset, self.accounts.get(expired_of(ref), 0))
        if name in self.state.caps:
            cap = self.state.caps[name]
            return f"{money(cap.spent)}/{money(cap.reserved)}" if cap.reserved else money(cap.spent)
        if name in self.state.policy_counters:
            counter = self.state.policy_counters[name]
            return shown(counter.unit, counter.counted)
        if name not in self.state.holdings:
            return "none"
        holding = self.state.holdings[name]
        free = 0 if holding.closed else holding.available
        text = shown(holding.asset, free)
        return f"{text}/{shown(holding.asset, holding.reserved)}" if holding.reserved else text

    def _differences(self, line: Line, said: list[str]) -> list[str]:
        wrong = [f"expected {one!r}" for one in line.says if _canonical(one) not in [_canonical(s) for s in said]]
        expected = [_canonical(one) for one in line.says]
        wrong += [
            f"does not say {one!r}"
            for one in said
            if one.split()[0] in NOW_OR_NEVER and _canonical(one) not in expected
        ]
        for name, amounts in line.balances.items():
            found = self._balance(name)
            if _canonical_amount(found) != _canonical_amount(amounts):
                wrong.append(f"{name} is {found}, not {amounts}")
        return wrong

    def _check(self, place: str) -> None:
        check(self.state, self.accounts, place)


_KINDS = {"main": BucketKind.MAIN, "promo": BucketKind.PROMOTIONAL, "bill": BucketKind.UNBILLED}
"""What a bucket is, by how its name begins."""


def _instant(day: str, clock: str) -> datetime:
    month, date = map(int, day.split("-"))
    hour, minute = map(int, clock.split(":"))
    return FIRST_DAY.replace(month=month, day=date, hour=hour, minute=minute)


def _rolls(most: str, keeps: str) -> Rollover:
    return Rollover(maximum=None if most == "all" else amount(most), lasts=length(keeps))


def _scope(named: str) -> Scope:
    clause = Conditions(time_bands=("day",)) if named == "day" else Conditions(usage_types=(_TYPES[named],))
    return Scope(include=(clause,))


def _own_price(per_minute: str) -> OwnPrice:
    return OwnPrice(steps=(Step(start=0, price=micros(per_minute), unit=60_000, block=1_000),))


_HAVE: Mapping[str, tuple[str, int, Callable[..., object]]] = {
    **{word: (word, 0, lambda: True) for word in ("exact", "partial", "stop", "shared", "overdraw")},
    "priority": ("priority", 1, int),
    "block": ("block", 1, amount),
    "factor": ("factor", 1, Fraction),
    "overdraft": ("overdraft", 1, micros),
    "lasts": ("lasts", 1, length),
    "rollover": ("rollover", 2, _rolls),
    "until": ("until", 2, _instant),
    "at": ("price", 1, _own_price),
    "empty": ("when_empty", 1, WhenEmpty),
    "for": ("scope", 1, _scope),
    "only": ("asset", 1, {"voice": "ms", "data": "octet", "sms": "sms"}.__getitem__),
}
"""What can be said of a bucket: the field, how many words follow, and how they are read."""


def _graduated(one: Tariff) -> Tariff:
    """Calls at 0.15 a minute for the period's first ten minutes, then at a third of it."""
    first = Step(start=0, price=150_000, unit=60_000, block=1_000)
    steps = (first, Step(start=600_000, price=50_000, unit=60_000, block=1_000))
    price = Price(steps=steps, per=Per.PERIOD)
    rules = tuple(replace(rule, price=price) if rule.key == "calls" else rule for rule in one.rules)
    return replace(one, rules=rules)


def _disconnects(one: Tariff) -> Tariff:
    """Where a price has a maximum, nothing more is granted there."""
    rules = tuple(
        replace(rule, price=replace(rule.price, at_maximum=AtMaximum.DISCONNECT)) if rule.price is not None else rule
        for rule in one.rules
    )
    return replace(one, rules=rules)


_CHANGED: Mapping[str, Callable[[Tariff], Tariff]] = {
    "one-bucket": lambda one: replace(one, one_bucket=True),
    "by-report": lambda one: replace(one, attribute=Attribute.REPORT),
    "disconnects": _disconnects,
    "graduated": _graduated,
}
"""What a table may change in a tariff that it names."""
_OPTIONS = ("used", "total", "want", "ceiling", "absent", "since", "give", "correct")


def _words(one: ServiceAnswer, asset: str) -> list[str]:
    words: list[str] = []
    if one.refusal is not None:
        words.append(f"refused {one.refusal}")
    elif one.granted is not None:
        words.append(f"granted {shown(asset, one.granted)}")
    if one.final:
        words.append(f"final {one.action or ''}".strip())
    for name, given in (("cut", one.cut_by), ("throttle", one.throttle), ("redirect", one.redirect_to)):
        if given:
            words.append(f"{name} {given}")
    return words + _sums(one, asset)


def _sums(one: ServiceAnswer, asset: str) -> list[str]:
    words: list[str] = []
    for name, micro in (
        ("reserved", one.reserved),
        ("charged", one.charged),
        ("uncollected", one.uncollected),
        ("loss", one.loss),
    ):
        if micro or name in {"charged", "reserved"}:
            words.append(f"{name} {money(micro)}")
    if one.cost is not None:
        words.append(f"cost {money(one.cost.micros)}")
    for name, units in (("blocked", one.blocked), ("unrated", one.unrated)):
        if units:
            words.append(f"{name} {shown(asset, units)}")
    if one.tariff_change is not None:
        words.append(f"switch {one.tariff_change.astimezone(ZONE):%H:%M}")
    if one.threshold is not None:
        words.append(f"threshold {shown(asset, one.threshold)}")
    return words


def _canonical(said: str) -> str:
    word, _, rest = said.partition(" ")
    return f"{word} {_canonical_amount(rest)}"


def _canonical_amount(text: str) -> str:
    pieces = []
    for one in text.split("/"):
        if not one or not (one[0].isdigit() or one[0] == "-"):
            pieces.append(one)
        elif one.replace(".", "").replace("-", "").isdigit() and "." in one:
            pieces.append(money(micros(one)))
        elif ":" in one:
            pieces.append(one)
        else:
            pieces.append(str(amount(one)))
    if len(pieces) == 2 and pieces[1] in {"0", "0.00"}:
        pieces.pop()
    return "/".join(pieces)
