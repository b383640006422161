"""Refusals of the business clock."""

from linehouse.kernel.error import DomainError, Kind


class ClockBackwards(DomainError, code="clock.backwards", kind=Kind.REFUSED):
    """Business time only moves forward: what has been decided by it stays decided."""


class ClockBusy(DomainError, code="clock.busy", kind=Kind.CONFLICT):
    """Somebody else is moving this brand's clock now."""


class ClockStuck(DomainError, code="clock.stuck", kind=Kind.CONFLICT):
    """Work that is due has failed, so the clock stops before it; repair or discard the job, then go on."""
