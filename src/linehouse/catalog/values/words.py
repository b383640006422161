"""The words in which offerings, prices and allowances are written, and texts for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Texts = Mapping[str, str]
"""A text for people by language (BCP 47 primary tag): ``{"en": "…", "nl": "…"}``."""


def text_in(texts: Texts, language: str) -> str:
    """The text in that language, else in the first one that there is, else nothing."""
    return texts.get(language) or next(iter(texts.values()), "")


class LifecycleStatus(StrEnum):
    """Where an offering stands (TMF620 lifecycleStatus). Only ``LAUNCHED`` can be ordered."""

    IN_STUDY = "In Study"
    IN_DESIGN = "In Design"
    IN_TEST = "In Test"
    ACTIVE = "Active"
    LAUNCHED = "Launched"
    REJECTED = "Rejected"
    RETIRED = "Retired"
    OBSOLETE = "Obsolete"


class OfferingKind(StrEnum):
    """What an offering is to its buyer."""

    PLAN = "plan"
    """The line itself: it brings the number and the SIM."""
    ADDON = "addon"
    """Runs on a plan until it is ended."""
    PACK = "pack"
    """Bought for a plan, once, for a fixed time."""


class BillingMode(StrEnum):
    """Paid before use from a balance, or after use by invoice."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


class PriceKind(StrEnum):
    """Due once, or every period."""

    ONE_TIME = "one-time"
    RECURRING = "recurring"


class PeriodUnit(StrEnum):
    """The unit of a charge period or a validity."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class PeriodLength:
    """``count`` (> 0) days, weeks, months or years."""

    count: int
    unit: PeriodUnit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")


class Prorate(StrEnum):
    """How a part of a charge period is priced."""

    DAY = "day"
    """By the days covered over the days of the full cycle in which they lie."""
    DAYS30 = "days30"
    """By the days covered over thirty."""
    NONE = "none"
    """Never: the full amount is due."""


class EndDay(StrEnum):
    """Whether the day on which a product ends is charged."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class Anchor(StrEnum):
    """Where charge periods begin: on the account's cycle day, or where the subscription began."""

    CYCLE = "cycle"
    SUBSCRIPTION = "subscription"


class MinimumOf(StrEnum):
    """What a price is the minimum of: only what is missing to it is charged, when the period has ended."""

    USAGE = "usage"
    """What the usage of the period comes to, by the tariff."""


class FirstBill(StrEnum):
    """When the first part of a charge is billed: as soon as the product starts, or with the next regular bill."""

    AT_START = "at-start"
    WITH_NEXT = "with-next"


class Parts(StrEnum):
    """How parts of one price that are billed apart in one cycle are rounded."""

    EACH = "each"
    """Each by itself: the sum may differ from the whole by less than half a cent for each."""
    CUMULATIVE = "cumulative"
    """So that they sum to the whole exactly."""


class DueOn(StrEnum):
    """What makes a one-time price due."""

    ACTIVATION = "activation"
    ORDER = "order"
    TERMINATION = "termination"
