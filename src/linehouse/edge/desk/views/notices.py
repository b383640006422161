"""Notices and their wordings: the list, an editor with a live preview, versions; and the rules of contact."""

import re
from dataclasses import replace
from typing import Any, Final

from django.contrib import messages as toasts
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linehouse.catalog import service as catalog
from linehouse.edge.desk.access import DeskRequest, desk_view, need, sentence
from linehouse.edge.desk.message_rows import CHANNELS, CLASSES
from linehouse.edge.desk.message_tabs import message_tabs
from linehouse.edge.desk.notice_forms import NoticeForm, RulesForm, WordingForm
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.shown import Action
from linehouse.edge.ui.listing import answer_list
from linehouse.edge.ui.sources import in_memory
from linehouse.edge.ui.table import Column, Empty, Filter, Kind, Shown, Table
from linehouse.kernel.error import DomainError, NotFound
from linehouse.notify import service as notify
from linehouse.notify.values import Channel, Notice, Wording
from linehouse.notify.wording import ALWAYS

NOTHING: Final = Wording(text="")
_STYLE: Final = re.compile(r"""\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)


@desk_view("message.read", section="messages")
def notices(request: DeskRequest) -> HttpResponse:
    """Everything that can be said to customers."""
    brand = request.desk.brand.key
    table = Table[Notice](
        key="notices",
        caption=_("Templates"),
        columns=(
            Column(
                "title",
                _("Notice"),
                sort=True,
                link=lambda n: reverse("desk:notice", args=(brand, n.key)),
                note=lambda n: n.key,
            ),
            Column("message_class", _("Class"), value=lambda n: CLASSES[n.message_class.value], sort=True),
            Column("channels", _("Channels"), value=lambda n: ", ".join(str(CHANNELS[c.value]) for c in n.channels)),
            Column("variables", _("Variables"), Kind.NUMBER, value=lambda n: len(n.variables), shown=Shown.FROM_TABLET),
            Column("own", _("The brand's own"), Kind.YES_NO, shown=Shown.FROM_TABLET),
        ),
        filters=(
            Filter(
                "message_class",
                _("Class"),
                tuple((key, str(word)) for key, word in CLASSES.items()),
                value=lambda n: n.message_class.value,
            ),
        ),
        search_label=_("Title or name"),
        sort="title",
        empty=Empty(_("No notice like this"), "", "mail"),
    )
    actions = []
    if "template.write" in request.desk.permissions:
        actions.append(Action(_("New notice"), reverse("desk:notice_new", args=(brand,)), "plus"))
    return answer_list(
        request,
        table,
        in_memory(notify.notices(), table, lambda n: f"{n.title} {n.key}"),
        context={"title": _("Templates"), "actions": actions, "tabs": message_tabs(request, "templates")},
    )


@desk_view("template.write", section="messages")
def new_notice(request: DeskRequest) -> HttpResponse:
    """Declare a notice of the brand's own."""
    form = NoticeForm(request.POST if request.method == "POST" else None, initial={"message_class": "marketing"})
    if request.method == "POST" and form.is_valid():
        try:
            made = notify.create_notice(form.notice, actor=request.desk.actor)
        except DomainError as refusal:
            tell(form, refusal)
        else:
            toasts.success(request, _("The notice is declared; now write what it says."))
            return redirect("desk:notice", brand=request.desk.brand.key, notice=made.key)
    crumbs = [(_("Templates"), reverse("desk:notices", args=(request.desk.brand.key,)))]
    return render(request, "desk/form.html", {"title": _("New notice"), "form": form, "crumbs": crumbs})


def _languages(*more: str) -> list[str]:
    return list(dict.fromkeys((*catalog.published().brand.languages, "en", *more)))


@desk_view("message.read", section="messages")
def one_notice(request: DeskRequest, notice: str) -> HttpResponse:
    """A notice: its variables, and which wording is used in each language by each channel."""
    declared = notify.notice(notice)
    used = notify.used_languages(notice)
    languages = _languages(*sorted(language for _channel, language in used))
    rows = [
        (
            channel.value,
            CHANNELS[channel.value],
            [
                (
                    language,
                    used.get((channel, language)),
                    notify.chosen_wording(notice, channel, language),
                    notify.draft(notice, channel, language),
                )
                for language in languages
            ],
        )
        for channel in declared.channels
    ]
    context = {
        "notice": declared,
        "rows": rows,
        "languages": languages,
        "always": ALWAYS,
        "class_word": CLASSES[declared.message_class.value],
    }
    return render(request, "desk/notice.html", context)


def _place(notice: str, channel: str, language: str) -> tuple[Notice, Channel]:
    declared = notify.notice(notice)
    if channel not in {one.value for one in declared.channels} or language not in _languages(
        *(used for _channel, used in notify.used_languages(notice))
    ):
        raise NotFound("there is no such wording", field="language", value=f"{channel} {language}")
    return declared, Channel(channel)


@desk_view("message.read", section="messages", write="template.write")
def wording(request: DeskRequest, notice: str, channel: str, language: str) -> HttpResponse:
    """The editor of a wording, with its preview and its versions."""
    declared, by = _place(notice, channel, language)
    draft = notify.draft(notice, by, language)
    start = draft or notify.chosen_wording(notice, by, language)
    words = start.wording if start else NOTHING
    sent = request.method == "POST"
    form = WordingForm(
        request.POST if sent else None,
        channel=by,
        initial={"subject": words.subject, "text": words.text, "html": words.html, "note": draft.note if draft else ""},
    )
    if sent and form.is_valid():
        try:
            notify.save_draft(
                notice, by, language, form.wording, note=form.cleaned_data["note"], actor=request.desk.actor
            )
            if "publish" in request.POST:
                reason = form.cleaned_data["note"] or _("published from the desk")
                notify.publish_wording(notice, by, language, actor=request.desk.actor, reason=reason)
        except DomainError as refusal:
            tell(form, refusal)
        else:
            said = _("It is used from now on.") if "publish" in request.POST else _("The draft is kept.")
            toasts.success(request, said)
            return redirect("desk:wording", request.desk.brand.key, notice, channel, language)
    shown = form.wording if sent else words
    context = {
        "notice": declared,
        "channel": channel,
        "channel_word": CHANNELS[channel],
        "language": language,
        "form": form,
        "draft": draft,
        "variables": (*ALWAYS, *declared.variables),
        "versions": notify.wording_versions(notice, by, language),
        "in_use": notify.wording_in_use(notice, by, language),
        "stands_in": start if start and start.language != language else None,
        "preview": _preview(notice, by, language, shown, ""),
    }
    return render(request, "desk/wording.html", context)


@require_POST
@desk_view("message.read", section="messages")
def wording_preview(request: DeskRequest, notice: str, channel: str, language: str) -> HttpResponse:
    """The preview alone, of what stands in the editor now; nothing is kept."""
    _declared, by = _place(notice, channel, language)
    form = WordingForm(request.POST, channel=by)
    customer = str(request.POST.get("as_customer", "")).strip()
    if customer:
        need(request, "customer.read")
    context = {"preview": _preview(notice, by, language, form.wording, customer), "channel": channel}
    return render(request, "desk/wording_preview.html", context)


def _preview(notice: str, channel: Channel, language: str, words: Wording, customer: str) -> dict[str, Any]:
    try:
        found = notify.preview(notice, channel, language, words, customer_number=customer)
    except DomainError as refusal:
        return {"refused": sentence(refusal)}
    # The desk's own policy forbids styles in the frame, so the frame is given none: the mail shows them.
    html = _STYLE.sub("", found.wording.html)
    return {"shown": replace(found.wording, html=html), "segments": found.segments, "problems": found.problems}


@require_POST
@desk_view("message.read", section="messages", write="template.write")
def wording_move(request: DeskRequest, notice: str, channel: str, language: str, move: str) -> HttpResponse:
    """Publish or discard the draft, or go back to an older version."""
    _declared, by = _place(notice, channel, language)
    actor = request.desk.actor
    number = str(request.POST.get("number", ""))
    if move == "publish":
        notify.publish_wording(notice, by, language, actor=actor, reason=_("published from the desk"))
        toasts.success(request, _("It is used from now on."))
    elif move == "discard":
        notify.discard_draft(notice, by, language, actor=actor)
        toasts.success(request, _("The draft is thrown away."))
    elif move == "restore":
        if not number.isascii() or not number.isdigit() or len(number) > 6:
            raise NotFound("there is no such version", field="number", value=number)
        notify.restore_wording(notice, by, language, int(number), actor=actor)
        toasts.success(request, _("The older words are used again."))
    else:
        raise NotFound("there is no such page", field="move", value=move)
    return redirect("desk:wording", request.desk.brand.key, notice, channel, language)


@desk_view("message.read", section="messages", write="template.write")
def contact_rules(request: DeskRequest) -> HttpResponse:
    """Quiet hours, caps and patience of each channel."""
    asked = request.POST.get("for_channel", "") if request.method == "POST" else ""
    forms = []
    for channel in Channel:
        rules = notify.rules_of(channel)
        fields = ("quiet_from", "quiet_until", "zone_of", "cap", "cap_days", "hold_hours", "receipt_hours")
        initial = {name: getattr(rules, name) for name in fields}
        form = RulesForm(
            request.POST if asked == channel else None,
            channel=channel,
            initial=initial,
            auto_id=f"id_{channel.value}_%s",
        )
        if asked == channel and form.is_valid():
            try:
                notify.set_rules(form.rules(channel), actor=request.desk.actor, reason=form.cleaned_data["reason"])
            except DomainError as refusal:
                tell(form, refusal)
            else:
                toasts.success(request, _("The rules hold from now on."))
                return redirect("desk:contact_rules", request.desk.brand.key)
        forms.append((channel.value, CHANNELS[channel.value], form))
    context = {"channel_forms": forms, "tabs": message_tabs(request, "rules")}
    return render(request, "desk/contact_rules.html", context)
