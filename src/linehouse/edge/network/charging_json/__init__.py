"""The charging process's JSON door: price enquiry, sessions and debits. Imports no Django."""

from linehouse.edge.network.charging_json.enquiry import price_enquiry
from linehouse.edge.network.charging_json.sessions import OPERATIONS, charge

__all__ = ["OPERATIONS", "charge", "price_enquiry"]
