"""Every text that somebody reads is marked, and every language says it: same placeholders, all plural forms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Message

from linehouse.platform.texts.languages import LANGUAGES, TRANSLATED, active
from linehouse.run.generate import texts as catalogues

SOURCE: Final = Path(__file__).resolve().parents[2] / "src" / "linehouse"
MOST_MISSING: Final = 0
"""Texts that may lack a translation."""
NAMES: Final = {
    "Linehouse",
    "CSV",
    "SHA-256",
    "IMSI",
    "ICCID",
    "PLMN",
    "APN",
    "API",
    "SMS",
    "MMS",
    "PUK",
    "URL",
    "ID",
    "TOTP",
    "UTC",
}
"""Words that are the same in every language."""
SHOWN: Final = {
    "Column": (1,),
    "Filter": (1,),
    "Empty": (0, 1),
    "Action": (0,),
    "Milestone": (0,),
    "Finder": (0,),
    "CustomerTab": (1,),
    "success": (1,),
    "warning": (1,),
    "info": (1,),
    "error": (1,),
}
"""What is shown of the arguments of these calls, by position."""
SHOWN_BY_NAME: Final = {"label", "help_text", "caption", "search_label", "title", "lede", "submit", "empty_label"}
SHOWN_IN_CONTEXT: Final = {"title", "lede", "submit", "caption"}
ATTRIBUTES: Final = (
    "aria-label",
    "title",
    "placeholder",
    "alt",
    "data-confirm",
    "data-confirm-text",
    "data-confirm-action",
)

_TAG: Final = re.compile(
    r"{% comment.*?endcomment %}|{% blocktrans.*?endblocktrans(?:late)? %}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL
)
_MARKUP: Final = re.compile(r"<!--.*?-->|<(script|style|kbd|code|pre)\b.*?</\1>|<[^<>]*>", re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]")


def screens() -> list[Path]:
    return sorted(file for room in ("desk", "ui", "selfcare") for file in (SOURCE / "edge" / room).rglob("*.html"))


def bare(text: str) -> str:
    """What of a text is words and not marked."""
    words = re.sub(r"\bis-[a-z]+", "", " ".join(text.split()))
    return words if re.search(r"[^\W\d_]{2}", words) and words.strip(" ·:;,.()…“”") not in NAMES else ""


def bare_texts(source: str) -> Iterator[str]:
    """Texts of a template that nobody marked."""
    plain = _TAG.sub(lambda tag: "\x00" * bool(tag), source)
    for attribute in re.finditer(rf'\b({"|".join(ATTRIBUTES)})="([^"]*)"', plain):
        if words := bare(attribute[2].replace("\x00", " ")):
            yield words
    for text in _MARKUP.sub("\x01", plain).split("\x01"):
        for piece in text.split("\x00"):
            if words := bare(piece):
                yield words


@pytest.mark.parametrize("file", screens(), ids=lambda file: file.name)
def test_a_template_has_no_bare_text(file: Path) -> None:
    assert list(bare_texts(file.read_text(encoding="utf-8"))) == []


def test_bare_text_is_found() -> None:
    assert list(bare_texts('<p title="Help">{% translate "Marked" %} Not marked {{ value }}</p>')) == [
        "Help",
        "Not marked",
    ]


def modules() -> list[Path]:
    return sorted(file for room in ("desk", "ui", "selfcare") for file in (SOURCE / "edge" / room).rglob("*.py"))


def called(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return called(value)
        case _:
            return ""


def literal(node: ast.expr) -> str:
    """The text of a literal that reads like words; empty for all else."""
    match node:
        case ast.Constant(value=str(text)):
            return text if bare(text) and (text[:1].isupper() or " " in text) and text not in NAMES else ""
        case ast.JoinedStr():
            inner = " ".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
            return inner if re.search(r"\b[a-z]{3,}\b", inner) and "/" not in inner else ""
        case ast.IfExp(body=body, orelse=orelse):
            return literal(body) or literal(orelse)
        case _:
            return ""


def bare_literals(source: str) -> Iterator[str]:
    """Literals that are handed to something that shows them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = called(node.func)
            if name in {"error", "warning", "info"} and called(getattr(node.func, "value", node.func)) != "messages":
                continue
            given = [node.args[at] for at in SHOWN.get(name, ()) if at < len(node.args)]
            given += [word.value for word in node.keywords if word.arg in SHOWN_BY_NAME]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            given = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value in SHOWN_IN_CONTEXT]
        else:
            continue
        yield from filter(None, map(literal, given))


@pytest.mark.parametrize("file", modules(), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_module_shows_no_bare_literal(file: Path) -> None:
    assert list(bare_literals(file.read_text(encoding="utf-8"))) == []


def test_bare_literals_are_found() -> None:
    shown = 'Column("a", "Weight"); messages.success(request, f"{n} rows gone"); {"title": "Birds"}; log.info(1, "No")'
    assert sorted(bare_literals(shown)) == [" rows gone", "Birds", "Weight"]


def test_no_language_lacks_a_text() -> None:
    lacking = catalogues.missing()
    assert len(lacking) <= MOST_MISSING, [one.text for one in lacking[:20]]


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_a_catalogue_is_as_the_tool_writes_it(code: str) -> None:
    """No text of it is gone from the code, and nobody changed its order."""
    wanted = {text if isinstance(text, str) else text[0] for text in catalogues.texts()}
    stale = [message.id for message in catalogues.read(code) if message.id and name_of(message) not in wanted]
    assert len(stale) <= MOST_MISSING, stale


def name_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def translations(code: str) -> Iterator[tuple[str, str]]:
    """Each translated form beside the English it stands for."""
    for message in catalogues.read(code):
        if not message.id:
            continue
        forms = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        english = message.id if isinstance(message.id, (list, tuple)) else [message.id]
        for place, form in enumerate(forms):
            if form:
                yield english[0 if place == 0 else -1], form


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_a_translation_has_the_placeholders_of_its_text(code: str) -> None:
    wrong = []
    for english, said in translations(code):
        wanted, given = set(_PLACEHOLDER.findall(english)), set(_PLACEHOLDER.findall(said))
        # Arabic says one and two without the figure.
        if given != wanted and not (
            code == "ar"
            and given <= wanted
            and wanted - given <= {"%(count)s", "%(total)s", "%(shown)s", "%(counter)s"}
        ):
            wrong.append((english, said))
    assert wrong == []


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_a_translation_has_all_plural_forms(code: str) -> None:
    catalogue = catalogues.read(code)
    assert [
        message.id
        for message in catalogue
        if isinstance(message.id, (list, tuple))
        and isinstance(message.string, (list, tuple))
        and any(message.string)
        and len(message.string) != catalogue.num_plurals
    ] == []


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_a_translation_begins_and_ends_like_its_text(code: str) -> None:
    """Spaces at the edges join texts, quotation marks would end an attribute."""
    wrong = [
        (english, said)
        for english, said in translations(code)
        if english[:1].isspace() != said[:1].isspace() or english[-1:].isspace() != said[-1:].isspace() or '"' in said
    ]
    assert wrong == []


def test_the_languages_are_the_six() -> None:
    assert [language.code for language in LANGUAGES] == ["en", "de", "fr", "nl", "es", "ar"]
    assert [language.code for language in LANGUAGES if language.right_to_left] == ["ar"]
    assert active("de-at").code == "de"
    assert active("xx").code == "en"
