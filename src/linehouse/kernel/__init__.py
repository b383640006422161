"""Values that every room speaks: money, quantity, time, ids, lifecycles, events, errors, numbers."""
