"""Use cases of the catalogue: plan, publish, read, export."""

from __future__ import annotations

from linehouse.catalog.ports import PublicationCheck, publication_check, use_active_products, use_first_bill
from linehouse.catalog.service.browse import (
    PublishedElement,
    VersionInfo,
    compare,
    element,
    elements,
    version_info,
    versions,
)
from linehouse.catalog.service.change import change_offering
from linehouse.catalog.service.publish import (
    FilePlan,
    Publication,
    apply_files,
    apply_texts,
    plan_files,
    plan_texts,
    test_files,
    withdraw,
)
from linehouse.catalog.service.read import export, exported_files, published, version
from linehouse.catalog.text.examples import FirstBillAmounts, FirstBillOf

__all__ = [
    "FilePlan",
    "FirstBillAmounts",
    "FirstBillOf",
    "Publication",
    "PublicationCheck",
    "PublishedElement",
    "VersionInfo",
    "apply_files",
    "apply_texts",
    "change_offering",
    "compare",
    "element",
    "elements",
    "export",
    "exported_files",
    "plan_files",
    "plan_texts",
    "publication_check",
    "published",
    "test_files",
    "use_active_products",
    "use_first_bill",
    "version",
    "version_info",
    "versions",
    "withdraw",
]
