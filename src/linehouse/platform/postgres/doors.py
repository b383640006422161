"""Whether a brand is open: one that is frozen, or has another release's schema, says so instead of serving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linehouse.kernel.error import DomainError, Kind
from linehouse.platform.postgres.databases import SchemaBehind, require_served

if TYPE_CHECKING:
    from linehouse.platform.control.models import Brand


class BrandFrozen(DomainError, code="platform.brand_frozen", kind=Kind.UNAVAILABLE):
    """The brand is frozen: it can be looked at on the desk, but nothing of it changes, and its APIs are closed."""


def require_open(brand: Brand) -> None:
    """Raise BrandFrozen or SchemaBehind unless the brand works as usual."""
    require_served(brand)
    if brand.frozen:
        raise BrandFrozen(
            f"{brand.name} is frozen: it can be looked at, but nothing of it changes",
            field="brand",
            value=brand.key,
            expected="`linehouse brand unfreeze`, or the brand's page on the desk",
        )


def closed_because(brand: Brand) -> str:
    """Why the brand's APIs are closed, for those who call them; empty when they are open."""
    try:
        require_open(brand)
    except BrandFrozen:
        return "the brand is frozen; nothing is served until it is opened again"
    except SchemaBehind:
        return "the brand's database is being brought to another release; try again later"
    return ""
