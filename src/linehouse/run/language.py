"""The language in which a command speaks."""

from __future__ import annotations

from collections.abc import Iterable

import click

from linehouse.kernel.sentence import Sentence
from linehouse.platform.texts.languages import LANGUAGES, SOURCE

language_option = click.option(
    "--language",
    type=click.Choice([language.code for language in LANGUAGES]),
    default=SOURCE.code,
    show_default=True,
    help="Language of the sentences.",
)
"""The option of every command that tells sentences."""


def in_language(sentences: Iterable[Sentence], language: str) -> list[str]:
    """The sentences in that language; English needs no catalogue."""
    if language == SOURCE.code:
        return [str(one) for one in sentences]
    from linehouse.run.house import set_up_django

    set_up_django()
    from django.utils.translation import override

    from linehouse.platform.texts.sentences import say_all

    with override(language):
        return say_all(sentences)
