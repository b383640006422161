"""What publishing a set of files would change: a diff that a product manager can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from linehouse.catalog.content import Content, as_text, content_of
from linehouse.catalog.values import Catalogue
from linehouse.kernel.money import MICROS

_AMOUNTS = frozenset({"price", "flat", "minimum", "maximum", "micros"})
"""Fields of a tariff that hold micro-units of its currency."""
SHOWN = 80
"""Longer values are shortened in the diff of one field."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One place within an element, dotted, and what stood and will stand there (empty: nothing)."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ElementChange:
    """An offering, specification, tariff or the brand itself that is added, removed or changed."""

    kind: str
    key: str
    what: str
    """``added``, ``removed``, ``changed``."""
    fields: tuple[FieldChange, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} {self.kind} {self.key}"


ELEMENT_KINDS: Mapping[str, str] = {
    "offering": "offerings",
    "product specification": "product_specifications",
    "service specification": "service_specifications",
    "resource specification": "resource_specifications",
    "tariff": "tariffs",
    "regulation": "regulation",
    "control": "controls",
}
"""Kinds of elements by the field of the catalogue that holds them."""


def elements(catalogue: Catalogue) -> dict[tuple[str, str], object]:
    """Every element of the catalogue by kind and key."""
    found: dict[tuple[str, str], object] = {("brand", catalogue.brand.key): catalogue.brand}
    for kind, name in ELEMENT_KINDS.items():
        held: Mapping[str, object] = getattr(catalogue, name)
        found |= {(kind, key): value for key, value in held.items()}
    return found


def difference(published: Catalogue | None, wanted: Catalogue) -> tuple[ElementChange, ...]:
    """The changes from what is published to what the files hold."""
    old = elements(published) if published else {}
    new = elements(wanted)
    changes = []
    for kind, key in sorted(old.keys() | new.keys()):
        if (kind, key) not in new:
            changes.append(ElementChange(kind, key, "removed"))
        elif (kind, key) not in old:
            changes.append(ElementChange(kind, key, "added"))
        else:
            fields = tuple(_fields("", content_of(old[kind, key]), content_of(new[kind, key])))
            if fields:
                changes.append(ElementChange(kind, key, "changed", fields))
    return tuple(changes)


def _fields(path: str, old: Content, new: Content) -> Iterator[FieldChange]:
    if as_text(old) == as_text(new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        if "sentence" in old and "sentence" in new:  # an example is its sentence; all else follows from it
            old, new = {"sentence": old["sentence"]}, {"sentence": new["sentence"]}
        yield from _entries(path, old, new)
        return
    if isinstance(old, list) and isinstance(new, list) and all(isinstance(item, str) for item in (*old, *new)):
        gone, come = [str(i) for i in old if i not in new], [str(i) for i in new if i not in old]
        if gone or come:
            yield FieldChange(path, _shortened(", ".join(gone)), _shortened(", ".join(come)))
            return
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (before, after) in enumerate(zip(old, new, strict=True), 1):
            yield from _fields(f"{path}.{position}", before, after)
        return
    yield FieldChange(path, _said(path, old), _said(path, new))


def _entries(path: str, old: dict[str, Content], new: dict[str, Content]) -> Iterator[FieldChange]:
    for key in [*old, *(key for key in new if key not in old)]:
        inner = f"{path}.{key}" if path else key
        if key not in old:
            yield FieldChange(inner, "", _shown(new[key]))
        elif key not in new:
            yield FieldChange(inner, _shown(old[key]), "")
        else:
            yield from _fields(inner, old[key], new[key])
    # Order decides in rules and on bills, so the same things in another order are a change.
    if old.keys() == new.keys() and list(old) != list(new):
        yield FieldChange(path, _shortened(", ".join(old)), _shortened(", ".join(new)))


def _said(path: str, value: Content) -> str:
    """A value as people write it: counts of micro-units as amounts."""
    if path.rpartition(".")[2] in _AMOUNTS and isinstance(value, int):
        major, micros = divmod(value, MICROS)
        return f"{major}.{micros:06d}".rstrip("0").ljust(len(str(major)) + 3, "0")
    return _shown(value)


def _shown(value: Content) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case dict():
            inner = ", ".join(f"{key}: {_shown(item)}" for key, item in value.items() if item not in (None, [], {}))
            return _shortened(inner)
        case list():
            return _shortened(", ".join(_shown(item) for item in value))
    return _shortened(str(value))


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
