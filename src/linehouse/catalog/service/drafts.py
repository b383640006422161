"""Drafts: changing the catalogue in the desk, with every check at hand, until it is published or given up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from linehouse.catalog import store
from linehouse.catalog.errors import (
    DraftChangedMeanwhile,
    DraftConflict,
    DraftFileRefused,
    DraftUnknown,
    FilesInvalid,
)
from linehouse.catalog.events import DraftChanged, DraftClosed, DraftOpened, DraftReopened
from linehouse.catalog.files import BRAND_FILE, DECKS, FOLDERS
from linehouse.catalog.lifecycle import DRAFT
from linehouse.catalog.merging import applied, effective, line_changes, rebased
from linehouse.catalog.models import CatalogDraft
from linehouse.catalog.price_sheet import with_figures
from linehouse.catalog.service.parsed import parsed
from linehouse.catalog.service.planned import planned
from linehouse.catalog.service.publish import FilePlan, Publication, apply_texts, plan_texts
from linehouse.catalog.service.read import version_row
from linehouse.catalog.text.logo import LOGO_FILE
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import Problem
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, Work, unit_of_work
from linehouse.rating.service import FailedExample, failing

SERIES = default_series("catalog-draft", "DRAFT-{n:04d}")
LARGEST_FILE = 4 * 1024 * 1024
"""Octets of one file."""
LARGEST_DECK = 32 * 1024 * 1024
"""Octets of one deck of prefixes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A draft: the texts of its base version by path, and what it changes (None: the file goes)."""

    id: UUID
    number: str
    name: str
    state: str
    base_number: int
    revision: int
    opened_by: str
    opened_at: datetime
    changed_at: datetime
    published_number: int | None
    proposal: str
    base: Mapping[str, str]
    changes: Mapping[str, str | None]

    @property
    def files(self) -> dict[str, str]:
        """The files as they would be published."""
        return applied(self.base, self.changes)

    def line_changes(self, path: str) -> list[str]:
        """What it changes in one file, as a unified diff."""
        return line_changes(path, self.base.get(path), self.files.get(path))


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A draft in a list."""

    number: str
    name: str
    state: str
    base_number: int
    opened_by: str
    changed_at: datetime
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCheck:
    """What publishing the draft would do. ``plan`` is None where the files cannot be read: ``problems`` say why.

    ``examples`` are the examples of tariffs that do not come out as they say; what they tell is in ``plan.red``, too.
    """

    plan: FilePlan | None
    problems: tuple[Problem, ...]
    examples: tuple[FailedExample, ...] = ()

    @property
    def publishable(self) -> bool:
        """Whether it would be published now."""
        plan = self.plan
        return plan is not None and not (plan.red or plan.stale or plan.empty)


def open_draft(name: str, *, actor: Actor) -> Draft:
    """Begin to change what is published newest, or to write a brand's first version. Raises DraftFileRefused."""
    with unit_of_work(actor, name) as work:
        newest = store.newest()
        row = CatalogDraft(
            id=new_id(),
            number=next_number(SERIES),
            name=_named(name),
            base_number=newest.number if newest else 0,
            opened_by=actor.name,
            created_at=work.now,
            changed_at=work.now,
        )
        row.save(force_insert=True)
        emit(DraftOpened(draft_id=row.id, number=row.number, base_number=row.base_number))
        return _draft(row)


def open_with(name: str, files: Mapping[str, str], *, actor: Actor) -> Draft:
    """Begin a draft that makes the newest version's files these. Raises DraftFileRefused."""
    with unit_of_work(actor, name) as work:
        made = open_draft(name, actor=actor)
        row = _locked(made.number, None)
        changes: dict[str, str | None] = {path: None for path in made.base if path not in files}
        for path, text in files.items():
            if made.base.get(path) != text:
                changes[_place(path)] = _fitting(path, text)
        return _change(row, changes, tuple(sorted(changes)), work)


def drafts(*, state: str = "", offset: int = 0, limit: int = 50) -> tuple[Sequence[DraftRow], int]:
    """A page of drafts, the last changed first, and how many there are."""
    rows = CatalogDraft.objects.order_by("-changed_at", "-number")
    rows = rows.filter(state=state) if state else rows
    page = [
        DraftRow(
            number=row.number,
            name=row.name,
            state=row.state,
            base_number=row.base_number,
            opened_by=row.opened_by,
            changed_at=row.changed_at,
            paths=tuple(sorted(row.files)),
        )
        for row in rows[offset : offset + limit]
    ]
    return page, rows.count()


def draft(number: str) -> Draft:
    """One draft. Raises DraftUnknown."""
    return _draft(_row(number))


def check_draft(found: Draft) -> DraftCheck:
    """Read the draft's files, run every example and check, and compare with what is published; nothing is written."""
    try:
        plan = plan_texts(found.files, base_version=found.base_number)
    except FilesInvalid as refusal:
        return DraftCheck(plan=None, problems=refusal.problems)
    examples = [failed for tariff in parsed(found.files).catalogue.tariffs.values() for failed in failing(tariff)]
    return DraftCheck(plan=plan, problems=plan.red, examples=tuple(examples))


