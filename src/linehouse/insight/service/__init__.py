"""Reads over all rooms."""

from __future__ import annotations

from linehouse.insight.service.figures import DayCount, Figures, figures
from linehouse.insight.service.in_use import living_products
from linehouse.insight.service.metrics import Situation, all_metrics, measure
from linehouse.insight.service.overview import AccountOverview, Customer360, customer_360
from linehouse.insight.service.timeline import channels_of, rebuild_timeline, record, timeline

__all__ = [
    "AccountOverview",
    "Customer360",
    "DayCount",
    "Figures",
    "Situation",
    "all_metrics",
    "channels_of",
    "customer_360",
    "figures",
    "living_products",
    "measure",
    "rebuild_timeline",
    "record",
    "timeline",
]
