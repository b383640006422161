"""Amounts of the ledger's assets as people read them: money with its sign, units as quantities."""

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from linehouse.edge.ui.cells import money_markup
from linehouse.edge.ui.formats import number_text, quantity_text
from linehouse.kernel.money import Money
from linehouse.kernel.quantity import Quantity, Unit

_UNITS = {unit.value: unit for unit in Unit}


def amount_markup(amount: int, asset: str) -> SafeString:
    """An amount of an asset: micro-units of a currency, or base units of a unit."""
    unit = _UNITS.get(asset)
    if unit is not None:
        human = quantity_text(Quantity(amount, unit))
        return format_html('<span title="{} {}">{}</span>', number_text(amount), asset, human)
    if len(asset) == 3 and asset.isupper():
        return money_markup(Money(amount, asset))
    return conditional_escape(f"{number_text(amount)} {asset}")
