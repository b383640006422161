"""Billing: what is due for a period, its tax, bill runs, invoices, and what every amount rests on."""
