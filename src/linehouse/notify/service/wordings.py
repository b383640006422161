"""Use cases of notices and their wordings: which one is used, drafts, publication, going back, preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db.models import Max
from django.utils.text import slugify

from linehouse.catalog import service as catalog
from linehouse.customer import service as customers
from linehouse.kernel.error import Invalid, NotFound
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.notify.errors import NothingDrafted, NoticeExists, UnknownTemplate
from linehouse.notify.events import WordingPublished
from linehouse.notify.library import notice_of, read_folder, shipped
from linehouse.notify.lifecycle import WORDING
from linehouse.notify.models import OwnNotice, StoredWording
from linehouse.notify.sms_text import Segmented, plain_spaces, segmented
from linehouse.notify.values import Channel, MessageClass, Notice, Wording, WordingVersion
from linehouse.notify.wording import (
    Value,
    example_values,
    filled,
    languages_tried,
    problems_of,
    render,
    used_variables,
)
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work


@dataclass(frozen=True, slots=True)
class Preview:
    """A wording filled in. ``segments`` counts an SMS; ``problems`` forbid it to be kept."""

    wording: Wording
    segments: Segmented | None
    problems: tuple[Problem, ...]


def notices() -> Sequence[Notice]:
    """Every notice, the product's and the brand's own, by title."""
    own = {row.key: _own(row) for row in OwnNotice.objects.all()}
    return sorted((*shipped().notices.values(), *own.values()), key=lambda one: one.title)


def notice(key: str) -> Notice:
    """The notice. Raises UnknownTemplate."""
    if found := shipped().notices.get(key):
        return found
    row = OwnNotice.objects.filter(key=key).first()
    if row is None:
        known = ", ".join(one.key for one in notices())
        raise UnknownTemplate(f"there is no notice {key!r}", field="template", value=key, expected=known)
    return _own(row)


def _own(row: OwnNotice) -> Notice:
    declared = {
        "title": row.title,
        "class": row.message_class,
        "channels": row.channels,
        "variables": {one["name"]: one for one in row.variables},
        "purpose": row.purpose,
    }
    return notice_of(row.key, declared, own=True)


def create_notice(declared: Notice, *, actor: Actor) -> Notice:
    """Declare a notice of the brand's own. Raises NoticeExists, InvalidFields."""
    problems = []
    if declared.key != slugify(declared.key) or not declared.key:
        expected = "small letters, digits and hyphens"
        problems.append(Problem("notify.key", "this is no name of a notice", "key", declared.key, expected))
    if not declared.channels:
        problems.append(Problem("notify.channels", "a notice needs a channel", "channels", "", "e-mail or SMS"))
    for one in declared.variables:
        if not one.name.isidentifier() or one.name != one.name.lower():
            expected = "small letters, digits and underscores"
            problems.append(
                Problem("notify.variable", "this is no name of a variable", "variables", one.name, expected)
            )
    if problems:
        raise InvalidFields(tuple(problems))
    with unit_of_work(actor, "a notice of the brand's own") as work:
        if declared.key in {one.key for one in notices()}:
            raise NoticeExists(f"there is a notice {declared.key} already", field="key", value=declared.key)
        OwnNotice.objects.create(
            id=new_id(),
            created_at=work.now,
            changed_at=work.now,
            key=declared.key,
            title=declared.title,
            message_class=declared.message_class,
            channels=[one.value for one in declared.channels],
            variables=[
                {"name": one.name, "kind": one.kind.value, "example": one.example} for one in declared.variables
            ],
            purpose=declared.purpose,
        )
        return notice(declared.key)


def delivered_version(key: str, channel: Channel, language: str) -> WordingVersion | None:
    """What the product brings for exactly this language; number 0."""
    found = shipped().wordings.get((key, channel, language))
    if found is None:
        return None
    return WordingVersion(
        id=None,
        notice=key,
        channel=channel,
        language=language,
        number=0,
        state="published",
        wording=found,
        note="as delivered",
        made_at=None,
        made_by="Linehouse",
        published_at=None,
    )


