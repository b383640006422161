"""Forms about notices, their wordings, and how customers are reached. They only collect; the room decides."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from linehouse.edge.desk.message_rows import CHANNELS, CLASSES
from linehouse.kernel.error import Invalid
from linehouse.notify.values import Channel, ChannelRules, MessageClass, Notice, Variable, VariableKind, Wording
from linehouse.party.consent_values import ConsentChannel, ConsentSource, Purpose

PURPOSES: Final = {
    Purpose.MARKETING: _("Advertising"),
    Purpose.TRAFFIC_DATA: _("Use of traffic data for advertising"),
    Purpose.PROFILING: _("Conclusions about the person"),
    Purpose.THIRD_PARTY: _("Giving data to others"),
}
CONSENT_CHANNELS: Final = {
    ConsentChannel.ANY: _("All channels"),
    ConsentChannel.EMAIL: _("E-mail"),
    ConsentChannel.SMS: _("SMS"),
    ConsentChannel.PHONE: _("Telephone"),
    ConsentChannel.POST: _("Post"),
}
SOURCES: Final = {
    ConsentSource.DESK: _("Said to customer care"),
    ConsentSource.SELF_CARE: _("Self-care"),
    ConsentSource.SHOP: _("Shop"),
    ConsentSource.PAPER: _("Paper form"),
    ConsentSource.API: _("API"),
    ConsentSource.IMPORT: _("Import"),
}
_TIME: Final = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class WordingForm(forms.Form):
    """What is said in one language by one channel."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Text"), max_length=10_000, strip=False, widget=forms.Textarea(attrs={"rows": 12}))
    html = forms.CharField(
        label=_("The same as HTML"),
        max_length=30_000,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "mono"}),
        help_text=_("Without a frame: the brand's colours and the company are put around it. Empty: text alone."),
    )
    note = forms.CharField(label=_("What changes, and why"), max_length=300, required=False)
    as_customer = forms.CharField(
        label=_("Preview as customer"),
        max_length=20,
        required=False,
        help_text=_("A customer's number, such as C-000001; the other values stay the declared examples."),
    )

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel is Channel.SMS:
            del self.fields["subject"], self.fields["html"]
            self.fields["text"].widget.attrs["rows"] = 5

    @property
    def wording(self) -> Wording:
        """The words, with the line ends of a text file."""
        given = {name: str(self.data.get(name, "")).replace("\r\n", "\n") for name in ("subject", "text", "html")}
        if "subject" not in self.fields:
            return Wording(text=given["text"].strip())
        return Wording(subject=given["subject"].strip(), text=given["text"], html=given["html"].strip())


class NoticeForm(forms.Form):
    """A notice of the brand's own."""

    key = forms.SlugField(
        label=_("Name"), max_length=60, help_text=_("Small letters and hyphens, such as spring-offer.")
    )
    title = forms.CharField(label=_("Title"), max_length=120)
    message_class = forms.ChoiceField(
        label=_("Class"),
        choices=tuple(CLASSES.items()),
        help_text=_("Only marketing asks for consent, and waits for quiet hours and caps."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Channels"), choices=tuple(CHANNELS.items()), widget=forms.CheckboxSelectMultiple
    )
    variables = forms.CharField(
        label=_("Variables"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "class": "mono"}),
        help_text=_("One a line: name, kind (text, money, date, instant, number, link) and an example."),
    )

    @property
    def notice(self) -> Notice:
        """The declaration. Raises Invalid for a line of the variables that cannot be read."""
        data = self.cleaned_data
        return Notice(
            key=data["key"],
            title=data["title"],
            message_class=MessageClass(data["message_class"]),
            channels=tuple(Channel(one) for one in data["channels"]),
            variables=tuple(_variable(line) for line in data["variables"].splitlines() if line.strip()),
            own=True,
        )


def _variable(line: str) -> Variable:
    parts = line.split(maxsplit=2)
    if len(parts) != 3 or parts[1] not in set(VariableKind):
        kinds = ", ".join(VariableKind)
        raise Invalid(
            f"{line[:60]!r} cannot be read",
            field="variables",
            value=line,
            expected=f"a name, one of {kinds}, an example",
        )
    return Variable(name=parts[0], kind=VariableKind(parts[1]), example=parts[2])


class RulesForm(forms.Form):
    """What holds for advertising by a channel, and how long a receipt is waited for."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=_TIME)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=_TIME)
    zone_of = forms.ChoiceField(
        label=_("By the clock of"), choices=(("recipient", _("the customer's account")), ("brand", _("the brand")))
    )
    cap = forms.IntegerField(label=_("At most so many messages"), min_value=0, max_value=100, help_text=_("0: no cap."))
    cap_days = forms.IntegerField(label=_("in so many days"), min_value=1, max_value=366)
    hold_hours = forms.IntegerField(
        label=_("Hours it may wait"), min_value=0, max_value=720, help_text=_("What would wait longer is not sent.")
    )
    receipt_hours = forms.IntegerField(label=_("Hours a receipt is waited for"), min_value=1, max_value=168)
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if channel is Channel.EMAIL:
            # A mail server's own words are all the receipt there is.
            del self.fields["receipt_hours"]

    def rules(self, channel: Channel) -> ChannelRules:
        """The rules, once the form is valid."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return ChannelRules(channel=channel, **given)


class PreferenceForm(forms.Form):
    """By which channel a customer wants to be reached."""

    channels = forms.ChoiceField(
        label=_("Preferred channel"),
        choices=(
            ("", _("Left to each notice")),
            ("email,sms", _("E-mail, then SMS")),
            ("sms,email", _("SMS, then e-mail")),
            ("email", _("E-mail")),
            ("sms", _("SMS")),
        ),
        required=False,
    )


class ConsentForm(forms.Form):
    """What a customer says about a purpose."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=tuple((key.value, word) for key, word in PURPOSES.items()))
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=tuple((key.value, word) for key, word in CONSENT_CHANNELS.items()),
    )
    given = forms.ChoiceField(
        label=_("What was said"),
        choices=(("yes", _("I agree")), ("no", _("I no longer agree"))),
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(label=_("Where"), choices=tuple((key.value, word) for key, word in SOURCES.items()))
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=500,
        required=False,
        help_text=_("How it can be shown that it was said: a form, a recording, a log line. A withdrawal needs none."),
    )


class HandSentForm(forms.Form):
    """The variables of a notice that somebody sends by hand; one field for each."""

    def __init__(self, *args: Any, notice: Notice, channels: Sequence[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names: Mapping[str, str] = {f"v_{one.name}": one.name for one in notice.variables}
        for one in notice.variables:
            self.fields[f"v_{one.name}"] = forms.CharField(
                label=one.name, max_length=500, help_text=_("For example: %(example)s") % {"example": one.example}
            )
        self.fields["channel"] = forms.ChoiceField(
            label=_("Channel"),
            required=False,
            choices=[("", _("As the customer prefers")), *((one.value, CHANNELS[one.value]) for one in channels)],
        )

    @property
    def values(self) -> dict[str, str]:
        """The variables, by name."""
        return {name: self.cleaned_data[field] for field, name in self.names.items()}
