"""What customers are told of their lines' limits, and on arrival in another country."""

from __future__ import annotations

from babel import Locale

from linehouse.catalog import service as catalog
from linehouse.charging import service as charging
from linehouse.charging.events import LimitConsented, LimitReached, LineArrived
from linehouse.customer import service as customers
from linehouse.kernel.period import local_date
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.notify.service.writing import send_notice
from linehouse.notify.wording import Value


def tell_limit(event: LimitReached) -> None:
    """A share of a limit is spent, or it is reached."""
    limit = _limit(event)
    if limit is None or limit.bound is None:
        return
    if event.percent < 100:
        variables: dict[str, Value] = {"percent": event.percent, "limit": limit.bound}
        name = "spending-limit"
    else:
        name = "limit-reached" if limit.consent else "limit-closed"
        variables = {"what": limit.name, "limit": limit.bound, "until": _until(limit)}
    send_notice(
        name,
        key=f"{event.subscription_id}:{event.limit}:{event.starts.isoformat()}:{event.percent}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables=variables,
    )


def tell_consent(event: LimitConsented) -> None:
    """The customer agreed to go on: the same is said once more, for whoever did not."""
    limit = _limit(event)
    if limit is None or limit.bound is None:
        return
    send_notice(
        "limit-consented",
        key=f"{event.subscription_id}:{event.limit}:{event.starts.isoformat()}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables={"what": limit.name, "limit": limit.bound, "until": _until(limit)},
    )


def welcome_abroad(event: LineArrived) -> None:
    """A line is used in another country: what it costs there, or how far the plan goes."""
    found = charging.abroad(event.subscription_id, event.country, event.plmn, event.at)
    if found is None:
        return
    language = customers.customer_view(event.customer_id).language
    country = Locale.parse(language).territories.get(event.country, event.country)
    variables: dict[str, Value] = {"country": str(country)}
    if event.roaming == "union" and found.fair_use is not None and found.surcharge is not None:
        name = "roaming-welcome-union"
        variables |= {"data": Quantity(found.fair_use, Unit.OCTET).human(), "surcharge": found.surcharge}
    elif found.data is not None and found.call is not None:
        name = "roaming-welcome"
        variables |= {"data_price": found.data, "call_price": found.call}
    else:
        return
    send_notice(
        name,
        key=f"{event.subscription_id}:{event.country}:{event.at.isoformat()}",
        customer_id=event.customer_id,
        subject_ref=event.subscription,
        variables=variables,
    )


def _limit(event: LimitReached | LimitConsented) -> charging.LimitView | None:
    language = customers.customer_view(event.customer_id).language
    view = charging.controls_of_line(event.subscription_id, language)
    return next((one for one in view.limits if one.key == event.limit), None)


def _until(limit: charging.LimitView) -> Value:
    """The first day on which the limit counts anew."""
    if limit.ends is None:
        raise TypeError("a limit of a month has an end")
    return local_date(limit.ends, catalog.published().brand.zone)
