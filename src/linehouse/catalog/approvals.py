"""What of the catalogue another may have to approve: prices that active products have."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from linehouse.catalog.service.drafts import close_published
from linehouse.catalog.service.publish import PRICES, newest_number, publish_approved
from linehouse.platform.approval.kinds import approval_kind
from linehouse.platform.work import Work


@approval_kind(
    PRICES,
    title=_("New prices"),
    propose="catalog.publish",
    decide="catalog.publish",
    fingerprint=newest_number,
    link=lambda _payload: "catalog/versions",
)
def publish_prices(payload: dict[str, Any], work: Work) -> str:
    """Publish the version."""
    done = publish_approved(payload, work)
    if payload.get("draft"):
        close_published(payload["draft"], done.number, work)
    return f"version {done.number} is published"
