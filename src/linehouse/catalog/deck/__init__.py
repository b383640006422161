"""Rate decks: what a carrier sends as a table becomes zones and rules of a tariff, from its effective dates on."""