def draft_conflicts(found: Draft) -> tuple[str, ...]:
    """The files that both the draft and a version published since changed."""
    newest = store.newest()
    if newest is None or newest.number == found.base_number:
        return ()
    newer = store.files_of(newest)
    return rebased(found.changes, found.base, newer, _built_on(found.number, newer)).conflicts


def write_file(number: str, path: str, text: str, *, revision: int, actor: Actor) -> Draft:
    """Give a file of the draft another text, or add it.

    Raises DraftUnknown, DraftFileRefused, DraftChangedMeanwhile, IllegalTransition when the draft is closed.
    """
    with unit_of_work(actor, f"{path} changed") as work:
        row = _locked(number, revision)
        kept = _place(path)
        return _change(row, {**row.files, kept: _fitting(path, text)}, (kept,), work)


def write_figures(number: str, path: str, figures: Mapping[str, str], *, revision: int, actor: Actor) -> Draft:
    """Give prices of one file other amounts (by ``Figure.field``), leaving every other byte as it is.

    Raises as ``write_file``; DraftFileRefused names a price that is not there and a value that is no amount.
    """
    text = draft(number).files.get(path)
    if text is None:
        raise DraftFileRefused("the draft has no such file", field="path", value=path, expected="a file of the draft")
    return write_file(number, path, with_figures(text, figures), revision=revision, actor=actor)


def take_outcome(number: str, path: str, line: int, *, revision: int, actor: Actor) -> Draft:
    """Make a red example of a tariff say what its event now costs. Raises as ``write_file``, DraftFileRefused.

    Only the example's own outcome is rewritten; whoever does it has read that the new price is meant.
    """
    found = draft(number)
    failed = next(
        (one for one in check_draft(found).examples if (one.file, one.example.line) == (path, line)),
        None,
    )
    if failed is None:
        raise DraftFileRefused("no example that fails stands there", field="line", value=line, expected="a red example")
    lines = found.files[path].split("\n")
    written = lines[line - 1]
    said = failed.example.sentence
    outcome = said[said.rindex(" costs ") :] if " costs " in said else said[said.rindex(" is ") :]
    if written.count(outcome) != 1:
        raise DraftFileRefused(
            "the example is not written in one line; change it in the text", field="line", value=line
        )
    lines[line - 1] = written.replace(outcome, failed.outcome)
    return write_file(number, path, "\n".join(lines), revision=revision, actor=actor)


def remove_file(number: str, path: str, *, revision: int, actor: Actor) -> Draft:
    """Take a file out of the catalogue with this draft. Raises as ``write_file``."""
    with unit_of_work(actor, f"{path} removed") as work:
        row = _locked(number, revision)
        kept = _place(path)
        return _change(row, {**row.files, kept: None}, (kept,), work)


def restore_file(number: str, path: str, *, revision: int, actor: Actor) -> Draft:
    """Take back what the draft changes in a file. Raises as ``write_file``."""
    with unit_of_work(actor, f"{path} as published") as work:
        row = _locked(number, revision)
        return _change(row, {known: text for known, text in row.files.items() if known != path}, (path,), work)


def bring_up_to_date(number: str, *, mine: frozenset[str] = frozenset(), revision: int, actor: Actor) -> Draft:
    """Move the draft onto the newest version. ``mine`` are paths whose text of the draft stays in any case.

    Raises DraftConflict naming the files that both sides changed, besides what ``write_file`` raises.
    """
    with unit_of_work(actor, "onto the newest version") as work:
        row = _locked(number, revision)
        newest = store.newest()
        if newest is None or newest.number == row.base_number:
            return _draft(row)
        newer = store.files_of(newest)
        merged = rebased(row.files, _base(row.base_number), newer, mine | _built_on(number, newer))
        if merged.conflicts:
            raise DraftConflict(
                f"changed here and by version {newest.number}: {', '.join(merged.conflicts)}",
                field="path",
                value=merged.conflicts[0],
                expected="keep the draft's text, or take back its change of that file",
            )
        row.base_number = newest.number
        return _change(row, merged.changes, tuple(sorted(row.files)), work)


def publish_draft(
    number: str, *, revision: int, actor: Actor, valid_from: datetime | None = None, note: str = ""
) -> Publication:
    """Publish a draft through the ordinary path: examples, checks, base, approval of new prices.

    Where another has to approve, the draft stays open and names the proposal. Raises as ``apply_texts`` and as
    ``write_file``; StaleBase where a newer version is published: ``bring_up_to_date`` first.
    """
    with unit_of_work(actor, note or "draft published") as work:
        row = _locked(number, revision)
        found = _draft(row)
        if not found.changes:
            raise DraftFileRefused("the draft changes nothing", field="draft", value=number, expected="a change")
        done = apply_texts(
            found.files,
            actor=actor,
            base_version=row.base_number,
            valid_from=valid_from,
            note=note or row.name,
            draft=number,
        )
        if done.proposal:
            row.proposal = done.proposal
            row.changed_at = work.now
            row.save(update_fields=["proposal", "changed_at"])
            return done
        _close(row, "published", work, done.number)
        return done


