"""Personal values: kept encrypted under a key of their subject, found by keyed indexes, masked, erased."""
