"""TM Forum Open APIs v4: one package per API, conventions in the kit."""
