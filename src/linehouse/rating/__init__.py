"""Rating: what usage costs, which allowances it takes, and why. Pure: no table, no clock, no I/O at decision time."""
