"""What a line's balance pays: its packs with their renewal, thresholds, and how a prepaid line lives."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linehouse.balance import service as balance
from linehouse.balance.pack_values import BuyPack, Renewing
from linehouse.balance.service import NewThreshold, ThresholdView
from linehouse.balance.thresholds import Measure
from linehouse.catalog.values import OfferingKind
from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.prepaid_forms import MEASURES, PackForm, ThresholdForm
from linehouse.edge.desk.refused_form import tell
from linehouse.inventory import service as inventory
from linehouse.inventory.values import ProductView
from linehouse.kernel.error import DomainError, NotFound
from linehouse.kernel.ids import new_id


@desk_view("customer.read", section="customers", write="customer.write", own=True)
def prepaid(request: DeskRequest, number: str) -> HttpResponse:
    """A line's packs, thresholds and life: see them, buy, renew or not, set and take away."""
    product = inventory.find_product(number=number)
    if product.kind is not OfferingKind.PLAN:
        raise NotFound(_("only a line has a balance"), field="line", value=number)
    now, act = request.desk.clock.now, str(request.POST.get("act", ""))
    here = redirect("desk:prepaid", request.desk.brand.key, number)
    packs = balance.buyable(product.id, now) if product.state == "active" else ()
    buckets = balance.buckets_of(product.id, now)
    buying = PackForm(request.POST if act == "buy" else None, packs=packs, initial={"key": str(new_id())})
    setting = ThresholdForm(request.POST if act == "set" else None, buckets=buckets, language=get_language() or "en")
    if act == "buy" and buying.is_valid() and _bought(request, product, buying):
        return here
    if act == "set" and setting.is_valid() and _set(request, product, setting):
        return here
    if act == "renewing":
        _renewing(request)
        return here
    if act == "end":
        wanted = _own_id(request, {view.watched.id for view in balance.thresholds_of(product.id, now)})
        balance.end_threshold(wanted, actor=request.desk.actor, reason=_("taken away at the desk"))
        messages.success(request, _("The threshold is gone."))
        return here
    held = [bucket for bucket in buckets if bucket.is_money]
    context = {
        "product": product,
        "customer": customers.customers([product.customer_id]).get(product.customer_id),
        "packs": balance.packs_of(product.id),
        "buying": buying if packs else None,
        "money": [(bucket, bucket.human(bucket.left)) for bucket in held],
        "thresholds": [_shown(view) for view in balance.thresholds_of(product.id, now)],
        "setting": setting if setting.has_choices else None,
        "life": balance.prepaid_line(product.id, now),
    }
    return render(request, "desk/prepaid.html", context)


def _bought(request: DeskRequest, product: ProductView, form: PackForm) -> bool:
    data = form.cleaned_data
    renews = {"yes": True, "no": False}.get(data["renews"])
    wanted = BuyPack(
        subscription_id=product.id, offering_key=data["offering"], key=f"desk/{data['key']}", renews=renews
    )
    try:
        made = balance.buy_pack(wanted, actor=request.desk.actor)
    except DomainError as refusal:
        tell(form, refusal)
        return False
    facts = {"pack": made.offering_name, "price": str(made.price)}
    messages.success(request, _("%(pack)s is bought for %(price)s and works.") % facts)
    return True


def _set(request: DeskRequest, product: ProductView, form: ThresholdForm) -> bool:
    data = form.cleaned_data
    asset, _bar, source = data["of"].partition("|")
    wanted = NewThreshold(
        subscription_id=product.id,
        measure=Measure(data["measure"]),
        asset=asset,
        source=source,
        limit=data["limit"],
    )
    try:
        balance.set_threshold(wanted, actor=request.desk.actor)
    except DomainError as refusal:
        tell(form, refusal, {"quantity": "limit", "amount": "limit", "asset": "of"})
        return False
    messages.success(request, _("The threshold is set; it is told once each time that it is reached."))
    return True


def _renewing(request: DeskRequest) -> None:
    written = str(request.POST.get("renewing", ""))
    if written not in {"on", "paused", "off"}:
        raise NotFound(_("there is no such renewal"), field="renewing", value=written, expected="on, paused, off")
    product = inventory.find_product(number=str(request.resolver_match.kwargs["number"]))  # type: ignore[union-attr]  # a routed request
    wanted = _own_id(request, {pack.id for pack in balance.packs_of(product.id)})
    try:
        balance.set_renewing(wanted, Renewing(written), actor=request.desk.actor, reason=_("changed at the desk"))
    except DomainError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The renewal is changed."))


def _own_id(request: DeskRequest, own: set[UUID]) -> UUID:
    """The id that was sent, of something that this line has."""
    written = str(request.POST.get("id", ""))
    found = next((one for one in own if str(one) == written), None)
    if found is None:
        raise NotFound(_("there is no such row"), field="id", value=written)
    return found


def _shown(view: ThresholdView) -> dict[str, object]:
    one = view.watched
    return {
        "view": view,
        "measure": dict(MEASURES)[one.measure.value],
        "of": one.source or one.asset,
        "limit": f"{one.percent} %" if one.percent is not None else view.human(one.limit),
        "now": view.human(view.value),
    }
