"""Drafts, publication, versions, going back, languages that stand in, a brand's own files and notices."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from linehouse.kernel.error import Invalid
from linehouse.kernel.outcome import InvalidFields
from linehouse.notify import service as notify
from linehouse.notify.errors import NothingDrafted, NoticeExists
from linehouse.notify.values import Channel, MessageClass, Notice, Variable, VariableKind, Wording
from linehouse.platform.audit.service import history
from linehouse.platform.work import Actor
from tests.conftest import ROBIN
from tests.notify.conftest import LIMIT, FakeCentre, Say

SMS, MAIL = Channel.SMS, Channel.EMAIL


def write(actor: Actor, text: str, language: str = "nl") -> None:
    notify.save_draft("spending-limit", SMS, language, Wording(text=text), actor=actor)


def test_a_draft_is_used_once_it_is_published(say: Say, centre: FakeCentre, drain: object, actor: Actor) -> None:
    write(actor, "Eerst {percent}")
    write(actor, "Nu {percent} % van {limit}")
    first = say("spending-limit", variables=LIMIT, channels=["sms"])
    assert notify.message(first).version == 0
    published = notify.publish_wording("spending-limit", SMS, "nl", actor=actor, reason="shorter")
    assert (published.number, published.state, published.made_by) == (1, "published", "Ada Example")
    second = say("spending-limit", "2", variables=LIMIT, channels=["sms"])
    assert (notify.message(second).text, notify.message(second).version) == ("Nu 80 % van € 50,00", 1)
    # What was written before keeps its words.
    assert notify.message(first).text.startswith("Robin Mobile: je hebt 80 %")
    with pytest.raises(NothingDrafted):
        notify.publish_wording("spending-limit", SMS, "nl", actor=actor, reason="again")
    changes = history("notify.StoredWording", published.id) if published.id else []
    assert {change.reason for change in changes} >= {"a draft of a wording", "shorter"}


def test_versions_stay_and_one_goes_back(catalogue: str, actor: Actor) -> None:
    for number in (1, 2, 3):
        write(actor, f"Version {number}")
        notify.publish_wording("spending-limit", SMS, "nl", actor=actor, reason="new")
    back = notify.restore_wording("spending-limit", SMS, "nl", 1, actor=actor)
    assert (back.number, back.wording.text, back.note) == (4, "Version 1", "back to version 1")
    delivered = notify.restore_wording("spending-limit", SMS, "nl", 0, actor=actor)
    assert delivered.wording.text.startswith("{brand}: je hebt")
    versions = notify.wording_versions("spending-limit", SMS, "nl")
    assert [(one.number, one.state) for one in versions] == [
        (5, "published"),
        (4, "replaced"),
        (3, "replaced"),
        (2, "replaced"),
        (1, "replaced"),
        (0, "published"),
    ]
    write(actor, "Draft")
    notify.discard_draft("spending-limit", SMS, "nl", actor=actor)
    assert notify.draft("spending-limit", SMS, "nl") is None


def test_what_is_wrong_is_not_kept(catalogue: str, actor: Actor) -> None:
    with pytest.raises(InvalidFields, match="declares no variable nonsense"):
        write(actor, "{nonsense}")
    with pytest.raises(Invalid, match="does not speak") as refused:
        write(actor, "Bonjour", "fr")
    assert refused.value.expected == "nl, en"


def test_another_language_stands_in(catalogue: str, actor: Actor) -> None:
    for language, expected in (("nl", "nl"), ("nl-BE", "nl"), ("de", "de"), ("fr", "nl"), ("", "nl")):
        found = notify.chosen_wording("invoice", MAIL, language)
        assert found is not None
        assert found.language == expected
    assert notify.chosen_wording("payment", SMS, "nl") is None


def test_a_notice_of_the_brands_own(catalogue: str, actor: Actor) -> None:
    own = Notice(
        key="spring",
        title="Spring",
        message_class=MessageClass.MARKETING,
        channels=(SMS,),
        variables=(Variable(name="percent", kind=VariableKind.NUMBER, example="10"),),
    )
    assert notify.create_notice(own, actor=actor).own
    notify.save_draft("spring", SMS, "nl", Wording(text="{percent} % korting"), actor=actor)
    notify.publish_wording("spring", SMS, "nl", actor=actor, reason="spring")
    shown = notify.preview("spring", SMS, "nl", Wording(text="{name}: {percent} % korting"))
    assert shown.wording.text == "Jane Lamborgizzia: 10 % korting"
    with pytest.raises(NoticeExists):
        notify.create_notice(own, actor=actor)
    with pytest.raises(InvalidFields, match="no name of a notice"):
        notify.create_notice(replace(own, key="Not A Key"), actor=actor)


def test_the_brands_files_are_taken_over_once(catalogue: str, actor: Actor, tmp_path: Path) -> None:
    assert notify.apply_texts(ROBIN / "notices", actor=actor) == 4
    assert notify.apply_texts(ROBIN / "notices", actor=actor) == 0
    found = notify.chosen_wording("bring-a-friend", MAIL, "en")
    assert found is not None
    assert (found.number, found.note) == (1, "from the brand's files")
    (tmp_path / "notices.yaml").write_text("x: {title: X, class: loud, channels: [sms]}")
    with pytest.raises(Invalid, match="the notice x is not declared right"):
        notify.apply_texts(tmp_path, actor=actor)
