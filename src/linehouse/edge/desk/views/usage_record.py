"""One usage record: what it was, what it cost, and why."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from linehouse.balance import service as balance
from linehouse.billing import service as billing
from linehouse.charging import service as charging
from linehouse.charging.errors import RatedUsageUnknown
from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest, desk_view
from linehouse.edge.desk.assets import amount_markup
from linehouse.edge.desk.usage_rows import DIRECTIONS, TYPES
from linehouse.edge.ui.formats import number_text
from linehouse.inventory import service as inventory
from linehouse.platform.texts.sentences import say_all
from linehouse.rating.service import PlainPriced
from linehouse.usage import service as usage
from linehouse.usage.values import WholesaleCharge


@desk_view("usage.read", section="usage_records")
def record(request: DeskRequest, record_id: UUID) -> HttpResponse:
    """The record's page: the answer to "why this price?" in plain words, each with its clause."""
    view = usage.find_usage(record_id)
    try:
        rated, lines, priced = (
            charging.rated_record(record_id),
            say_all(charging.explain(record_id)),
            charging.explanation(record_id),
        )
    except RatedUsageUnknown:
        rated, lines, priced = None, [], None
    line_id = billing.line_of_record(record_id)
    line = billing.lines_by_id([line_id]).get(line_id) if line_id else None
    context = {
        "usage": view,
        "kind": dict(TYPES).get(view.usage_type, view.usage_type),
        "direction": DIRECTIONS.get(view.direction, view.direction).capitalize(),
        "rated": rated,
        "lines": lines,
        "entries": entries if rated is not None and len(entries := charging.entries_of(record_id)) > 1 else (),
        "tariff_key": _tariff_of_the_rule(priced) if priced else "",
        "wholesale": _wholesale(view.wholesale),
        "file": usage.find_file(view.file_id) if view.position else None,
        "history": usage.history_of_usage(record_id),
        "customer": customers.customers([view.customer_id]).get(view.customer_id) if view.customer_id else None,
        "product": inventory.products_by_id([view.subscription_id]).get(view.subscription_id)
        if view.subscription_id
        else None,
        "movements": [
            (one, amount_markup(one.amount, one.asset), balance.bucket(one.ref))
            for one in balance.movements_of_record(record_id)
        ],
        "line": line,
        "invoice": billing.invoice(line.invoice_id) if line else None,
    }
    return render(request, "desk/usage_record.html", context)


def _tariff_of_the_rule(priced: PlainPriced) -> str:
    """The key of the tariff in which the first rule stands: the product's own, or the one it falls back on."""
    parts = priced["parts"]
    name: str = parts[0]["tariff"] if parts else priced["tariff"]
    return name.partition(" ")[0]


def _wholesale(charge: WholesaleCharge | None) -> str:
    """What the other operator asks, exact, at its own scale."""
    if charge is None:
        return ""
    whole, rest = divmod(abs(charge.amount), 10**charge.decimals)
    sign = "-" if charge.amount < 0 else ""
    decimals = f".{rest:0{charge.decimals}d}" if charge.decimals else ""
    return f"{sign}{number_text(whole)}{decimals} {charge.currency}"
