"""Business numbers: gapless per series, given inside the transaction that uses them."""
