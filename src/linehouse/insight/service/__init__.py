"""Reads over all rooms."""

from __future__ import annotations

from linehouse.insight.service.figures import DayCount, Figures, figures
from linehouse.insight.service.in_use import living_products
from linehouse.insight.service.metrics import Situation, all_metrics, measure
from linehouse.insight.service.overview import AccountOverview, Customer360, customer_360
from linehouse.insight.service.timeline import channels_of, rebuild_timeline, record, timeline
from linehouse.insight.service.what_if_look import (
    CSV_HEAD,
    OUTCOMES,
    SORTS,
    Bar,
    WhatIfRow,
    WhatIfSubscriber,
    WhatIfView,
    csv_row,
    every_line,
    what_if,
    what_if_bars,
    what_if_files,
    what_if_lines,
    what_ifs,
)
from linehouse.insight.service.what_if_run import (
    WhatIfRequest,
    cancel_what_if,
    finish_what_if,
    resume_what_if,
    start_what_if,
    trial_of,
)

__all__ = [
    "CSV_HEAD",
    "OUTCOMES",
    "SORTS",
    "AccountOverview",
    "Bar",
    "Customer360",
    "DayCount",
    "Figures",
    "Situation",
    "WhatIfRequest",
    "WhatIfRow",
    "WhatIfSubscriber",
    "WhatIfView",
    "all_metrics",
    "cancel_what_if",
    "channels_of",
    "csv_row",
    "customer_360",
    "every_line",
    "figures",
    "finish_what_if",
    "living_products",
    "measure",
    "rebuild_timeline",
    "record",
    "resume_what_if",
    "start_what_if",
    "timeline",
    "trial_of",
    "what_if",
    "what_if_bars",
    "what_if_files",
    "what_if_lines",
    "what_ifs",
]
