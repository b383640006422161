"""Use cases of charging."""

from linehouse.charging.ports import use_tax_rates
from linehouse.charging.service.charge import charge_file, charge_record
from linehouse.charging.service.enquiry import EnquiryRequest, price_enquiry
from linehouse.charging.service.look import (
    explain,
    explanation,
    mark_billed,
    rated_record,
    rated_usage,
    records,
    unbilled,
    usage_sums,
)
from linehouse.charging.values import Rate

__all__ = [
    "EnquiryRequest",
    "Rate",
    "charge_file",
    "charge_record",
    "explain",
    "explanation",
    "mark_billed",
    "price_enquiry",
    "rated_record",
    "rated_usage",
    "records",
    "unbilled",
    "usage_sums",
    "use_tax_rates",
]
