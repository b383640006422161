"""Forms about customers. They only collect; what is right is decided by the rooms."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy

from linehouse.edge.desk.characteristic_forms import field_for
from linehouse.party.values import DocumentKind, is_country
from linehouse.platform.characteristics.values import Characteristic

_NAMES: Final = Locale("en").territories
COUNTRIES: Final = tuple(
    sorted(((code, name) for code, name in _NAMES.items() if is_country(code)), key=lambda pair: pair[1])
)
LANGUAGES: Final = Locale("en").languages
OWN: Final = "characteristic-"
"""Beginning of the form fields of the brand's own characteristics."""
DOCUMENTS: Final = tuple((kind.value, kind.value.replace("-", " ").capitalize()) for kind in DocumentKind)


class ContactFields(forms.Form):
    """How somebody is reached."""

    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=200, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Where to call, not the number of the plan."),
    )
    street1 = forms.CharField(label=gettext_lazy("Street and house number"), max_length=120)
    street2 = forms.CharField(label=gettext_lazy("Second address line"), max_length=120, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=16)
    city = forms.CharField(label=gettext_lazy("City"), max_length=80)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=COUNTRIES)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=())

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, LANGUAGES.get(code, code)) for code in languages]


class RegisterForm(ContactFields):
    """What the registration of both kinds has in common."""

    cycle_day = forms.IntegerField(
        label=gettext_lazy("Billing day"),
        required=False,
        min_value=1,
        max_value=31,
        help_text=gettext_lazy("Day of the month. Empty: the brand's default."),
    )

    def ask_for(self, specs: Iterable[Characteristic]) -> None:
        """Ask for the brand's own characteristics, too."""
        for spec in specs:
            self.fields[f"{OWN}{spec.key}"] = field_for(spec)

    def characteristics(self) -> dict[str, object]:
        """The brand's own characteristics that were filled in, by key."""
        return {
            name.removeprefix(OWN): value
            for name, value in self.cleaned_data.items()
            if name.startswith(OWN) and value not in (None, "")
        }

    def warn_of_duplicate(self) -> None:
        """Offer to go on although somebody alike is known; only people are compared."""


class IndividualForm(RegisterForm):
    """A person."""

    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=80)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=80)
    birth_date = forms.DateField(label=gettext_lazy("Birth date"), widget=forms.DateInput(attrs={"type": "date"}))
    document_kind = forms.ChoiceField(label=gettext_lazy("Identity document"), choices=DOCUMENTS, required=False)
    document_number = forms.CharField(label=gettext_lazy("Document number"), max_length=30, required=False)
    document_country = forms.ChoiceField(
        label=gettext_lazy("Issued by"), choices=(("", gettext_lazy("Same country")), *COUNTRIES), required=False
    )
    not_a_duplicate = forms.BooleanField(
        label=gettext_lazy("Register all the same: this is somebody else"), required=False, widget=forms.HiddenInput
    )

    def warn_of_duplicate(self) -> None:
        """Show the box with which one says that this is somebody else."""
        self.fields["not_a_duplicate"].widget = forms.CheckboxInput()


class OrganizationForm(RegisterForm):
    """An organisation."""

    trading_name = forms.CharField(label=gettext_lazy("Trading name"), max_length=120)
    legal_name = forms.CharField(label=gettext_lazy("Legal name"), max_length=120, required=False)
    registration_number = forms.CharField(label=gettext_lazy("Registration number"), max_length=40, required=False)
    vat_id = forms.CharField(
        label=gettext_lazy("VAT number"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("With its country prefix, such as NL004495445B01."),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("It is kept in the history.")
    )


class EditContactForm(ContactFields):
    """New contact data, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, help_text=gettext_lazy("It is kept in the history.")
    )
