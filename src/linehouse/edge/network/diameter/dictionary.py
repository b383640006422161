"""All AVPs that are known, by name."""

from __future__ import annotations

from linehouse.edge.network.diameter.avp import by_name
from linehouse.edge.network.diameter.avps_3gpp import CHARGING, GATEWAY, SPENDING_LIMITS
from linehouse.edge.network.diameter.avps_base import BASE
from linehouse.edge.network.diameter.avps_credit import CREDIT

AVPS = by_name(BASE, CREDIT, GATEWAY, CHARGING, SPENDING_LIMITS)
