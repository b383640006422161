"""What a line pays in a country, and how much of its data is fair use there: for the welcome on arrival."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import phonenumbers

from linehouse.catalog import service as catalog
from linehouse.charging.service.fair_use import bundle_of, lawful_here
from linehouse.charging.service.lines import Tariffs, lines_of
from linehouse.kernel.money import Money
from linehouse.kernel.numbering import Plmn
from linehouse.kernel.period import local_date
from linehouse.rating.regulation import due_abroad, wholesale_cap_of_data
from linehouse.rating.service import price
from linehouse.rating.values import UsageEvent, UsageType, Verdict

_MEGABYTE, _MINUTE = 10**6, 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Abroad:
    """Prices in a country with tax where the tariff's contain it: a megabyte, a minute's call home; None: not for sale.

    ``fair_use`` is how much data (octets) the line's plan must give in the roaming union in each period, None without
    a limit; ``surcharge`` is the most that may be asked for a gigabyte beyond it, without VAT, where the law says so.
    """

    data: Money | None
    call: Money | None
    fair_use: int | None = None
    surcharge: Money | None = None


def abroad(subscription_id: UUID, country: str, plmn: str, at: datetime) -> Abroad | None:
    """What a line meets in a country; None: the line or its tariff is not known."""
    line = lines_of([subscription_id]).get(subscription_id)
    found = Tariffs().at(line.tariff_key, at) if line is not None and line.tariff_key else None
    if line is None or found is None:
        return None
    catalogue = catalog.published(at)
    data = UsageEvent(
        usage_type=UsageType.DATA,
        started_at=at,
        quantity=_MEGABYTE,
        serving_plmn=Plmn.parse(plmn) if plmn else None,
        serving_country=country,
    )
    call = replace(
        data, usage_type=UsageType.VOICE, quantity=_MINUTE, other_party=_home_number(catalogue.brand.country)
    )
    prices = [price(found.tariff, event) for event in (data, call)]
    shown = [one.total if one.verdict in (Verdict.PRICED, Verdict.FREE) else None for one in prices]
    day = local_date(at, catalogue.brand.zone)
    offering = catalogue.offerings.get(line.offering)
    bundle = bundle_of(catalogue, offering) if offering is not None else None
    cap = wholesale_cap_of_data(day) if lawful_here(catalogue.brand, day) else None
    return Abroad(
        data=shown[0],
        call=shown[1],
        fair_use=due_abroad(bundle.price, bundle.at_home, day) if bundle is not None else None,
        surcharge=Money.of(str(cap.amount), "EUR") if cap is not None and cap.amount is not None else None,
    )


def _home_number(country: str) -> str:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    return phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164) if example is not None else ""
