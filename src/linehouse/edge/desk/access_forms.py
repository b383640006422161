"""Forms about staff and programs. They only collect; what is right is decided by the access room."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from linehouse.edge.ui.status import readable
from linehouse.platform.access.grants import Sight
from linehouse.platform.access.permissions import PERMISSIONS, ROLES
from linehouse.platform.access.policy import FIELD_GROUPS
from linehouse.platform.access.programs import DEFAULT_PER_MINUTE, DEFAULT_TOKEN_SECONDS, ClientWishes, ProgramView

ROLE_CHOICES: Final = tuple((role, readable(role).capitalize()) for role in sorted(ROLES))
SIGHT_CHOICES: Final = (
    (Sight.HIDDEN.value, gettext_lazy("Not at all")),
    (Sight.MASKED.value, gettext_lazy("Masked")),
    (Sight.PLAIN.value, gettext_lazy("Plainly")),
)
_DEALER_HELP: Final = gettext_lazy(
    "A dealer's code such as D-001: only that dealer's customers and orders are reached."
)


def _reason() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why"), max_length=300, help_text=gettext_lazy("For whoever reads the record.")
    )


class RoleForm(forms.Form):
    """One more role for somebody."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLE_CHOICES, initial="care")
    dealer = forms.CharField(
        label=gettext_lazy("Dealer"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For the role dealer alone."),
    )
    reason = _reason()


class InviteForm(RoleForm):
    """Somebody new, with a first role."""

    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=200, widget=forms.EmailInput())
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Not needed for somebody who has a log-in already."),
    )
    field_order = ("email", "name", "role", "dealer", "reason")


class WhyForm(forms.Form):
    """Why something is done."""

    reason = _reason()


class RotateForm(forms.Form):
    """A new secret."""

    overlap_hours = forms.IntegerField(
        label=gettext_lazy("Hours that the old secrets still hold"),
        min_value=0,
        max_value=24 * 90,
        initial=24,
        help_text=gettext_lazy("0 when a secret has leaked."),
    )
    reason = _reason()


class ProgramForm(forms.Form):
    """What a program is given."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=tuple((name, f"{name}: {meaning}") for name, meaning in PERMISSIONS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    dealer = forms.CharField(label=gettext_lazy("Dealer"), max_length=40, required=False, help_text=_DEALER_HELP)
    per_minute = forms.IntegerField(
        label=gettext_lazy("Calls in a minute"), min_value=1, required=False, initial=DEFAULT_PER_MINUTE,
        help_text=gettext_lazy("Empty: without an end."),
    )  # fmt: skip
    monthly_quota = forms.IntegerField(
        label=gettext_lazy("Calls in a month"),
        min_value=1,
        required=False,
        help_text=gettext_lazy("Empty: without an end."),
    )
    token_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds that an access token lives"),
        min_value=60,
        max_value=86_400,
        initial=DEFAULT_TOKEN_SECONDS,
    )
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group, meaning in FIELD_GROUPS.items():
            self.fields[_sight_field(group)] = forms.ChoiceField(
                label=group, choices=SIGHT_CHOICES, initial=Sight.MASKED.value, help_text=meaning
            )
        self.order_fields(
            ["name", "scopes", *(_sight_field(group) for group in FIELD_GROUPS), "dealer", "per_minute",
             "monthly_quota", "token_seconds", "reason"]
        )  # fmt: skip

    @classmethod
    def of(cls, program: ProgramView) -> dict[str, object]:
        """The form's values for a program as it is."""
        sights = {_sight_field(group): sight.value for group, sight in program.sights.items()}
        return {
            "name": program.name,
            "scopes": list(program.scopes),
            "dealer": program.dealer,
            "per_minute": program.per_minute,
            "monthly_quota": program.monthly_quota,
            "token_seconds": program.token_seconds,
            **sights,
        }

    def wishes(self) -> ClientWishes:
        """What was asked for; call it after is_valid."""
        data = self.cleaned_data
        return ClientWishes(
            name=data["name"],
            scopes=frozenset(data["scopes"]),
            sights={group: Sight(data[_sight_field(group)]) for group in FIELD_GROUPS},
            dealer=data["dealer"],
            per_minute=data["per_minute"],
            monthly_quota=data["monthly_quota"],
            token_seconds=data["token_seconds"],
        )


def _sight_field(group: str) -> str:
    return "sees_" + group.replace(".", "_")
