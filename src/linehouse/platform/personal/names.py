"""The search for names, in a table of its own that erasure empties.

For each subject it holds keyed hashes of every beginning of every word, and of each whole name by its kind. Who has the
table and not the master key sees how many beginnings two people share, and no letter of a name but the first two.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from linehouse.platform.personal.blind import blind_words
from linehouse.platform.personal.models import NameSearch

_LONGEST_BEGINNING = 16
_PLACE = "personal_namesearch.tokens"


def searchable(text: str) -> str:
    """The text as names are searched: lower case, without accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def remember(subject: UUID, name: str, exact: Mapping[str, str]) -> None:
    """From now on the subject is found by the words of ``name``, and by each of ``exact`` (kind → whole text)."""
    texts = [f"begins|{word[:length]}" for word in _words(name) for length in range(1, _LONGEST_BEGINNING + 1)]
    texts += [f"is|{kind}|{searchable(text)}" for kind, text in exact.items() if text]
    tokens = sorted(set(blind_words(_PLACE, list(dict.fromkeys(texts)))))
    row = NameSearch(subject=subject, tokens=tokens, initials=searchable(name).replace(" ", "")[:2])
    NameSearch.objects.bulk_create(
        [row], update_conflicts=True, update_fields=["tokens", "initials"], unique_fields=["subject"]
    )


def forget(subject: UUID) -> None:
    """The subject is found by no name any more."""
    NameSearch.objects.filter(subject=subject).delete()


def beginning_with(text: str) -> QuerySet[NameSearch]:
    """Subjects of whose name some word begins with each word of the text; none for a text without letters."""
    words = [f"begins|{word[:_LONGEST_BEGINNING]}" for word in _words(text)]
    if not words:
        return NameSearch.objects.none()
    return NameSearch.objects.filter(tokens__contains=blind_words(_PLACE, words))


def exactly(kind: str, text: str) -> QuerySet[NameSearch]:
    """Subjects that were remembered with this whole text of the kind, in whatever case."""
    return NameSearch.objects.filter(tokens__contains=blind_words(_PLACE, [f"is|{kind}|{searchable(text)}"]))


def _words(text: str) -> list[str]:
    # Both the words as written and their parts: «Müller-Lüdenscheidt» is found by either half.
    found: list[str] = []
    for word in searchable(text).split():
        found.append("".join(filter(str.isalnum, word)))
        found += "".join(letter if letter.isalnum() else " " for letter in word).split()
    return [word for word in dict.fromkeys(found) if word]
