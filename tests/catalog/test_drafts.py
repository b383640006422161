"""Drafts: a price is changed, an example turns red, is mended, and what came of it is published."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linehouse.catalog import service
from linehouse.catalog.errors import (
    DraftChangedMeanwhile,
    DraftConflict,
    DraftFileRefused,
    DraftUnknown,
    PublishRefused,
    StaleBase,
)
from linehouse.kernel.error import DomainError
from linehouse.platform.work import Actor

STANDARD = "tariffs/robin-standard.yaml"
SIM_ONLY = "catalog/robin-sim-only-20.yaml"
Files = dict[str, str]


@pytest.fixture
def published(brand: str, robin_folder: Path, actor: Actor) -> None:
    service.apply_files(robin_folder, actor=actor)


def plan_of(draft: service.Draft) -> service.FilePlan:
    """What publishing the draft would do."""
    plan = service.check_draft(draft).plan
    assert plan is not None
    return plan


def calls_price(files: Files) -> service.Figure:
    """The price of a minute to Dutch numbers."""
    return next(
        figure
        for figure in service.figures_of(files[STANDARD])
        if figure.clause == "Calls to Dutch numbers" and figure.what == "price"
    )


@pytest.mark.usefixtures("published")
def test_a_price_is_changed_and_published(actor: Actor, events: Callable[[], list[str]]) -> None:
    draft = service.open_draft("Dearer calls", actor=actor)
    assert (draft.number, draft.base_number, draft.state, draft.changes) == ("DRAFT-0001", 1, "open", {})
    assert plan_of(draft).empty

    price = calls_price(draft.files)
    draft = service.write_figures(draft.number, STANDARD, {price.field: "0.18"}, revision=1, actor=actor)
    check = service.check_draft(draft)
    assert (check.publishable, len(check.examples) > 0) == (False, True)
    with pytest.raises(PublishRefused) as refused:
        service.publish_draft(draft.number, revision=2, actor=actor)
    assert "«" in refused.value.message

    while check.examples:
        red = check.examples[0]
        draft = service.take_outcome(draft.number, red.file, red.example.line, revision=draft.revision, actor=actor)
        check = service.check_draft(draft)
    plan = plan_of(draft)
    assert [change.key for change in plan.changes if change.kind == "tariff"]
    assert check.publishable == (not plan.red)
    told = [(field.path, field.before, field.after) for change in plan.changes for field in change.fields]
    assert ("rules.nl-calls.price.steps.1.price", "0.15", "0.18") in told
    monday = "61 s to nl-mobile at 18:00 on Monday costs 0."
    assert ("examples.1.sentence", f"{monday}1525", f"{monday}1825") in told
    diff = draft.line_changes(STANDARD)
    assert sum(1 for line in diff if line.startswith("+")) == sum(1 for line in diff if line.startswith("-"))

    done = service.publish_draft(draft.number, revision=draft.revision, actor=actor, note="dearer")
    assert (done.number, done.proposal) == (2, "")
    closed = service.draft(draft.number)
    assert (closed.state, closed.published_number) == ("published", 2)
    assert service.exported_files()[STANDARD] == draft.files[STANDARD]
    assert events()[-2:] == ["catalog.version.published", "catalog.draft.closed"]
    with pytest.raises(DomainError):
        service.write_file(draft.number, STANDARD, "x", revision=closed.revision, actor=actor)


@pytest.mark.usefixtures("published")
def test_files_are_added_removed_and_taken_back(actor: Actor) -> None:
    number = service.open_draft("files", actor=actor).number
    draft = service.write_file(number, "zones/more.yaml", "number-zones: {}\r\n", revision=1, actor=actor)
    assert draft.changes == {"zones/more.yaml": "number-zones: {}\n"}
    draft = service.remove_file(number, SIM_ONLY, revision=2, actor=actor)
    assert SIM_ONLY not in draft.files
    assert draft.line_changes(SIM_ONLY)
    draft = service.restore_file(number, SIM_ONLY, revision=3, actor=actor)
    draft = service.restore_file(number, "zones/more.yaml", revision=4, actor=actor)
    assert (draft.changes, draft.revision) == ({}, 5)
    with pytest.raises(DraftFileRefused):
        service.publish_draft(number, revision=5, actor=actor)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "path", ["../x.yaml", "catalog/x.txt", "feeds/a.yaml", "catalog/.x.yaml", "catalog/a/b.yaml", ""]
)
def test_a_file_has_its_place(path: str, actor: Actor) -> None:
    number = service.open_draft("places", actor=actor).number
    with pytest.raises(DraftFileRefused) as refused:
        service.write_file(number, path, "x: 1\n", revision=1, actor=actor)
    assert (refused.value.field, refused.value.value) == ("path", path or None) or refused.value.field == "path"
    assert service.draft(number).revision == 1


@pytest.mark.usefixtures("published")
def test_a_text_that_cannot_be_read_says_where(actor: Actor) -> None:
    number = service.open_draft("broken", actor=actor).number
    draft = service.write_file(number, STANDARD, "tariff: [", revision=1, actor=actor)
    check = service.check_draft(draft)
    assert (check.plan, check.publishable) == (None, False)
    assert STANDARD in check.problems[0].message


@pytest.mark.usefixtures("published")
def test_nobody_overwrites_anothers_change(actor: Actor) -> None:
    number = service.open_draft("two people", actor=actor).number
    service.write_file(number, STANDARD, "x: 1\n", revision=1, actor=actor)
    with pytest.raises(DraftChangedMeanwhile):
        service.write_file(number, STANDARD, "x: 2\n", revision=1, actor=actor)
    assert service.draft(number).files[STANDARD] == "x: 1\n"


@pytest.mark.usefixtures("published")
def test_a_draft_is_brought_up_to_date(robin_files: Files, actor: Actor) -> None:
    number = service.open_draft("slow", actor=actor).number
    mine = robin_files[STANDARD] + "# mine\n"
    service.write_file(number, STANDARD, mine, revision=1, actor=actor)
    other = robin_files | {SIM_ONLY: robin_files[SIM_ONLY].replace("amount: 18.00", "amount: 18.50")}
    other[SIM_ONLY] = other[SIM_ONLY][: other[SIM_ONLY].index("examples:")]
    service.apply_texts(other, actor=actor, base_version=1)
    assert plan_of(service.draft(number)).stale
    draft = service.bring_up_to_date(number, revision=2, actor=actor)
    assert (draft.base_number, draft.changes, draft.files[SIM_ONLY]) == (2, {STANDARD: mine}, other[SIM_ONLY])

    theirs = service.draft(number).files | {STANDARD: robin_files[STANDARD].replace("Robin standard", "Robin usual")}
    service.apply_texts(theirs, actor=actor, base_version=2)
    with pytest.raises(DraftConflict) as conflict:
        service.bring_up_to_date(number, revision=3, actor=actor)
    assert conflict.value.value == STANDARD
    with pytest.raises((StaleBase, DraftFileRefused)):
        service.publish_draft(number, revision=3, actor=actor)
    kept = service.bring_up_to_date(number, mine=frozenset({STANDARD}), revision=3, actor=actor)
    assert (kept.base_number, kept.files[STANDARD]) == (3, mine)


@pytest.mark.usefixtures("published")
def test_a_draft_is_given_up_and_taken_up_again(actor: Actor) -> None:
    number = service.open_draft("maybe", actor=actor).number
    service.discard_draft(number, actor=actor, reason="not now")
    assert service.drafts(state="discarded")[0][0].number == number
    with pytest.raises(DomainError):
        service.write_file(number, STANDARD, "x", revision=1, actor=actor)
    assert service.reopen_draft(number, actor=actor).state == "open"
    with pytest.raises(DraftUnknown):
        service.draft("DRAFT-9999")


@pytest.mark.usefixtures("brand")
def test_a_first_version_is_drafted(robin_files: Files, actor: Actor) -> None:
    draft = service.open_draft("the beginning", actor=actor)
    assert draft.base_number == 0
    for path, text in robin_files.items():
        draft = service.write_file(draft.number, path, text, revision=draft.revision, actor=actor)
    assert service.publish_draft(draft.number, revision=draft.revision, actor=actor).number == 1
