"""Events that leave a transaction: written with it, delivered after it, to each consumer once."""
