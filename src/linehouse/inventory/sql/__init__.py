"""SQL of the hot path: what the charging process may import of this room."""
