"""Money that comes in and goes back: bank statements, payments, and the invoices that they settle."""
