"""Refusals of insight."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class WhatIfUnknown(DomainError, code="insight.what_if_unknown", kind=Kind.NOT_FOUND):
    """The brand has tried no plan under this number."""


class WhatIfRefused(DomainError, code="insight.what_if_refused", kind=Kind.INVALID):
    """The trial cannot begin: its period is empty or has not passed, or its plan, offering or accounts do not exist."""


class WhatIfNotNow(DomainError, code="insight.what_if_not_now", kind=Kind.CONFLICT):
    """The trial is not in a state in which this can be done."""
