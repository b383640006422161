"""Forms for money on lines and for vouchers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy

from linehouse.balance.money_rules import Method, Reason
from linehouse.catalog.values import text_in
from linehouse.kernel.money import Money
from linehouse.resource.vouchers import VoucherKind

_AMOUNT = gettext_lazy("In the currency of the balance, such as 12.50.")


class _Once(forms.Form):
    """A key that the page was made with: sending it twice moves money once."""

    once = forms.CharField(widget=forms.HiddenInput, required=False)


class TopUpForm(_Once):
    """How much, and how it was paid."""

    amount = forms.CharField(label=gettext_lazy("Amount"), help_text=_AMOUNT)
    method = forms.ChoiceField(
        label=gettext_lazy("Paid"),
        choices=(
            (Method.AGENT.value, gettext_lazy("in cash, at the counter")),
            (Method.CARD.value, gettext_lazy("by card, at the terminal")),
            (Method.GIFT.value, gettext_lazy("by another customer, as a gift")),
        ),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=140,
        required=False,
        help_text=gettext_lazy("The terminal's authorisation for a card; the giver's customer number for a gift."),
    )

    def __init__(self, *args: Any, dealer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if dealer:
            del self.fields["method"]

    def clean(self) -> dict[str, Any]:
        """A card needs what authorised it, a gift whose it is."""
        given = super().clean() or {}
        if given.get("method") in (Method.CARD.value, Method.GIFT.value) and not given.get("reference", "").strip():
            self.add_error("reference", gettext_lazy("A card needs its authorisation, a gift the giver's number."))
        return given


class RedeemForm(_Once):
    """The digits on a voucher."""

    pin = forms.CharField(
        label=gettext_lazy("PIN of the voucher"),
        max_length=40,
        help_text=gettext_lazy("16 digits. Too many wrong ones lock the line for a while."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )


class TransferForm(_Once):
    """To whom, and how much."""

    receiver = forms.CharField(
        label=gettext_lazy("To the line"),
        max_length=40,
        help_text=gettext_lazy("Its number as a product, such as S-000042, or its telephone number."),
    )
    amount = forms.CharField(label=gettext_lazy("Amount"), help_text=_AMOUNT)


class AdjustForm(_Once):
    """What is changed by hand, and why."""

    bucket = forms.ChoiceField(label=gettext_lazy("Balance or allowance"))
    amount = forms.CharField(
        label=gettext_lazy("Change"),
        help_text=gettext_lazy("Money such as 5.00 or -5.00; units such as 500 MB, 30 min, 20 sms or -1 GB."),
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        help_text=gettext_lazy("What happened; it is kept, and whoever approves it reads it."),
    )

    def __init__(self, *args: Any, buckets: list[tuple[str, str]], reasons: list[Reason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = (get_language() or "en")[:2]
        offer(self, "bucket", buckets)
        offer(self, "reason", [(one.code, text_in(one.texts, language)) for one in reasons])


class OverdraftForm(forms.Form):
    """How far below zero."""

    amount = forms.CharField(
        label=gettext_lazy("Overdraft"), help_text=gettext_lazy("How far below zero the balance may go; 0 for none.")
    )
    overdraw = forms.BooleanField(label=gettext_lazy("Usage that has happened may go below that, too"), required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class AutoForm(forms.Form):
    """When a line tops itself up, by how much, and who pays."""

    amount = forms.CharField(label=gettext_lazy("Amount"), help_text=_AMOUNT)
    threshold = forms.CharField(
        label=gettext_lazy("When the balance falls below"), required=False, help_text=gettext_lazy("Empty: never.")
    )
    day = forms.IntegerField(
        label=gettext_lazy("On this day of each month"),
        required=False,
        min_value=1,
        max_value=28,
        help_text=gettext_lazy("1 to 28; empty: on no day."),
    )
    token = forms.CharField(
        label=gettext_lazy("Card"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The payment provider's name of the card, never its number. Empty: as before."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WhyForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class BatchForm(forms.Form):
    """A batch of vouchers."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=(
            (VoucherKind.PHYSICAL.value, gettext_lazy("printed")),
            (VoucherKind.ELECTRONIC.value, gettext_lazy("electronic")),
            (VoucherKind.PARTNER.value, gettext_lazy("for a partner")),
        ),
    )
    value = forms.CharField(label=gettext_lazy("Value of each"), help_text=gettext_lazy("In the brand's currency."))
    count = forms.IntegerField(label=gettext_lazy("How many"), min_value=1, max_value=1_000_000)
    expires = forms.DateField(
        label=gettext_lazy("Not usable from"),
        help_text=gettext_lazy("The first day on which no voucher of the batch can be used any more."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    credit_days = forms.IntegerField(
        label=gettext_lazy("Days that the credit lasts"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("From its redemption; empty: as the brand's file about money says."),
    )


class ExportForm(forms.Form):
    """For whom the PINs are."""

    certificate = forms.CharField(
        label=gettext_lazy("Certificate of the printer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("PEM text, RSA. Only the holder of its key can open the file, with any CMS program."),
    )
    passphrase = forms.CharField(
        label=gettext_lazy("Or a passphrase"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("At least 12 characters; linehouse voucher open opens the file with it."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class RangeForm(forms.Form):
    """Vouchers from one serial to another."""

    first = forms.CharField(label=gettext_lazy("From serial"), max_length=20)
    last = forms.CharField(
        label=gettext_lazy("To serial"), max_length=20, required=False, help_text=gettext_lazy("Empty: that one alone.")
    )


class SellForm(RangeForm, _Once):
    """Who buys, and for how much."""

    price = forms.CharField(label=gettext_lazy("Price of each"))
    dealer = forms.CharField(
        label=gettext_lazy("Dealer"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Its code, such as D-001; empty: sold over the counter."),
    )


class BlockForm(RangeForm):
    """Which, and why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def offer(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """What can be chosen."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def money_of(text: str, currency: str) -> Money:
    """An amount as people write it. Raises Invalid."""
    return Money.of(text.strip().replace(",", "."), currency)