def wording_versions(key: str, channel: Channel, language: str) -> Sequence[WordingVersion]:
    """All versions for a language, the newest first. Version 0, where there is one, is the product's own."""
    rows = StoredWording.objects.filter(notice=key, channel=channel, language=language).order_by("-number")
    first = delivered_version(key, channel, language)
    return [*(_version(row) for row in rows), *([first] if first else [])]


def wording_in_use(key: str, channel: Channel, language: str) -> WordingVersion | None:
    """What is said in exactly this language now; None where another language stands in."""
    row = StoredWording.objects.filter(notice=key, channel=channel, language=language, state="published").first()
    return _version(row) if row else delivered_version(key, channel, language)


def chosen_wording(key: str, channel: Channel, language: str) -> WordingVersion | None:
    """What is said to somebody of this language: in it, in the brand's languages in their order, else in English."""
    for tried in languages_tried(language, catalog.published().brand.languages):
        if found := wording_in_use(key, channel, tried):
            return found
    return None


def used_languages(key: str) -> Mapping[tuple[Channel, str], WordingVersion]:
    """Every wording of a notice that is in use, by channel and language."""
    found = {
        (channel, language): delivered_version(key, channel, language)
        for name, channel, language in shipped().wordings
        if name == key
    }
    for row in StoredWording.objects.filter(notice=key, state="published"):
        found[Channel(row.channel), row.language] = _version(row)
    return {place: version for place, version in found.items() if version is not None}


def draft(key: str, channel: Channel, language: str) -> WordingVersion | None:
    """The draft for a language, where somebody works on one."""
    row = StoredWording.objects.filter(notice=key, channel=channel, language=language, state="draft").first()
    return _version(row) if row else None


def save_draft(
    key: str, channel: Channel, language: str, wording: Wording, *, note: str = "", actor: Actor
) -> WordingVersion:
    """Keep a draft; there is one per language. Raises UnknownTemplate, InvalidFields with everything that is wrong."""
    declared = notice(key)
    problems = problems_of(declared, channel, wording)
    if problems:
        raise InvalidFields(problems)
    _require_language(language)
    with unit_of_work(actor, note or "a draft of a wording") as work:
        place = {"notice": key, "channel": channel, "language": language}
        row = StoredWording.objects.select_for_update().filter(**place, state="draft").first()
        if row is None:
            last = StoredWording.objects.filter(**place).aggregate(last=Max("number"))["last"] or 0
            row = StoredWording(id=new_id(), created_at=work.now, number=last + 1, **place)
        row.subject, row.text, row.html = wording.subject, wording.text, wording.html
        row.note, row.made_by, row.changed_at = note[:300], actor.name, work.now
        row.save()
        return _version(row)


def _require_language(language: str) -> None:
    known = tuple(dict.fromkeys((*catalog.published().brand.languages, "en")))
    if language not in known:
        raise Invalid(
            "the brand does not speak this language", field="language", value=language, expected=", ".join(known)
        )


def publish_wording(key: str, channel: Channel, language: str, *, actor: Actor, reason: str) -> WordingVersion:
    """Use the draft from now on; messages that are written already keep their words. Raises NothingDrafted."""
    with unit_of_work(actor, reason) as work:
        rows = StoredWording.objects.select_for_update().filter(notice=key, channel=channel, language=language)
        row = rows.filter(state="draft").first()
        if row is None:
            raise NothingDrafted("there is no draft to publish", field="language", value=language)
        for old in rows.filter(state="published"):
            old.state = WORDING.require(old.state, "replaced")
            old.save(update_fields=["state"])
        row.state = WORDING.require(row.state, "published")
        row.published_at = row.changed_at = work.now
        row.save(update_fields=["state", "published_at", "changed_at"])
        emit(
            WordingPublished(wording_id=row.id, notice=key, channel=channel.value, language=language, number=row.number)
        )
        return _version(row)


