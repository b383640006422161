"""What lint says of a draft, each warning with the file and the rule that it is about; and letting one stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linehouse.catalog.accepting_text import with_accepted
from linehouse.catalog.errors import DraftFileRefused, FilesInvalid
from linehouse.catalog.files import Written
from linehouse.catalog.price_sheet import figures_of
from linehouse.catalog.service.drafts import Draft, DraftCheck, check_draft, draft, write_file
from linehouse.catalog.service.parsed import parsed
from linehouse.kernel.outcome import Problem
from linehouse.kernel.period import local_date
from linehouse.platform.clock.service import business_now
from linehouse.platform.work import Actor
from linehouse.rating.accepted_text import WARNINGS
from linehouse.rating.lint import CHECKS, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNote:
    """One finding: its code, what was looked for, the file and the rule (or allowance, or price) that it is about.

    ``line`` is where that rule's first price stands in the file (0: not known). ``until`` and ``reason`` are there
    where somebody let it stand. ``title`` and ``mend`` are empty for what other rooms find.
    """

    code: str
    title: str
    mend: str
    message: str
    path: str
    item: str
    name: str
    line: int
    refuses: bool
    until: date | None = None
    reason: str = ""

    @property
    def can_stand(self) -> bool:
        """Whether somebody may let it stand."""
        return not self.refuses and self.code in WARNINGS and bool(self.path)


def notes_of(found: Draft, check: DraftCheck) -> tuple[DraftNote, ...]:
    """What lint says of the draft: errors, warnings, and warnings that stand; failed examples aside."""
    plan = check.plan
    if plan is None:
        return ()
    try:
        written = parsed(found.files)
    except FilesInvalid:
        return ()
    lint = [one for one in plan.red if one.code.removeprefix("catalog.") in CHECKS]
    notes = [_note(problem, written, found.files) for problem in (*lint, *plan.advice)]
    standing = [
        _note(one.problem, written, found.files, one.accepted.until, one.accepted.reason) for one in plan.standing
    ]
    return (*notes, *standing)


def _note(
    problem: Problem, written: Written, files: Mapping[str, str], until: date | None = None, reason: str = ""
) -> DraftNote:
    code = problem.code.removeprefix("catalog.")
    check = CHECKS.get(code)
    part, _, rest = problem.field.partition(".")
    key, _, item = rest.partition(".")
    item, path, name = item.rpartition(".")[2], "", ""
    if part == "tariffs" and key in written.catalogue.tariffs:
        tariff = written.catalogue.tariffs[key]
        path = tariff.source.partition(":")[0]
        name = next((rule.name for rule in tariff.rules if rule.key == item), "")
    elif part == "offerings" and key in written.offerings:
        path = written.offerings[key].node.source
    elif problem.field in files:
        path = problem.field
    figures = figures_of(files.get(path, "")) if name else []
    return DraftNote(
        code=code,
        title=check.title if check is not None else "",
        mend=check.mend if check is not None else "",
        message=problem.message,
        path=path if path in files else "",
        item=item,
        name=name,
        line=next((figure.line for figure in figures if figure.clause == name), 0),
        refuses=check is None or check.severity is Severity.ERROR,
        until=until,
        reason=reason,
    )


def let_stand(
    number: str, code: str, path: str, item: str, *, reason: str, until: date, revision: int, actor: Actor
) -> Draft:
    """Write into the file that a warning stands, why, and to the end of which day.

    Raises DraftFileRefused for what is no warning of the draft, an error, no reason and a day that is past, besides
    what ``write_file`` raises.
    """
    found = draft(number)
    note = next(
        (one for one in notes_of(found, check_draft(found)) if (one.code, one.path, one.item) == (code, path, item)),
        None,
    )
    if note is None or not note.can_stand:
        raise DraftFileRefused(
            "no warning that may stand is there", field="code", value=code, expected="a warning of the draft"
        )
    why = " ".join(reason.split())
    if not why:
        raise DraftFileRefused("a warning stands for a reason", field="reason", value=reason, expected="a sentence")
    if until < local_date(business_now(), parsed(found.files).catalogue.brand.zone):
        raise DraftFileRefused("that day is past", field="until", value=until.isoformat(), expected="today or later")
    text = with_accepted(found.files[path], code, item, why, until)
    return write_file(number, path, text, revision=revision, actor=actor)
