"""Use cases of charging."""

from linehouse.charging.ports import use_bills, use_tax_rates
from linehouse.charging.service.charge import charge_file, charge_record
from linehouse.charging.service.costs import CostGap, cost_gaps, price_costs
from linehouse.charging.service.enquiry import EnquiryRequest, price_enquiry
from linehouse.charging.service.hours import (
    By,
    UsageOf,
    UsageSlice,
    UsageTotal,
    by_word,
    records_of,
    usage_by_subscription,
    usage_csv_head,
    usage_csv_row,
    usage_totals,
    usage_values,
)
from linehouse.charging.service.lines import lines_of
from linehouse.charging.service.look import (
    entries_of,
    explain,
    explanation,
    mark_billed,
    rated_record,
    rated_usage,
    records,
    unbilled,
    usage_sums,
)
from linehouse.charging.service.parties import told_of
from linehouse.charging.service.rerate import Difference, Wanted, rerating_difference
from linehouse.charging.service.rerate_look import (
    RERATE_CSV_HEAD,
    RerateLeftOut,
    RerateRecord,
    RerateSum,
    RerateView,
    every_record,
    rerate_billed,
    rerate_csv_row,
    rerate_left_out,
    rerate_records,
    rerate_sums,
    rerate_view,
    rerates,
)
from linehouse.charging.service.rerate_runs import (
    RerateRequest,
    discard_rerate,
    finish_rerate,
    plan_rerate,
    propose_rerate,
)
from linehouse.charging.service.typical import typical_usage
from linehouse.charging.values import Rate

__all__ = [
    "RERATE_CSV_HEAD",
    "By",
    "CostGap",
    "Difference",
    "EnquiryRequest",
    "Rate",
    "RerateLeftOut",
    "RerateRecord",
    "RerateRequest",
    "RerateSum",
    "RerateView",
    "UsageOf",
    "UsageSlice",
    "UsageTotal",
    "Wanted",
    "by_word",
    "charge_file",
    "charge_record",
    "cost_gaps",
    "discard_rerate",
    "entries_of",
    "every_record",
    "explain",
    "explanation",
    "finish_rerate",
    "lines_of",
    "mark_billed",
    "plan_rerate",
    "price_costs",
    "price_enquiry",
    "propose_rerate",
    "rated_record",
    "rated_usage",
    "records",
    "records_of",
    "rerate_billed",
    "rerate_csv_row",
    "rerate_left_out",
    "rerate_records",
    "rerate_sums",
    "rerate_view",
    "rerates",
    "rerating_difference",
    "told_of",
    "typical_usage",
    "unbilled",
    "usage_by_subscription",
    "usage_csv_head",
    "usage_csv_row",
    "usage_sums",
    "usage_totals",
    "usage_values",
    "use_bills",
    "use_tax_rates",
]
