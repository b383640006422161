"""Errors of charging."""

from __future__ import annotations

from enum import StrEnum

from linehouse.kernel.error import DomainError, Kind


class RatedUsageUnknown(DomainError, code="charging.rated_usage_unknown", kind=Kind.NOT_FOUND):
    """The usage record has not been rated, or there is none."""


class AlreadyBilled(DomainError, code="charging.already_billed", kind=Kind.CONFLICT):
    """A rated record stands on an invoice and cannot stand on another."""


class NoTaxRates(DomainError, code="charging.no_tax_rates", kind=Kind.UNAVAILABLE):
    """Nobody told charging the tax rates: the house was opened without its wiring."""


class SubscriberUnknown(DomainError, code="charging.subscriber_unknown", kind=Kind.NOT_FOUND):
    """Nobody had this number at that instant."""


class IdentityConflict(DomainError, code="charging.identity_conflict", kind=Kind.CONFLICT):
    """Number and card belonged to different subscribers at that instant: neither is charged."""


class NoTariff(DomainError, code="charging.no_tariff", kind=Kind.REFUSED):
    """The subscriber's plan names no tariff, or none of that name was in force at that instant."""


class GroupingUnknown(DomainError, code="charging.grouping_unknown", kind=Kind.INVALID):
    """Usage cannot be grouped by this."""


class PeriodHasNoEnd(DomainError, code="charging.period_has_no_end", kind=Kind.INVALID):
    """Usage is rated again for a period with a beginning and an end."""


class RerateUnknown(DomainError, code="charging.rerate_unknown", kind=Kind.NOT_FOUND):
    """No re-rate has this number."""


class RerateRefused(DomainError, code="charging.rerate_refused", kind=Kind.INVALID):
    """Usage cannot be rated again as it was asked for."""


class RerateNotNow(DomainError, code="charging.rerate_not_now", kind=Kind.CONFLICT):
    """The re-rate is in a state that does not allow this."""


class SessionOfAnother(DomainError, code="charging.session_of_another", kind=Kind.CONFLICT):
    """The session was begun by another line."""


class SessionUnknown(DomainError, code="charging.session_unknown", kind=Kind.NOT_FOUND):
    """No session has that name."""


class ConsumptionUnknown(DomainError, code="charging.consumption_unknown", kind=Kind.NOT_FOUND):
    """No program asked that, or its answer was thrown away."""


class ReservationOver(DomainError, code="charging.reservation_over", kind=Kind.CONFLICT):
    """The reservation was given back, or its time is over."""


class ChargingUnavailable(DomainError, code="charging.unavailable", kind=Kind.UNAVAILABLE):
    """The database does not answer. The request may or may not have been charged: the same key gives the answer."""


class Reason(StrEnum):
    """Why a record goes to suspense instead of being charged."""

    UNRATED = "unrated"
    BLOCKED = "blocked"
    NO_TARIFF = "no_tariff"
    NO_SUBSCRIPTION = "no_subscription"
    CURRENCY = "currency"


class ControlUnknown(DomainError, code="charging.control_unknown", kind=Kind.NOT_FOUND):
    """The brand has no limit, bar or policy counter of this key."""


class ControlRefused(DomainError, code="charging.control_refused", kind=Kind.REFUSED):
    """A line's limit or bar cannot be set so, or its customer cannot agree to go on above the limit."""
