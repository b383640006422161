"""A subscriber as charging sees it this second: open sessions, balances, counters; and every movement, explained."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from linehouse.balance import service as balance
from linehouse.charging import service as charging
from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.assets import amount_markup
from linehouse.edge.desk.live_rows import DOORS, history_source, history_table, live_bucket, live_session
from linehouse.edge.desk.usage_rows import DIRECTIONS, TYPES
from linehouse.edge.ui.listing import answer_list
from linehouse.inventory import service as inventory
from linehouse.kernel.error import NotFound
from linehouse.platform.texts.sentences import say_all
from linehouse.usage import service as usage
from linehouse.usage.errors import UsageRecordUnknown


@desk_view("usage.read", section="customers")
def live(request: DeskRequest, number: str) -> HttpResponse:
    """The live view; asked by its own page, only the part that changes."""
    product = inventory.find_product(number=number)
    now = request.desk.clock.now
    buckets = balance.buckets_of(product.id, now)
    opened, closed = charging.sessions_of(product.id)
    by_ref = {one.ref: one for one in balance.buckets_of(product.id)} | {one.ref: one for one in buckets}
    context = {
        "product": product,
        "customer": customers.customers([product.customer_id]).get(product.customer_id),
        "now": now,
        "buckets": [live_bucket(one) for one in buckets],
        "sessions": [live_session(one, by_ref) for one in opened],
        "closed": [live_session(one, by_ref) for one in closed],
        "counters": charging.counters_of(product.id, now),
    }
    fragment = request.headers.get("HX-Request") and request.headers.get("HX-Target") == "live-state"
    return render(request, "desk/live_state.html" if fragment else "desk/live.html", context)


@desk_view("usage.read", section="customers")
def balance_history(request: DeskRequest, number: str) -> HttpResponse:
    """Every movement of a subscriber's balances, each with its explanation."""
    product = inventory.find_product(number=number)
    buckets = balance.buckets_of(product.id)
    table = history_table(request.desk.brand.key, buckets)
    context = {
        "product": product,
        "customer": customers.customers([product.customer_id]).get(product.customer_id),
    }
    return answer_list(request, table, history_source(table, buckets), "desk/balance_history.html", context)


@desk_view("usage.read", section="usage_records")
def charged(request: DeskRequest) -> HttpResponse:
    """Why a charge is what it is: the record that came in a file on its own page, what was charged online here."""
    try:
        record_id = UUID(request.GET.get("record", ""))
    except ValueError:
        raise NotFound(gettext("there is no such record"), field="record") from None
    try:
        usage.find_usage(record_id)
    except UsageRecordUnknown:
        pass
    else:
        return redirect("desk:usage_record", brand=request.desk.brand.key, record_id=record_id)
    rated = charging.rated_record(record_id)
    priced = charging.explanation(record_id)
    named = priced["parts"][0]["tariff"] if priced["parts"] else priced["tariff"]
    takes = {**rated.unit_takes, **rated.money_takes}
    buckets = {one.ref: one for one in balance.buckets_of(rated.subscription_id)}
    session = charging.session_of_record(rated)
    context = {
        "rated": rated,
        "kind": dict(TYPES).get(rated.usage_type, rated.usage_type),
        "direction": DIRECTIONS.get(rated.direction, rated.direction).capitalize(),
        "lines": say_all(charging.explain(record_id)),
        "tariff_key": named.partition(" ")[0],
        "customer": customers.customers([rated.customer_id]).get(rated.customer_id),
        "session": session,
        "door": DOORS.get(session.door, session.door) if session else "",
        "takes": [
            (buckets[ref], amount_markup(amount, buckets[ref].asset))
            for ref, amount in sorted(takes.items())
            if ref in buckets
        ],
    }
    return render(request, "desk/charged.html", context)
