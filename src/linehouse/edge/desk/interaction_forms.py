"""Forms about contacts. They only collect; what is right is decided by the room."""

from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from linehouse.care.values import (
    ATTACHMENT_LIMIT,
    About,
    Channel,
    Direction,
    ItemKind,
    NewAttachment,
    RecordInteraction,
    Visibility,
)

CHANNELS: Final = {
    Channel.PHONE: _("Telephone"),
    Channel.EMAIL: _("E-mail"),
    Channel.CHAT: _("Chat"),
    Channel.SHOP: _("Shop"),
    Channel.LETTER: _("Letter"),
    Channel.SMS: _("SMS"),
    Channel.SOCIAL: _("Social media"),
    Channel.WEB: _("Website"),
    Channel.APP: _("App"),
    Channel.DEALER: _("Dealer"),
}
DIRECTIONS: Final = {Direction.INBOUND: _("The customer came to us"), Direction.OUTBOUND: _("We went to the customer")}
STATES: Final = (
    ("completed", _("Settled")),
    ("inProgress", _("Still at work on it")),
    ("open", _("Nobody has looked at it yet")),
)
_PREFIXES: Final = {
    "O-": ItemKind.ORDER,
    "S-": ItemKind.PRODUCT,
    "INV-": ItemKind.BILL,
    "CN-": ItemKind.BILL,
    "PAY-": ItemKind.PAYMENT,
    "BA-": ItemKind.ACCOUNT,
}
_WHEN: Final = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_WHEN_FORMATS: Final = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


class ContactForm(forms.Form):
    """A contact with a customer, in the order in which it is told on the telephone."""

    channel = forms.ChoiceField(label=_("Channel"), choices=[(word.value, label) for word, label in CHANNELS.items()])
    direction = forms.ChoiceField(
        label=_("Who began it"), choices=[(word.value, label) for word, label in DIRECTIONS.items()]
    )
    topic = forms.CharField(
        label=_("Topic"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"}),
        help_text=_("One of the usual words, or your own."),
    )
    text = forms.CharField(
        label=_("What was said"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    outcome = forms.CharField(
        label=_("What came of it"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    about = forms.CharField(
        label=_("About"),
        max_length=300,
        required=False,
        help_text=_("Numbers of orders, products, invoices, payments or tickets, with commas between them."),
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES)
    began_at = forms.DateTimeField(
        label=_("When it began"),
        required=False,
        widget=_WHEN,
        input_formats=_WHEN_FORMATS,
        help_text=_("Empty: just now."),
    )
    file = forms.FileField(label=_("File"), required=False, help_text=_("Up to 5 MB: a letter, a screenshot."))
    follow_up = forms.CharField(
        label=_("To be done next"), max_length=500, required=False, help_text=_("Empty: nothing.")
    )
    follow_up_due = forms.DateTimeField(label=_("By when"), required=False, widget=_WHEN, input_formats=_WHEN_FORMATS)
    follow_up_mine = forms.BooleanField(label=_("I will do it myself"), required=False)

    def clean(self) -> dict[str, Any]:
        """A follow-up has a time."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("follow_up") and not data.get("follow_up_due") and "follow_up_due" not in self.errors:
            self.add_error("follow_up_due", _("Say by when it is to be done."))
        if data.get("follow_up_due") and not data.get("follow_up") and "follow_up" not in self.errors:
            self.add_error("follow_up", _("Say what is to be done."))
        return data

    def interaction(self, **whose: Any) -> RecordInteraction:
        """The contact that was told."""
        data = self.cleaned_data
        return RecordInteraction(
            channel=data["channel"],
            direction=data["direction"],
            topic=data["topic"],
            text=data["text"],
            outcome=data["outcome"],
            state=data["state"],
            began_at=data["began_at"],
            about=named(data["about"]),
            attachments=_attached(data["file"]),
            **whose,
        )


def named(text: str) -> tuple[About, ...]:
    """What numbers refer to, by how they begin; any other is a ticket of another system."""
    found = []
    for number in (part.strip() for part in text.split(",")):
        if number:
            kinds = [kind for prefix, kind in _PREFIXES.items() if number.upper().startswith(prefix)]
            known = kinds[0] if kinds else ItemKind.TICKET
            found.append(About(kind=known, number=number.upper() if kinds else number))
    return tuple(found)


def _attached(upload: UploadedFile[bytes] | None) -> tuple[NewAttachment, ...]:
    if not upload:
        return ()
    # One octet more than is kept, so that the room sees that it is too much.
    content = upload.read(ATTACHMENT_LIMIT + 1)
    kind = (upload.content_type or "application/octet-stream")[:120]
    return (NewAttachment(name=(upload.name or "file")[:200], media_type=kind, content=content),)


class NoteForm(forms.Form):
    """A note on a contact."""

    text = forms.CharField(label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    visibility = forms.ChoiceField(
        label=_("Who may read it"),
        choices=(
            (Visibility.INTERNAL.value, _("Colleagues only")),
            (Visibility.CUSTOMER.value, _("The customer too")),
        ),
    )


class FollowUpForm(forms.Form):
    """Something to be done for a customer."""

    text = forms.CharField(label=_("What is to be done"), max_length=500)
    due_at = forms.DateTimeField(label=_("By when"), widget=_WHEN, input_formats=_WHEN_FORMATS)
    mine = forms.BooleanField(label=_("I will do it myself"), required=False)


class OutcomeForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(
        label=_("What came of it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
