"""Forms about a line's own numbers and about closed user groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linehouse.catalog.values import FriendList
from linehouse.inventory.values import MemberKind

MEMBER_KINDS = (
    (MemberKind.LINE.value, _("A line, by its product number")),
    (MemberKind.CUSTOMER.value, _("A customer with all lines")),
    (MemberKind.ORGANIZATION.value, _("The organisation behind a customer, with all its customers")),
)


class FriendForm(forms.Form):
    """A number for one of the line's lists."""

    list = forms.ChoiceField(label=_("List"), choices=())
    number = forms.CharField(label=_("Number"), max_length=40, help_text=_("With its country, such as +31612345678."))
    reason = forms.CharField(label=_("Reason"), max_length=200, initial=_("asked by the customer"))

    def __init__(self, *args: Any, lists: Sequence[FriendList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["list"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.key, one.name) for one in lists]


class GroupForm(forms.Form):
    """A new closed user group."""

    key = forms.CharField(
        label=_("Key"), max_length=40, help_text=_("Small letters, digits and hyphens, such as acme-fleet.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    word = forms.CharField(
        label=_("What tariffs call it"),
        max_length=40,
        required=False,
        help_text=_("Groups of many customers may share a word and so a price. Empty: its key."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)


class MemberForm(forms.Form):
    """Who joins a closed user group."""

    kind = forms.ChoiceField(label=_("Who"), choices=MEMBER_KINDS)
    member = forms.CharField(
        label=_("Number of the product or customer"), max_length=40, help_text=_("Such as S-000001 or C-000001.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)
