"""Acts on many rows of a table at once: chosen on screen, confirmed, done row by row, and reported row by row.

A table offers actions by declaring them. The chosen rows are posted to the list's own address; a page then says what
will be done to how many and asks for what the action needs; only its answer acts. Each row is an act of its own: one
that is refused stops none of the others.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from linehouse.edge.ui.actions import BulkAction
from linehouse.edge.ui.table import BoundTable
from linehouse.kernel.error import DomainError

__all__ = ["MOST_ROWS", "BulkAction", "Outcome", "answer_bulk", "report_of"]

R = TypeVar("R")

MOST_ROWS: Final = 500
"""Rows that one act may touch: more is work for a job, not for a page that somebody waits for."""
_PAGE: Final = 250
_KEPT: Final = "bulk"
_KEPT_RESULTS: Final = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row."""

    name: str
    done: bool
    text: str


def answer_bulk(request: HttpRequest, bound: BoundTable[R], context: Mapping[str, Any]) -> HttpResponse:
    """Answer what was posted to a list: ask for confirmation, or act and lead to the report."""
    action = next((one for one in bound.table.actions if one.key == request.POST.get("bulk", "")), None)
    if action is None:
        return _refused(request, bound, gettext("This action is not offered here, or you may not use it."))
    once = request.POST.get("once", "")
    if once and once in request.session.get(_KEPT, {}):
        return redirect(bound.url(done=once))
    rows, gone, beyond = chosen(bound, request.POST.getlist("row"), everything="all" in request.POST)
    if not rows:
        return _refused(request, bound, gettext("Choose at least one row first."))
    if beyond:
        return _refused(
            request,
            bound,
            gettext("At most %(most)s rows at once: narrow the list first.") % {"most": MOST_ROWS},
        )
    confirmed = "confirmed" in request.POST
    form = action.form(request.POST if confirmed else None) if action.form else None
    if not confirmed or (form is not None and not form.is_valid()):
        shown = {
            **context,
            "action": action,
            "form": form,
            "rows": [(bound.row_id(row), bound.row_name(row)) for row in rows],
            "once": once or secrets.token_urlsafe(12),
            "back": bound.url(),
            "where": request.get_full_path(),
        }
        return render(request, "desk/bulk_confirm.html", shown)
    given: Mapping[str, Any] = form.cleaned_data if form is not None else {}
    outcomes = [_done(action, row, bound.row_name(row), given) for row in rows]
    outcomes += [Outcome(name, done=False, text=gettext("It is no longer in this list.")) for name in gone]
    _keep(request, once, str(action.label), outcomes)
    return redirect(bound.url(done=once))


def chosen(bound: BoundTable[R], wanted: list[str], *, everything: bool) -> tuple[list[R], list[str], bool]:
    """Return the rows that are meant, the ids that are no longer listed, and whether there are too many.

    Only rows that the list itself would show its reader are found: an id from elsewhere reaches nothing.
    """
    if everything:
        rows = []
        for row in _matching(bound):
            rows.append(row)
            if len(rows) > MOST_ROWS:
                return rows, [], True
        return rows, [], False
    missing = dict.fromkeys(wanted)
    found: list[R] = []
    for row in (*bound.slice.rows, *(_matching(bound) if _elsewhere(bound, missing) else ())):
        if bound.row_id(row) in missing:
            del missing[bound.row_id(row)]
            found.append(row)
        if not missing:
            break
    return found, list(missing), len(wanted) > MOST_ROWS


def _elsewhere(bound: BoundTable[R], wanted: Mapping[str, None]) -> bool:
    return bool(wanted.keys() - {bound.row_id(row) for row in bound.slice.rows})


def _matching(bound: BoundTable[R]) -> Iterator[R]:
    offset = 0
    while True:
        rows = bound.page_at(offset, _PAGE)
        yield from rows
        offset += _PAGE
        if len(rows) < _PAGE or offset > 20 * _PAGE:
            return


def _done(action: BulkAction[R], row: R, name: str, given: Mapping[str, Any]) -> Outcome:
    try:
        return Outcome(name, done=True, text=str(action.act(row, given)))
    except DomainError as refusal:
        text = refusal.message[:1].upper() + refusal.message[1:]
        return Outcome(name, done=False, text=f"{text} ({refusal.expected})" if refusal.expected else text)


def _keep(request: HttpRequest, once: str, label: str, outcomes: list[Outcome]) -> None:
    kept = dict(list(request.session.get(_KEPT, {}).items())[-_KEPT_RESULTS + 1 :])
    kept[once] = {"label": label, "rows": [(one.name, one.done, one.text) for one in outcomes]}
    request.session[_KEPT] = kept


def report_of(request: HttpRequest) -> dict[str, Any] | None:
    """The report that a list's address names, if it was this reader's act."""
    kept = request.session.get(_KEPT, {}).get(request.GET.get("done", "")) if hasattr(request, "session") else None
    if kept is None:
        return None
    rows = [Outcome(*row) for row in kept["rows"]]
    return {
        "label": kept["label"],
        "rows": sorted(rows, key=lambda one: one.done),
        "done": sum(one.done for one in rows),
        "failed": sum(not one.done for one in rows),
    }


def _refused(request: HttpRequest, bound: BoundTable[R], text: str) -> HttpResponse:
    messages.warning(request, text)
    return redirect(bound.url())
