"""Forms of rate decks: a file and the tariff that takes it, and how the file is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from linehouse.catalog.deck.columns import FIELDS
from linehouse.catalog.deck.values import Covers, DayOrder, Reading, Zero
from linehouse.catalog.service import DeckView
from linehouse.platform.imports.values import Field
from linehouse.rating.values import TaxMode

LABELS: Final = {
    "destination": _("Destination"),
    "prefix": _("Prefixes"),
    "country-code": _("Country code before the prefixes"),
    "rate": _("Rate per minute"),
    "currency": _("Currency"),
    "increments": _("Billing increments"),
    "first": _("First increment, seconds"),
    "next": _("Following increments, seconds"),
    "connect": _("Connection fee"),
    "effective": _("Effective date"),
    "end": _("Last day"),
    "mark": _("Change mark"),
}
DAYS: Final = (
    (DayOrder.GUESS.value, _("As the file itself tells")),
    (DayOrder.DAY_FIRST.value, _("Day first")),
    (DayOrder.MONTH_FIRST.value, _("Month first")),
)
ZEROS: Final = (
    (Zero.REFUSE.value, _("A mistake")),
    (Zero.FREE.value, _("Free calls")),
    (Zero.BLOCKED.value, _("Blocked calls")),
)
COVERS: Final = (
    (Covers.EVERYTHING.value, _("Is gone")),
    (Covers.CHANGES.value, _("Stays as it is")),
)
TAXES: Final = ((TaxMode.NET.value, _("Without tax")), (TaxMode.GROSS.value, _("With tax")))


class DeckForm(forms.Form):
    """A carrier's file, and the tariff that takes it."""

    tariff = forms.ChoiceField(
        label=_("Tariff"), required=False, help_text=_("The tariff that has this carrier's prices already.")
    )
    key = forms.CharField(
        label=_("Or the key of a new tariff"),
        required=False,
        max_length=100,
        help_text=_("Lower-case words with hyphens, such as acme-wholesale."),
    )
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, as the carrier sent it."))

    def __init__(self, *args: Any, tariffs: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tariff"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", __("A new one")), *((key, key) for key in tariffs)]

    def chosen(self) -> str:
        """The key of the tariff."""
        return str(self.cleaned_data["key"] or self.cleaned_data["tariff"])


class ReadingForm(forms.Form):
    """For each field the column that it comes from, or one text for all rows; and what the cells mean."""

    days = forms.ChoiceField(label=_("Dates such as 01/02/2026"), choices=DAYS)
    zero = forms.ChoiceField(label=_("A rate of zero"), choices=ZEROS)
    covers = forms.ChoiceField(label=_("What the file leaves out"), choices=COVERS)
    line = forms.CharField(
        label=_("Invoice line"),
        required=False,
        max_length=120,
        help_text=_("A key of the tariff's lines; empty for a wholesale tariff."),
    )
    name = forms.CharField(label=_("Name of the new tariff"), required=False, max_length=120)
    tax = forms.ChoiceField(label=_("Prices of the new tariff"), choices=TAXES)

    def __init__(self, data: QueryDict | None = None, *, view: DeckView, new_tariff: bool) -> None:
        reading = view.reading
        initial = {
            "days": reading.days.value,
            "zero": reading.zero.value,
            "covers": reading.covers.value,
            "line": view.line,
            "name": view.name,
            "tax": view.tax.value,
        }
        super().__init__(data, initial=initial)
        if not new_tariff:
            del self.fields["name"], self.fields["tax"]
        choices = [("", "–"), *((name, name) for name in view.heading)]
        for place, one in enumerate(FIELDS):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=LABELS[one.name], choices=choices, required=False, initial=reading.columns.get(one.name, "")
            )
            self.fields[f"constant-{place}"] = forms.CharField(
                label=__("One text for all rows: %(field)s") % {"field": LABELS[one.name]},
                required=False,
                max_length=100,
                initial=reading.constants.get(one.name, ""),
                widget=forms.TextInput(attrs={"placeholder": one.example}),
            )

    def _chosen(self, what: str) -> dict[str, str]:
        found = {one.name: self.cleaned_data.get(f"{what}-{place}", "") for place, one in enumerate(FIELDS)}
        return {name: text for name, text in found.items() if text}

    def reading(self) -> Reading:
        """How the file is read."""
        said = self.cleaned_data
        return Reading(
            self._chosen("column"),
            self._chosen("constant"),
            DayOrder(said["days"]),
            Zero(said["zero"]),
            Covers(said["covers"]),
        )

    def lines(self) -> list[tuple[Field, forms.BoundField, forms.BoundField]]:
        """Each field with its two inputs."""
        return [(one, self[f"column-{place}"], self[f"constant-{place}"]) for place, one in enumerate(FIELDS)]

    def others(self) -> list[forms.BoundField]:
        """The inputs beside the mapping."""
        return [self[name] for name in ("days", "zero", "covers", "line", "name", "tax") if name in self.fields]
