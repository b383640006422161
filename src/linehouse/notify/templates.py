"""Templates: subject and text per language, with declared variables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter

import yaml

from linehouse.notify.errors import MissingVariable, UnknownTemplate

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Template:
    """What is said, in one language; names in braces are variables."""

    name: str
    language: str
    subject: str
    text: str

    @property
    def variables(self) -> frozenset[str]:
        """The names that it needs."""
        return frozenset(field for _, field, _, _ in Formatter().parse(self.subject + self.text) if field)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Subject and text with everything filled in."""

    subject: str
    text: str


@cache
def _all() -> dict[tuple[str, str], Template]:
    found = {}
    for file in resources.files("linehouse.notify").joinpath("texts").iterdir():
        if file.name.endswith(".yaml"):
            language = file.name.removesuffix(".yaml")
            for name, parts in yaml.safe_load(file.read_text(encoding="utf-8")).items():
                found[name, language] = Template(name, language, parts["subject"], parts["text"])
    return found


def languages() -> frozenset[str]:
    """The languages in which templates exist."""
    return frozenset(language for _, language in _all())


def names() -> frozenset[str]:
    """The names of all templates."""
    return frozenset(name for name, _ in _all())


def template(name: str, language: str) -> Template:
    """The template in the language, else in English. Raises UnknownTemplate."""
    found = _all().get((name, language)) or _all().get((name, FALLBACK))
    if found is None:
        raise UnknownTemplate(
            f"no template {name!r}", field="template", value=name, expected=", ".join(sorted(names()))
        )
    return found


def render(given: Template, variables: dict[str, str]) -> Rendered:
    """Fill the variables in. Raises MissingVariable."""
    if missing := given.variables - variables.keys():
        raise MissingVariable(
            f"the template {given.name} needs {', '.join(sorted(missing))}",
            field="variables",
            expected=", ".join(sorted(given.variables)),
        )
    return Rendered(given.subject.format_map(variables), given.text.format_map(variables))
