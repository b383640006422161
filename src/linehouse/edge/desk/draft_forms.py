"""Forms of catalogue drafts: their name, one file's text or prices, when and with which note they are published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from linehouse.catalog.service import Figure


class NameForm(forms.Form):
    """What a draft is for."""

    name = forms.CharField(
        label=_("What it is for"), max_length=200, help_text=_("For example: cheaper calls to Germany from January.")
    )


class TextForm(forms.Form):
    """A file as text."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    path = forms.CharField(label=_("File"), max_length=200, help_text=_("Such as tariffs/robin-standard.yaml."))
    text = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 32, "class": "input mono code-editor", "spellcheck": "false", "wrap": "off"}
        ),
    )


class FiguresForm(forms.Form):
    """Every price of a file, one field each; what is sent as it was is no change."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, figures: Sequence[Figure], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figures = figures
        for figure in figures:
            self.fields[figure.field] = forms.CharField(
                label=f"{figure.clause}: {figure.what}",
                initial=figure.value,
                max_length=30,
                widget=forms.TextInput(
                    attrs={"class": "input input-short num", "inputmode": "decimal", "autocomplete": "off"}
                ),
            )

    @property
    def lines(self) -> list[tuple[Figure, forms.BoundField]]:
        """Each price with its field."""
        return [(figure, self[figure.field]) for figure in self.figures]

    @property
    def changes(self) -> dict[str, str]:
        """The new amounts, by field."""
        return {
            figure.field: self.cleaned_data[figure.field]
            for figure in self.figures
            if self.cleaned_data[figure.field] != figure.value
        }


class StandForm(forms.Form):
    """Why a warning stands, and how long."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it stands"), max_length=300, help_text=_("Written into the file, for whoever reads it next.")
    )
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day. After it the warning is shown again."),
    )


class PublishForm(forms.Form):
    """When the draft comes into force."""

    valid_from = forms.DateTimeField(
        label=_("In force from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("At once when left empty."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


FOLDER_ORDER: Final = ("brand.yaml", "logo.svg", "catalog", "tariffs", "zones", "regulation", "controls")
"""In which order files are listed."""
