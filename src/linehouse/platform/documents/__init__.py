"""Files that are kept: raw usage files, invoices, statements; unchanged from the day they came."""