def close_published(number: str, version: int, work: Work) -> None:
    """A draft has come into a version by approval, in the surrounding unit of work. One closed before stays so."""
    row = _locked(number, None)
    if row.state == "open":
        _close(row, "published", work, version)


def discard_draft(number: str, *, actor: Actor, reason: str) -> None:
    """Give a draft up; ``reopen_draft`` undoes it. Raises DraftUnknown, IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        _close(_locked(number, None), "discarded", work, None)


def reopen_draft(number: str, *, actor: Actor) -> Draft:
    """Work again on a draft that was given up. Raises DraftUnknown, IllegalTransition."""
    with unit_of_work(actor, "draft taken up again") as work:
        row = _locked(number, None)
        row.state = DRAFT.require(row.state, "open")
        row.changed_at = work.now
        row.save(update_fields=["state", "changed_at"])
        emit(DraftReopened(draft_id=row.id, number=row.number))
        return _draft(row)


def _built_on(number: str, newer: Mapping[str, str]) -> frozenset[str]:
    """Files in which the newer version is the draft that this one was built on: its own texts hold those changes."""
    plan = planned(number)
    before = CatalogDraft.objects.filter(number=plan.after).first() if plan and plan.after else None
    return frozenset(path for path, text in before.files.items() if newer.get(path) == text) if before else frozenset()


def _close(row: CatalogDraft, state: str, work: Work, version: int | None) -> None:
    row.state = DRAFT.require(row.state, state)
    row.published_number = version
    row.changed_at = work.now
    row.save(update_fields=["state", "published_number", "changed_at"])
    emit(DraftClosed(draft_id=row.id, number=row.number, state=state, version=version))


def _change(row: CatalogDraft, files: Mapping[str, str | None], paths: tuple[str, ...], work: Work) -> Draft:
    DRAFT.require(row.state, "published")  # only what could still be published is worked on
    row.files = effective(_base(row.base_number), files)
    row.revision += 1
    row.changed_at = work.now
    row.save(update_fields=["files", "base_number", "revision", "changed_at"])
    emit(
        DraftChanged(
            draft_id=row.id, number=row.number, base_number=row.base_number, revision=row.revision, paths=paths
        )
    )
    return _draft(row)


def _row(number: str) -> CatalogDraft:
    row = CatalogDraft.objects.filter(number=number).first()
    if row is None:
        raise DraftUnknown("there is no such draft", field="draft", value=number, expected="the number of a draft")
    return row


def _locked(number: str, revision: int | None) -> CatalogDraft:
    _row(number)
    row = CatalogDraft.objects.select_for_update().get(number=number)
    if revision is not None and row.revision != revision:
        raise DraftChangedMeanwhile(
            "somebody else changed the draft since you read it",
            field="revision",
            value=revision,
            expected=str(row.revision),
        )
    return row


def _draft(row: CatalogDraft) -> Draft:
    return Draft(
        id=row.id,
        number=row.number,
        name=row.name,
        state=row.state,
        base_number=row.base_number,
        revision=row.revision,
        opened_by=row.opened_by,
        opened_at=row.created_at,
        changed_at=row.changed_at,
        published_number=row.published_number,
        proposal=row.proposal,
        base=_base(row.base_number),
        changes=row.files,
    )


def _base(number: int) -> dict[str, str]:
    return store.files_of(version_row(number)) if number else {}


def _named(name: str) -> str:
    text = " ".join(name.split())
    if not text or len(text) > 200:
        raise DraftFileRefused("a draft has a name", field="name", value=text, expected="1 to 200 letters")
    return text


def _fitting(path: str, text: str) -> str:
    """The text with lines that end as ours do, where it is one."""
    most = LARGEST_DECK if path.endswith(".csv") else LARGEST_FILE
    if len(text.encode()) > most or "\0" in text:
        raise DraftFileRefused(
            "this is no text of a catalog file", field="text", expected=f"text of at most {most >> 20} MiB"
        )
    return text.replace("\r\n", "\n")


def _place(path: str) -> str:
    """The path, where a catalog file may stand there."""
    place = PurePosixPath(path)
    top = {BRAND_FILE, LOGO_FILE}
    ending = place.suffix == ".yaml" or (place.suffix == ".csv" and place.parts[0] == DECKS)
    fits = path in top or (len(place.parts) == 2 and place.parts[0] in FOLDERS and ending)
    if not fits or len(path) > 200 or not path.isprintable() or place.name.startswith("."):
        raise DraftFileRefused(
            "no catalog file stands there",
            field="path",
            value=path,
            expected=f"{BRAND_FILE}, {LOGO_FILE}, a .yaml file in {', '.join(FOLDERS)}, or a .csv file in {DECKS}",
        )
    return path
