"""What the product brings: its notices and their wordings, as files; and reading a brand's files of the same form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from linehouse.kernel.error import Invalid
from linehouse.notify.values import Channel, MessageClass, Notice, Variable, VariableKind, Wording

Key = tuple[str, Channel, str]
"""Notice, channel, language."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Notices by name, and wordings."""

    notices: Mapping[str, Notice]
    wordings: Mapping[Key, Wording]


@cache
def shipped() -> Texts:
    """What is there before a brand writes anything."""
    return _read(resources.files("linehouse.notify").joinpath("texts"), own=False)


def read_folder(folder: Path) -> Texts:
    """A brand's folder: ``notices.yaml`` with its own notices, ``email/nl.yaml`` and ``sms/nl.yaml`` with wordings.
    Raises Invalid naming the file."""
    return _read(folder, own=True)


def _read(folder: Traversable, *, own: bool) -> Texts:
    notices, wordings = {}, {}
    declared = folder.joinpath("notices.yaml")
    if declared.is_file():
        for key, parts in _yaml(declared).items():
            notices[key] = notice_of(key, parts, own=own)
    for channel in Channel:
        place = folder.joinpath(channel.value)
        for file in sorted(place.iterdir(), key=lambda found: found.name) if place.is_dir() else ():
            language, dot, kind = file.name.rpartition(".")
            if dot and kind == "yaml":
                for key, parts in _yaml(file).items():
                    wordings[key, channel, language] = _wording(channel, parts, file.name)
    return Texts(notices, wordings)


def _yaml(file: Traversable) -> dict[str, Any]:
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise Invalid(f"{file.name} is no YAML", field=file.name, expected=str(error)[:200]) from None
    if not isinstance(found, dict):
        raise Invalid(f"{file.name} holds no names", field=file.name, expected="a mapping by the notice's name")
    return found


def notice_of(key: str, parts: Mapping[str, Any], *, own: bool) -> Notice:
    """A declared notice. Raises Invalid for a word that is not known."""
    try:
        return Notice(
            key=key,
            title=str(parts["title"]),
            message_class=MessageClass(parts["class"]),
            channels=tuple(Channel(one) for one in parts["channels"]),
            variables=tuple(
                Variable(name=name, kind=VariableKind(one["kind"]), example=str(one["example"]))
                for name, one in (parts.get("variables") or {}).items()
            ),
            purpose=str(parts.get("purpose", "marketing")),
            own=own,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        expected = "title, class (legal, service, marketing), channels (email, sms), variables with kind and example"
        raise Invalid(f"the notice {key} is not declared right: {error}", field=key, expected=expected) from None


def _wording(channel: Channel, parts: Any, name: str) -> Wording:
    if channel is Channel.SMS and isinstance(parts, str):
        return Wording(text=parts)
    if isinstance(parts, dict) and isinstance(parts.get("text"), str):
        return Wording(
            subject=str(parts.get("subject", "")), text=parts["text"], html=str(parts.get("html", "")).strip()
        )
    raise Invalid(f"a wording in {name} is not right", field=name, expected="subject, text and html; for an SMS a text")
