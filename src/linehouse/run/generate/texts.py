"""The catalogues of texts: every text of the screens is found, and each language's file follows.

Texts come from three places: what Python hands to gettext or makes a sentence of, what templates mark, and codes that
screens say in words (states of lifecycles, reasons, kinds). The files carry no dates and no line numbers, so that they
change only when a text does.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from linehouse.insight.telling import has_words, plain_name
from linehouse.kernel.event import all_event_types
from linehouse.kernel.lifecycle import all_lifecycles
from linehouse.platform.texts.codes import spelled
from linehouse.platform.texts.compiled import DOMAIN, SOURCES
from linehouse.platform.texts.languages import TRANSLATED
from linehouse.rating.lint import CHECKS
from linehouse.run.generate.reference import import_declarations

PACKAGE: Final = Path(__file__).resolve().parents[2]
_CALLS: Final = ("gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "sentence")
_ALIAS: Final = re.compile(rb"\b(n?gettext(?:_lazy|_noop)?) as (\w+)")
"""A module may call them by a shorter name."""
_TEMPLATE_CALL: Final = re.compile(
    r'\b(n?gettext|_)\((u?"""(?:.|\n)*?"""|u?\'\'\'(?:.|\n)*?\'\'\'|[^\n]*?)(?=\) |\)$|\)\n)'
)
_TEMPLATE_STATUS: Final = re.compile(r'{% status "([^"]+)" %}')
_ENUMERATIONS: Final = (
    "linehouse.activation.values.Action",
    "linehouse.activation.values.Bar",
    "linehouse.activation.values.LineService",
    "linehouse.balance.values.MovementKind",
    "linehouse.billing.values.LineKind",
    "linehouse.catalog.values.words.BillingMode",
    "linehouse.catalog.values.words.DueOn",
    "linehouse.charging.errors.Reason",
    "linehouse.customer.values.Delivery",
    "linehouse.ledger.chart.Side",
    "linehouse.ordering.values.ItemAction",
    "linehouse.ordering.values.StepKind",
    "linehouse.rating.values.usage.Direction",
    "linehouse.rating.values.usage.UsageType",
    "linehouse.resource.values.ResourceKind",
    "linehouse.usage.errors.Refusal",
    "linehouse.usage.errors.Suspension",
)
"""Kinds whose values screens say in words."""
_WORDS: Final = (
    "api",
    "bank transfer",
    "card",
    "connection",
    "cli",
    "deposit",
    "desk",
    "direct debit",
    "e mail",
    "email",
    "fees",
    "house",
    "live",
    "manual",
    "offset",
    "partner",
    "phone",
    "post",
    "recurring",
    "one time",
    "running",
    "self care",
    "simulated",
    "sms",
    "subscription",
    "usage",
)
"""Channels, ways of payment and kinds of revenue: open lists, of which these are in use."""

Text = str | tuple[str, str]


@dataclass(frozen=True, slots=True)
class Missing:
    """A text that at least one language lacks."""

    text: Text
    languages: tuple[str, ...]


def texts() -> dict[Text, tuple[str, ...]]:
    """Every text of the screens with the files (or kinds of code) that it is from; a pair is singular and plural."""
    found: dict[Text, set[str]] = {}
    for where, text in (*_of_python(), *_of_templates(), *_of_codes()):
        found.setdefault(text, set()).add(where)
    # A text that also has a plural is one entry: the catalogue knows it by its singular.
    for pair in [text for text in found if isinstance(text, tuple)]:
        found[pair] |= found.pop(pair[0], set())
    return {text: tuple(sorted(found[text])) for text in sorted(found, key=_name)}


def write() -> list[Path]:
    """Bring every language's catalogue up to the texts of the code; translations of unchanged texts stay."""
    wanted = texts()
    return [_write(_renewed(language.code, wanted), language.code) for language in TRANSLATED]


def missing() -> list[Missing]:
    """The texts that a language lacks, in the order of the catalogues."""
    catalogues = {language.code: read(language.code) for language in TRANSLATED}
    lacking = []
    for text in texts():
        codes = tuple(code for code, catalogue in catalogues.items() if not _complete(catalogue.get(_name(text)), text))
        if codes:
            lacking.append(Missing(text, codes))
    return lacking


def take(lines: Iterable[str]) -> int:
    """Take translations over: a JSON object on each line, ``{"text": …, "de": …, "ar": […]}``; returns how many.

    `text` is the text, or the pair of singular and plural; a translation of a pair is the list of all plural forms of
    its language. Raises ValueError for a text that the code does not have.
    """
    wanted = texts()
    by_name = {_name(text): text for text in wanted}
    catalogues = {language.code: _renewed(language.code, wanted) for language in TRANSLATED}
    taken = 0
    for line in filter(str.strip, lines):
        given: dict[str, Any] = json.loads(line)
        name = _name(tuple(given["text"]) if isinstance(given["text"], list) else given["text"])
        if name not in by_name:
            raise ValueError(f"no screen says {name!r}")
        for code, catalogue in catalogues.items():
            if code in given:
                said = given[code]
                catalogue[name].string = tuple(said) if isinstance(said, list) else said
                taken += 1
    for code, catalogue in catalogues.items():
        _write(catalogue, code)
    return taken


