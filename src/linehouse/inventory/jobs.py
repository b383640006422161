"""Imported at start: the catalogue asks how many products of an offering are active."""

from __future__ import annotations

from linehouse.catalog.service import use_active_products
from linehouse.inventory.service import count_active

use_active_products(count_active)
