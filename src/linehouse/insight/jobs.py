"""What insight listens to, and what it hands down to rooms that may not ask upwards."""

from __future__ import annotations

from linehouse.catalog.service import publication_check
from linehouse.insight import publication

publication_check("billing.taxable")(publication.taxable)
publication_check("rating.lawful")(publication.lawful)
