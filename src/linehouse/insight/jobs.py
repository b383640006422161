"""What insight listens to, and what it hands down to rooms that may not ask upwards."""

from __future__ import annotations

from linehouse.catalog.service import publication_check, use_first_bill
from linehouse.insight import previews

use_first_bill(previews.first_bill)
publication_check("billing.taxable")(previews.taxable)
publication_check("rating.lawful")(previews.lawful)
