"""Looking into another server with the house's own code, while this process's databases stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from linehouse.platform.postgres.databases import Installation, load_brands
from linehouse.platform.postgres.routing import add_database, brand_aliases, forget_database
from linehouse.platform.scope import CONTROL, realm_scope


@contextmanager
def control_of(other: Installation) -> Iterator[None]:
    """The control database of another installation in place of ours, for this thread and a short time.

    Nothing else may run in this process meanwhile: the alias of the control database means the other one. Its
    brands take the place of ours, too.
    """
    ours = connections.settings
    for alias in (CONTROL, *brand_aliases()):
        forget_database(alias)
    add_database(CONTROL, other.conf(other.control_name))
    try:
        with realm_scope(CONTROL):
            yield
    finally:
        for alias in (CONTROL, *brand_aliases()):
            forget_database(alias)
        connections.settings = ours


@contextmanager
def brands_of(other: Installation) -> Iterator[list[str]]:
    """The brands of another installation in place of ours; their keys."""
    with control_of(other):
        yield load_brands(other)