def read(code: str) -> Catalog:
    """A language's catalogue as it stands."""
    file = _file(code)
    if not file.exists():
        return Catalog(locale=code)
    with file.open("rb") as stream:
        return read_po(stream, locale=code, ignore_obsolete=True)


def _renewed(code: str, wanted: Mapping[Text, tuple[str, ...]]) -> Catalog:
    old, new = read(code), Catalog(locale=code, domain=DOMAIN, charset="utf-8", fuzzy=False)
    for text, places in wanted.items():
        known = old.get(_name(text))
        plural = isinstance(text, tuple)
        same = known is not None and (known.id if plural else isinstance(known.id, str)) and _shape(known, text)
        string = known.string if same and known is not None else ([""] * new.num_plurals if plural else "")
        new.add(
            list(text) if isinstance(text, tuple) else text,
            tuple(string) if isinstance(string, (list, tuple)) else string,
            locations=[(place, 0) for place in places],
            flags=("python-format",) if "%(" in _name(text) else (),
        )
    return new


def _shape(known: Message, text: Text) -> bool:
    return known.id == text if isinstance(text, str) else tuple(known.id) == text


def _write(catalogue: Catalog, code: str) -> Path:
    file = _file(code)
    file.parent.mkdir(parents=True, exist_ok=True)
    made = BytesIO()
    write_po(made, catalogue, width=110, sort_output=True, omit_header=True, include_lineno=False)
    file.write_text(_header(catalogue, code) + made.getvalue().decode(), encoding="utf-8")
    return file


def _header(catalogue: Catalog, code: str) -> str:
    """The head of a file, without the dates that would change it every time."""
    return (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {code}\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n\n'
    )


def _file(code: str) -> Path:
    return SOURCES / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def _name(text: Text) -> str:
    return text if isinstance(text, str) else text[0]


def _complete(message: Message | None, text: Text) -> bool:
    if message is None or not _shape(message, text):
        return False
    return all(message.string) if isinstance(message.string, (list, tuple)) else bool(message.string)


def _of_python() -> Iterator[tuple[str, Text]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        source = file.read_bytes()
        if (b"gettext" not in source and b"sentence(" not in source) or "migrations" in file.parts:
            continue
        names = dict(zip(_CALLS, _CALLS, strict=True)) | {
            alias.decode(): function.decode() for function, alias in _ALIAS.findall(source)
        }
        for _, function, messages, _ in extract_python(BytesIO(source), dict.fromkeys(names), (), {}):
            yield from _text(_place(file), names[str(function)], messages)


def _text(place: str, function: str, messages: object) -> Iterator[tuple[str, Text]]:
    given = messages if isinstance(messages, tuple) else (messages,)
    if "ngettext" in function and len(given) > 1 and isinstance(given[0], str) and isinstance(given[1], str):
        yield place, (given[0], given[1])
    elif isinstance(given[0], str) and given[0] and "ngettext" not in function:
        yield place, given[0]


def _of_templates() -> Iterator[tuple[str, Text]]:
    for file in sorted(PACKAGE.rglob("templates/**/*.html")):
        source = file.read_text(encoding="utf-8")
        for word in _TEMPLATE_STATUS.findall(source):
            yield _place(file), spelled(word)
        if "i18n" in source:
            for function, text in template_calls(source, file.name):
                yield _place(file), text if function == "ngettext" else text[0]


def template_calls(source: str, name: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The gettext calls that a template makes."""
    for line in _TEMPLATE_CALL.finditer(templatize(source, origin=name) + "\n"):
        given = [_string(part) for part in ast.parse(f"f({line.group(2)})", mode="eval").body.args]  # type: ignore[attr-defined]  # a call
        strings = [text for text in given if text is not None]
        if strings and strings[0]:
            yield line.group(1), (strings[0], strings[-1])


def _string(part: ast.expr) -> str | None:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else None


def _of_codes() -> Iterator[tuple[str, Text]]:
    import_declarations()
    for name, lifecycle in all_lifecycles().items():
        for state in lifecycle.states:
            yield f"lifecycle {name}", spelled(state)
    for path in _ENUMERATIONS:
        module, _, kind = path.rpartition(".")
        values: type[StrEnum] = getattr(import_module(module), kind)
        for value in values:
            yield f"values of {kind}", spelled(value.value)
    for file in sorted((PACKAGE / "insight").glob("words*.py")):
        import_module(f"linehouse.insight.{file.stem}")
    for event_name, event in all_event_types().items():
        if event.__module__.startswith("linehouse.") and not has_words(event_name):
            yield "events without words of their own", spelled(plain_name(event_name))
    for check in CHECKS.values():
        yield "what lint looks for", check.title
        yield "what lint looks for", check.mend
    for word in _WORDS:
        yield "words of open lists", word


def _place(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()
