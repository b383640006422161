"""The charging process's JSON door: price enquiry today, sessions and debits to come. Imports no Django."""

from linehouse.edge.network.charging_json.enquiry import price_enquiry

__all__ = ["price_enquiry"]
