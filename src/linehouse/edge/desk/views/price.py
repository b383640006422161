"""Price enquiry: what something would cost, and why. Nothing is used and nothing is charged."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy

from linehouse.catalog import service as catalog
from linehouse.catalog.values import Catalogue
from linehouse.charging import service as charging
from linehouse.charging.service import EnquiryRequest
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.refused_form import tell
from linehouse.edge.desk.usage_rows import TYPES as ALL_TYPES
from linehouse.kernel.error import DomainError, Invalid
from linehouse.kernel.numbering import Msisdn, Plmn
from linehouse.kernel.quantity import Quantity
from linehouse.platform.texts.sentences import say_all
from linehouse.rating import service as rating
from linehouse.rating.values import Direction, UsageEvent, UsageType

TYPES: Final = ALL_TYPES[:4]
DIRECTIONS: Final = (
    (Direction.OUT.value, gettext_lazy("Outgoing")),
    (Direction.IN.value, gettext_lazy("Incoming")),
    (Direction.FORWARDED.value, gettext_lazy("Forwarded")),
)


class EnquiryForm(forms.Form):
    """One piece of usage that might happen."""

    tariff = forms.ChoiceField(
        label=gettext_lazy("Tariff"),
        choices=(),
        help_text=gettext_lazy("Without allowances; a subscriber's number below says more."),
    )
    msisdn = forms.CharField(
        label=gettext_lazy("Subscriber"),
        required=False,
        help_text=gettext_lazy("A number of ours: then with its tariff and what is left in its allowances."),
    )
    usage_type = forms.ChoiceField(label=gettext_lazy("What"), choices=TYPES)
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=DIRECTIONS)
    quantity = forms.CharField(
        label=gettext_lazy("How much"), help_text=gettext_lazy("Such as 61 s, 5 min, 250 MB or 3 sms.")
    )
    other_party = forms.CharField(
        label=gettext_lazy("Other number"),
        required=False,
        help_text=gettext_lazy("National or international, or a short code."),
    )
    plmn = forms.CharField(
        label=gettext_lazy("Network"),
        help_text=gettext_lazy("Where the SIM is: its PLMN such as 204-04, or a country code such as FR."),
    )
    day = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, tariffs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tariff"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(tariffs)


@desk_view("catalog.read", section="price")
def enquiry(request: DeskRequest) -> HttpResponse:
    """The form; its answer has an address, so that a colleague can be shown it."""
    book = catalog.published()
    local = request.desk.clock.now.astimezone(request.desk.zone)
    initial = {
        "tariff": request.GET.get("tariff") or next(iter(book.tariffs), ""),
        "usage_type": UsageType.VOICE.value,
        "direction": Direction.OUT.value,
        "quantity": "61 s",
        "other_party": "",
        "plmn": str(book.brand.home_network),
        "day": local.date(),
        "time": local.time().replace(second=0, microsecond=0),
    }
    asked = "usage_type" in request.GET
    names = [(key, tariff.name) for key, tariff in sorted(book.tariffs.items(), key=lambda pair: pair[1].name)]
    form = EnquiryForm(request.GET if asked else None, tariffs=names, initial=initial)
    context: dict[str, Any] = {"form": form}
    if asked and form.is_valid():
        try:
            context |= _answer(form.cleaned_data, book, request)
        except DomainError as refusal:
            fields = {"mcc": "plmn", "mnc": "plmn"}
            tell(form, refusal, fields if form.cleaned_data["msisdn"] else {**fields, "msisdn": "other_party"})
    return render(request, "desk/price_enquiry.html", context)


def _answer(data: dict[str, Any], book: Catalogue, request: DeskRequest) -> dict[str, Any]:
    event = _event(data, book, request)
    if data["msisdn"].strip():
        enquiry = charging.price_enquiry(
            EnquiryRequest(
                msisdn=Msisdn.parse(data["msisdn"], book.brand.country).e164,
                usage_type=event.usage_type,
                quantity=event.quantity,
                direction=event.direction,
                other_party=event.other_party,
                serving_plmn=event.serving_plmn,
                at=event.started_at,
            )
        )
        return {
            "priced": enquiry.consumption.priced,
            "event": event,
            "lines": say_all(enquiry.lines),
            "tariff_name": enquiry.tariff,
            "subscription": enquiry.subscription,
        }
    tariff = book.tariffs[data["tariff"]]
    priced = rating.price(tariff, event)
    return {"priced": priced, "event": event, "lines": say_all(rating.explain(priced)), "tariff_name": tariff.label}


def _event(data: dict[str, Any], book: Catalogue, request: DeskRequest) -> UsageEvent:
    usage_type = UsageType(data["usage_type"])
    quantity = Quantity.parse(data["quantity"])
    if quantity.unit is not usage_type.unit:
        raise Invalid(
            gettext("this is not measured so"),
            field="quantity",
            value=data["quantity"],
            expected=gettext("a quantity in %(value)s") % {"value": usage_type.unit.value},
        )
    place = data["plmn"].strip().upper()
    country = place if len(place) == 2 and place.isalpha() else None
    return UsageEvent(
        usage_type=usage_type,
        direction=Direction(data["direction"]),
        quantity=quantity.amount,
        other_party=_party(data["other_party"].strip(), book.brand.country),
        serving_plmn=None if country else Plmn.parse(place),
        serving_country=country,
        started_at=datetime.combine(data["day"], data["time"], request.desk.zone).astimezone(UTC),
    )


def _party(text: str, region: str) -> str:
    # Up to six digits without a trunk prefix are a short code, which stays as it is dialled.
    if not text or (text.isascii() and text.isdigit() and len(text) <= 6 and not text.startswith("0")):
        return text
    return Msisdn.parse(text, region).e164