def discard_draft(key: str, channel: Channel, language: str, *, actor: Actor) -> None:
    """Throw the draft away. Raises NothingDrafted."""
    with unit_of_work(actor, "draft discarded"):
        row = (
            StoredWording.objects.select_for_update()
            .filter(notice=key, channel=channel, language=language, state="draft")
            .first()
        )
        if row is None:
            raise NothingDrafted("there is no draft to discard", field="language", value=language)
        row.state = WORDING.require(row.state, "discarded")
        row.save(update_fields=["state"])


def restore_wording(key: str, channel: Channel, language: str, number: int, *, actor: Actor) -> WordingVersion:
    """Go back: the words of an older version become the newest and are used at once. Raises NotFound."""
    with unit_of_work(actor, f"back to version {number}"):
        older = next((one for one in wording_versions(key, channel, language) if one.number == number), None)
        if older is None:
            raise NotFound("there is no such version", field="number", value=number)
        if draft(key, channel, language):
            discard_draft(key, channel, language, actor=actor)
        save_draft(key, channel, language, older.wording, note=f"back to version {number}", actor=actor)
        return publish_wording(key, channel, language, actor=actor, reason=f"back to version {number}")


def preview(
    key: str,
    channel: Channel,
    language: str,
    wording: Wording,
    *,
    customer_number: str = "",
    values: Mapping[str, Value] | None = None,
) -> Preview:
    """The wording with the declared examples, or with a customer's own name. Raises UnknownTemplate, NotFound."""
    declared = notice(key)
    problems = problems_of(declared, channel, wording)
    given: dict[str, Value] = {**example_values(declared), "brand": catalog.published().brand.name, **(values or {})}
    zone = catalog.published().brand.zone
    if customer_number:
        customer = customers.customer_by_number(customer_number)
        given["name"] = customer.name
        zone = customer.accounts[0].zone if customer.accounts else zone
    if problems:
        return Preview(wording, None, problems)
    shown = render(wording, filled(declared, given, language, zone))
    if channel is Channel.SMS:
        text = plain_spaces(shown.text).strip()
        return Preview(Wording(text=text), segmented(text), ())
    return Preview(shown, None, ())


def apply_texts(folder: Path, *, actor: Actor) -> int:
    """Take a brand's files over: its own notices, and its wordings as published versions. What is the same already
    stays; returns how many wordings are new. Raises Invalid, InvalidFields."""
    texts = read_folder(folder)
    taken = 0
    with unit_of_work(actor, "the brand's files"):
        known = {one.key for one in notices()}
        for declared in texts.notices.values():
            if declared.key not in known:
                create_notice(declared, actor=actor)
        for (key, channel, language), wording in texts.wordings.items():
            now = wording_in_use(key, channel, language)
            if now is None or now.wording != wording:
                if draft(key, channel, language):
                    discard_draft(key, channel, language, actor=actor)
                save_draft(key, channel, language, wording, note="from the brand's files", actor=actor)
                publish_wording(key, channel, language, actor=actor, reason="the brand's files")
                taken += 1
    return taken


def wanted_variables(key: str, channel: Channel, language: str) -> frozenset[str]:
    """The variables that the wording in use really names."""
    found = chosen_wording(key, channel, language)
    return used_variables(found.wording) if found else frozenset()


def is_legal(key: str) -> bool:
    """Whether nothing may suppress the notice."""
    return notice(key).message_class is MessageClass.LEGAL


def _version(row: StoredWording) -> WordingVersion:
    wording_id: UUID = row.id
    return WordingVersion(
        id=wording_id,
        notice=row.notice,
        channel=Channel(row.channel),
        language=row.language,
        number=row.number,
        state=row.state,
        wording=Wording(subject=row.subject, text=row.text, html=row.html),
        note=row.note,
        made_at=row.changed_at,
        made_by=row.made_by,
        published_at=row.published_at,
    )
