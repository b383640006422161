"""What a table declares that can be done to chosen rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django_stubs_ext import StrOrPromise

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction(Generic[R]):
    """Something that can be done to each chosen row.

    `act` does it to one row and returns what came of it in words; a DomainError of its room is the row's refusal.
    `form` asks for what all rows share (a reason, somebody's name); its cleaned data are handed to `act`.
    `text` says on the page of confirmation what it means. Permissions are checked by whoever offers the action: a
    table only carries the ones that its reader may use.
    """

    key: str
    label: StrOrPromise
    act: Callable[[R, Mapping[str, Any]], StrOrPromise]
    text: StrOrPromise = ""
    icon: str = "check"
    danger: bool = False
    form: type[forms.Form] | None = None
