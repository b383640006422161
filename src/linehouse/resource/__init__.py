"""Numbers and SIM cards: the brand's stock, who holds what, and since when."""
