"""The languages of the screens."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """A language that screens are translated into; `locale` says how its numbers and dates are written."""

    code: str
    name: str
    locale: str
    right_to_left: bool = False


LANGUAGES: Final = (
    Language("en", "English", "en_GB"),
    Language("de", "Deutsch", "de_DE"),
    Language("fr", "Français", "fr_FR"),
    Language("nl", "Nederlands", "nl_NL"),
    Language("es", "Español", "es_ES"),
    Language("ar", "العربية", "ar", right_to_left=True),
)
"""Each under the name that its own speakers give it; the first is the one that the code is written in."""

SOURCE: Final = LANGUAGES[0]
BY_CODE: Final = {language.code: language for language in LANGUAGES}
TRANSLATED: Final = tuple(language for language in LANGUAGES if language is not SOURCE)


def known(code: str) -> bool:
    """Whether there are screens in this language."""
    return code in BY_CODE


def active(code: str | None) -> Language:
    """The language of a code such as ``de`` or ``de-at``; English for one that is not known."""
    return BY_CODE.get((code or "").partition("-")[0], SOURCE)
