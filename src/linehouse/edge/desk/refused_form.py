"""Bringing a room's refusal back to the fields of the form that was sent."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django import forms
from django.utils.translation import gettext

from linehouse.kernel.error import DomainError
from linehouse.kernel.outcome import Problem

SAME_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


def tell(form: forms.BaseForm, refusal: DomainError, names: Mapping[str, str] = SAME_NAMES) -> None:
    """Add each problem to its field: `names` maps the room's field to the form's, else the path's last part counts.

    What belongs to no field of the form stands above it.
    """
    problems: tuple[Problem, ...] = getattr(refusal, "problems", ()) or (
        Problem(refusal.code, refusal.message, refusal.field, "", refusal.expected),
    )
    for problem in problems:
        name = names.get(problem.field, problem.field.rpartition(".")[2])
        text = problem.message[:1].upper() + problem.message[1:]
        if problem.expected:
            text += gettext("; expected: %(expected)s") % {"expected": problem.expected}
        form.add_error(name if name in form.fields else None, f"{text}.")
