"""Forms about characteristics: their declaration, and the values of one object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from linehouse.platform.characteristics.entities import entities
from linehouse.platform.characteristics.values import Characteristic, Declaration, Held, ValueKind

KINDS = (
    (ValueKind.TEXT.value, _("Text")),
    (ValueKind.INTEGER.value, _("Whole number")),
    (ValueKind.DECIMAL.value, _("Number with decimals")),
    (ValueKind.YES_NO.value, _("Yes or no")),
    (ValueKind.DATE.value, _("Date")),
    (ValueKind.CHOICE.value, _("Choice of values")),
)


class DeclarationForm(forms.Form):
    """What a characteristic is."""

    entity = forms.ChoiceField(label=_("Belongs to"), choices=())
    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        help_text=_("Its name in APIs and files, such as loyalty-tier; it never changes."),
    )
    label = forms.CharField(label=_("Label"), max_length=80, help_text=_("What people read."))
    kind = forms.ChoiceField(label=_("Kind of value"), choices=KINDS)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("For a choice: one value on each line; what people read may follow after an equals sign."),
    )
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False, help_text=_("For numbers."))
    minimum = forms.DecimalField(label=_("Minimum"), required=False, help_text=_("Of a number, or of a text's length."))
    maximum = forms.DecimalField(label=_("Maximum"), required=False)
    pattern = forms.CharField(
        label=_("Pattern"),
        max_length=200,
        required=False,
        help_text=_("A regular expression that the whole text fits."),
    )
    description = forms.CharField(label=_("Meaning"), max_length=300, required=False)
    position = forms.IntegerField(
        label=_("Position"), required=False, initial=0, help_text=_("Small numbers come first.")
    )
    required = forms.BooleanField(label=_("Must be given"), required=False)
    searchable = forms.BooleanField(label=_("Lists can be narrowed by it"), required=False, initial=True)
    personal = forms.BooleanField(label=_("Says something of a person: erased with the person, masked"), required=False)

    def __init__(self, *args: Any, old: Characteristic | None = None, **kwargs: Any) -> None:
        if old is not None:
            kwargs.setdefault("initial", _initial(old))
        super().__init__(*args, **kwargs)
        field = self.fields["entity"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(entity.key, entity.label) for entity in entities()]
        self.old = old
        if old is not None:
            for name in ("entity", "key", "kind"):
                self.fields[name].disabled = True

    def declaration(self) -> Declaration:
        """What was filled in; labels in other languages stay as they are."""
        data = self.cleaned_data
        label = {**(self.old.label if self.old else {}), "": data["label"]}
        return Declaration(
            entity=data["entity"],
            key=data["key"],
            label=label,
            kind=ValueKind(data["kind"]),
            description=data["description"],
            unit=data["unit"],
            choices=_choices(data["choices"]),
            minimum=data["minimum"],
            maximum=data["maximum"],
            pattern=data["pattern"],
            required=data["required"],
            searchable=data["searchable"],
            personal=data["personal"],
            position=data["position"] or 0,
        )


class ValuesForm(forms.Form):
    """The values of one object: a field for each characteristic, and why they change."""

    def __init__(
        self, *args: Any, specs: Iterable[Characteristic], held: Mapping[str, Held], masked: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for spec in specs:
            if spec.personal and masked:
                continue
            self.fields[spec.key] = field_for(spec, held.get(spec.key))
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=300, required=False, help_text=_("It is kept in the history.")
        )

    def values(self) -> dict[str, object]:
        """What was filled in, by key; empty takes a value away."""
        return {key: value for key, value in self.cleaned_data.items() if key != "reason"}


def field_for(spec: Characteristic, held: Held | None = None) -> forms.Field:
    """The form field in which a value of the characteristic is entered."""
    label = spec.label_in(get_language() or "")
    if spec.unit:
        label = f"{label} ({spec.unit})"
    common: dict[str, Any] = {"label": label, "required": spec.required, "help_text": spec.description}
    if held is not None:
        common["initial"] = held.text
    match spec.kind:
        case ValueKind.CHOICE:
            nothing = [] if spec.required and held else [("", "–")]
            return forms.ChoiceField(choices=[*nothing, *spec.choices.items()], **common)
        case ValueKind.YES_NO:
            return forms.ChoiceField(choices=[("", "–"), ("yes", _("Yes")), ("no", _("No"))], **common)
        case ValueKind.DATE:
            return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **common)
        case ValueKind.INTEGER | ValueKind.DECIMAL:
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        case _:
            return forms.CharField(max_length=600, **common)


def _choices(text: str) -> dict[str, str]:
    found = {}
    for line in text.splitlines():
        value, _equals, shown = line.partition("=")
        if value.strip():
            found[value.strip()] = shown.strip() or value.strip()
    return found


def _initial(old: Characteristic) -> dict[str, Any]:
    return {
        "entity": old.entity,
        "key": old.key,
        "label": old.label_in(""),
        "kind": old.kind.value,
        "choices": "\n".join(value if value == shown else f"{value} = {shown}" for value, shown in old.choices.items()),
        "unit": old.unit,
        "minimum": _plain(old.minimum),
        "maximum": _plain(old.maximum),
        "pattern": old.pattern,
        "description": old.description,
        "position": old.position,
        "required": old.required,
        "searchable": old.searchable,
        "personal": old.personal,
    }


def _plain(bound: Decimal | None) -> str | None:
    if bound is None:
        return None
    return format(bound.normalize(), "f")
