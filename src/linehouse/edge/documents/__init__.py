"""Documents for people: invoices as accessible PDF/A-3 with the structured invoice inside, typeset by typst."""
