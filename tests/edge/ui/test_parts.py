"""Fields, states, icons and the policy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory

import linehouse.edge.desk as desk
import linehouse.edge.ui as ui
from linehouse.edge.ui.csp import POLICY, SecurityHeaders
from linehouse.edge.ui.icons import ICONS, UnknownIcon, icon
from linehouse.edge.ui.status import Tone, readable, tone_of
from linehouse.edge.web import middleware  # noqa: F401 - the module that the policy stands before
from linehouse.kernel.lifecycle import all_lifecycles

TEMPLATES = [
    file for package in (ui, desk) for file in (Path(package.__file__ or "").parent / "templates").rglob("*.html")
]


class PetForm(forms.Form):
    name = forms.CharField(help_text="As it is called.")
    kind = forms.ChoiceField(choices=[("cat", "Cat")], widget=forms.RadioSelect)
    tame = forms.BooleanField(required=False)


def render(text: str, **values: object) -> str:
    return Template("{% load ui %}" + text).render(Context(values))


def test_a_field_ties_label_help_and_errors_together() -> None:
    text = render("{% field form.name %}", form=PetForm({}))
    assert '<label for="id_name">Name</label>' in text
    assert 'aria-describedby="id_name_help id_name_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_name_error"' in text
    assert "(optional)" not in text


def test_choices_are_a_group_with_a_legend_and_checks_stand_before_their_label() -> None:
    assert "<legend" in render("{% field form.kind %}", form=PetForm())
    assert "is-check" in render("{% field form.tame %}", form=PetForm())


def test_a_refused_form_is_announced_with_links_to_its_fields() -> None:
    text = render('{% include "ui/form_errors.html" %}', form=PetForm({}))
    assert 'role="alert"' in text
    assert '<a href="#id_name">Name</a>: This field is required.' in text


@pytest.mark.parametrize(
    ("state", "words"), [("inProgress", "in progress"), ("in_progress", "in progress"), ("In Study", "in study")]
)
def test_states_are_read_as_words(state: str, words: str) -> None:
    assert readable(state) == words


def test_no_state_of_the_house_alarms_by_accident() -> None:
    assert tone_of("never heard of") is Tone.QUIET
    states = {state for lifecycle in all_lifecycles().values() for state in lifecycle.states}
    alarming = {state for state in states if tone_of(state) is Tone.BAD}
    assert alarming <= {
        "compensationFailed",
        "dead",
        "denied",
        "failed",
        "refused",
        "rejected",
        "Rejected",
        "terminatedWithError",
    }
    assert {"failed", "refused", "rejected"} & states <= alarming


def test_icons_are_drawn_or_the_template_is_wrong() -> None:
    assert 'aria-hidden="true"' in icon("check")
    assert 'aria-label="Yes &amp; no"' in icon("check", "Yes & no")
    with pytest.raises(UnknownIcon):
        icon("unicorn")
    used = {name for file in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', file.read_text("utf-8"))}
    assert used <= ICONS.keys()


def test_templates_hold_no_inline_script_style_or_foreign_file() -> None:
    wrong = [
        f"{file.name}: {hit}"
        for file in TEMPLATES
        for hit in re.findall(
            r"<style|<script(?! src=|[^>]* type=\"application/json\")|\son\w+=[\"']|\sstyle=|javascript:"
            r"|(?:src|href)=\"https?:",
            file.read_text("utf-8"),
        )
    ]
    assert wrong == []


def _answer(content_type: str) -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/")
    answer = SecurityHeaders(lambda _: HttpResponse("x", content_type=content_type))(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_pages_carry_the_policy_and_are_not_cached() -> None:
    page = _answer("text/html; charset=utf-8")
    assert page["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert page["Cache-Control"] == "private, no-store"
    assert "Content-Security-Policy" not in _answer("text/css")
    assert _answer("text/css")["X-Content-Type-Options"] == "nosniff"
