"""What the resources of TMF620 have in common: the published catalogue, and references within it.

An id is the key of the thing: it stays the same through all versions, `version` tells which one is meant now.
Catalogues are published from files or the desk, as a whole and checked as a whole, so nothing is written here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from linehouse.catalog import service
from linehouse.catalog.errors import NothingPublished
from linehouse.catalog.values import Catalogue, OfferingKind
from linehouse.edge.tmf.kit.declaration import Links, Narrow, Slice
from linehouse.edge.tmf.kit.shapes import Ref, VersionedRef
from linehouse.kernel.error import NotFound

API_PATH = "productCatalogManagement"

V = TypeVar("V")

CATEGORY_NAMES = {
    OfferingKind.PLAN: "Plans",
    OfferingKind.ADDON: "Add-ons",
    OfferingKind.PACK: "Packs",
}


def catalogue() -> Catalogue | None:
    """What is in force now, or None for a brand that has published nothing yet."""
    try:
        return service.published()
    except NothingPublished:
        return None


def listed(all_of: Callable[[Catalogue], Sequence[V]], narrow: Narrow) -> Slice[V]:
    """A window of what the catalogue holds; it is in memory, whole."""
    held = catalogue()
    return Slice.of(all_of(held), narrow) if held else Slice.empty()


def found(all_of: Callable[[Catalogue], Sequence[V]], fits: Callable[[V], bool], key: str) -> V:
    """The one that fits. Raises NotFound."""
    held = catalogue()
    for value in all_of(held) if held else ():
        if fits(value):
            return value
    raise NotFound("the published catalogue has no such thing", field="id", value=key)


def category_ref(kind: OfferingKind, links: Links) -> Ref:
    """The category of an offering."""
    return Ref(id=kind.value, href=links.to(API_PATH, "category", kind.value), name=CATEGORY_NAMES[kind])


def offering_ref(key: str, name: str, links: Links) -> Ref:
    """An offering."""
    return Ref(id=key, href=links.to(API_PATH, "productOffering", key), name=name)


def specification_ref(key: str, name: str, version: int, links: Links) -> VersionedRef:
    """A product specification."""
    return VersionedRef(id=key, href=links.to(API_PATH, "productSpecification", key), name=name, version=str(version))


FROM_FILES = dict.fromkeys(
    ("POST", "PATCH", "DELETE"), "it follows from the catalog files that are published; change them and publish"
)
"""Why what is derived from files cannot be written one by one."""
