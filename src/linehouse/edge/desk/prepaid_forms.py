"""Forms about packs that a balance pays and about thresholds of a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linehouse.balance.thresholds import Measure
from linehouse.balance.values import BucketView
from linehouse.catalog.values import ProductOffering
from linehouse.edge.ui.formats import money_text
from linehouse.kernel.money import Money

MEASURES = (
    (Measure.REMAINING.value, _("What is left")),
    (Measure.USED.value, _("What was used")),
    (Measure.SPENT.value, _("What was spent in the billing month")),
)


class PackForm(forms.Form):
    """Which pack to buy. The once-key comes with the form, so that sending it twice buys once."""

    offering = forms.ChoiceField(label=_("Pack"), choices=())
    renews = forms.ChoiceField(
        label=_("Renewal"),
        choices=(("", _("As it is sold")), ("yes", _("Renew it")), ("no", _("Only once"))),
        required=False,
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=80)

    def __init__(self, *args: Any, packs: Sequence[tuple[ProductOffering, Money]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["offering"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.key, f"{one.name}, {money_text(price)}") for one, price in packs]


class ThresholdForm(forms.Form):
    """A figure at which somebody is told."""

    measure = forms.ChoiceField(label=_("Figure"), choices=MEASURES)
    of = forms.ChoiceField(label=_("Of"), choices=())
    limit = forms.CharField(
        label=_("Told at"), max_length=40, help_text=_("An amount such as 5.00 or 1 GB, or a share such as 20%.")
    )

    def __init__(self, *args: Any, buckets: Iterable[BucketView], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, str] = {}
        self.has_choices = False
        for one in buckets:
            if one.is_money:
                choices.setdefault(f"{one.asset}|", str(_("All money in %(currency)s")) % {"currency": one.asset})
            elif not one.unlimited:
                choices.setdefault(f"{one.asset}|{one.source}", one.name(language))
        field = self.fields["of"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices.items())
            self.has_choices = bool(choices)
