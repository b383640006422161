"""Rating many events at once: columns in, columns out, equal to ``consume`` to the last micro-unit."""
