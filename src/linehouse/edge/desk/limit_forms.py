"""Forms about a line's limits: another amount, an agreement to go on, a turbo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linehouse.rating.controls import SetBy

BY = ((SetBy.CARE.value, _("Customer care")), (SetBy.CUSTOMER.value, _("The customer")))
STATES = (
    ("own", _("An amount of the line's own")),
    ("brand", _("As the brand says")),
    ("off", _("Off: no limit")),
)
Choices = Sequence[tuple[str, str]]


class _Choosing(forms.Form):
    """A form whose first field chooses among what the line has."""

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["key"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)


class LimitForm(_Choosing):
    """Another limit."""

    key = forms.ChoiceField(label=_("Limit"), choices=())
    state = forms.ChoiceField(label=_("What counts"), choices=STATES)
    amount = forms.CharField(
        label=_("Amount"), max_length=20, required=False, help_text=_("In the account's currency, such as 50.00.")
    )
    hard = forms.BooleanField(
        label=_("Nobody can agree to go on above it"), required=False, help_text=_("For a child's telephone.")
    )
    by = forms.ChoiceField(label=_("Who wants it"), choices=BY)
    reason = forms.CharField(label=_("Reason"), max_length=200, initial=_("asked by the customer"))


class ConsentForm(_Choosing):
    """The customer agrees to go on above a limit."""

    key = forms.ChoiceField(label=_("Limit"), choices=())
    channel = forms.CharField(label=_("How it was said"), max_length=40, help_text=_("Such as call, app, message."))
    evidence = forms.CharField(
        label=_("What shows it"),
        max_length=1000,
        help_text=_("The words of the message, or the number of the recorded call."),
    )


class TurboForm(_Choosing):
    """What is slowed is lifted for a time."""

    key = forms.ChoiceField(label=_("Policy counter"), choices=())
    hours = forms.IntegerField(label=_("Hours"), min_value=1, max_value=744, initial=1)
    reason = forms.CharField(label=_("Reason"), max_length=200)
