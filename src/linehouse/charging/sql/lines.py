"""What the charging process reads of lines and tariffs, and rows as values. No Django, no connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from linehouse.catalog.values import BillingMode
from linehouse.charging.values import Line
from linehouse.rating.service import load_marked, read_tariffs
from linehouse.rating.values import Tariff

LINE_AT = """
SELECT customer_id, subscription_id, subscription, account_id, account, offering, tariff_key, billing_mode, currency,
       tax_country, zone, cycle_day, segment, segments
FROM charging_line WHERE msisdn = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
ORDER BY valid_from DESC LIMIT 1
"""
"""The line that has a number ($1, digits) at an instant ($2)."""

COUNTERS_OF = """
SELECT counter, used FROM charging_counter
WHERE shard = 0 AND subscription_id = $1 AND period_start = $2 AND counter <> ''
"""
"""What a subscription ($1) used so far in the cycle that began on a day ($2), by counter."""

TARIFFS_VERSION_AT = "SELECT max(catalog_version) FROM charging_tariffs WHERE valid_from <= $1"
"""The newest catalogue that has begun at an instant ($1)."""

TARIFFS_FILES = "SELECT files FROM charging_tariffs WHERE catalog_version = $1"
"""Its tariff and zone files."""


def line_of(row: Mapping[str, Any]) -> Line:
    """A row of LINE_AT as a value."""
    return Line(
        customer_id=row["customer_id"],
        subscription_id=row["subscription_id"],
        subscription=row["subscription"],
        account_id=row["account_id"],
        account=row["account"],
        offering=row["offering"],
        tariff_key=row["tariff_key"],
        billing_mode=BillingMode(row["billing_mode"]),
        currency=row["currency"],
        tax_country=row["tax_country"],
        zone=ZoneInfo(row["zone"]),
        cycle_day=row["cycle_day"],
        segment=row["segment"],
        segments=frozenset(row["segments"]),
    )


def tariffs_of(files: Mapping[str, str] | str) -> dict[str, Tariff]:
    """The tariffs that published files write; jsonb may come as text."""
    texts: Mapping[str, str] = json.loads(files) if isinstance(files, str) else files
    nodes = {PurePosixPath(path): load_marked(text, path) for path, text in sorted(texts.items())}
    zones = {path.stem: node for path, node in nodes.items() if path.parts[0] == "zones"}
    return read_tariffs([node for path, node in nodes.items() if path.parts[0] == "tariffs"], zones)
