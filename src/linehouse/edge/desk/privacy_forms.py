"""Forms of the privacy screens."""

from django import forms
from django.utils.translation import gettext_lazy

from linehouse.edge.desk.privacy_rows import KINDS

CHANNELS = (
    ("email", gettext_lazy("E-mail")),
    ("letter", gettext_lazy("Letter")),
    ("phone", gettext_lazy("Telephone")),
    ("shop", gettext_lazy("In the shop")),
)


class RequestForm(forms.Form):
    """What the person asks."""

    kind = forms.ChoiceField(label=gettext_lazy("What is asked"), choices=[(k.value, v) for k, v in KINDS.items()])
    channel = forms.ChoiceField(label=gettext_lazy("How it came"), choices=CHANNELS)
    note = forms.CharField(
        label=gettext_lazy("In the person's words"), required=False, max_length=2000, widget=forms.Textarea
    )


class UnmaskForm(forms.Form):
    """Why the values are needed."""

    reason = forms.CharField(
        label=gettext_lazy("Why you need it"),
        max_length=300,
        min_length=5,
        help_text=gettext_lazy("The person can read this: it stands in the log of who looked at their data."),
    )


class StepForm(forms.Form):
    """How the identity was checked, what was done, or why not."""

    text = forms.CharField(max_length=1000, required=False)
    sure = forms.BooleanField(required=False)
