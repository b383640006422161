"""PostgreSQL: the embedded server, and the address of any server."""
