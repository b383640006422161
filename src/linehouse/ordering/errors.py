"""What can go wrong with orders."""

from __future__ import annotations

from linehouse.kernel.error import DomainError, Kind


class OrderNotFound(DomainError, code="ordering.order_not_found", kind=Kind.NOT_FOUND):
    """No order with that id or number."""


class StepNotFound(DomainError, code="ordering.step_not_found", kind=Kind.NOT_FOUND):
    """The order has no such step."""


class OrderDiffers(DomainError, code="ordering.order_differs", kind=Kind.CONFLICT):
    """That external id has its order already, and it asks for something else."""


class StepNotFailed(DomainError, code="ordering.step_not_failed", kind=Kind.CONFLICT):
    """Only a failed step can be tried again."""


class PointOfNoReturn(DomainError, code="ordering.point_of_no_return", kind=Kind.REFUSED):
    """The order has gone too far to be cancelled: end the product instead."""


class CancellationRunning(DomainError, code="ordering.cancellation_running", kind=Kind.CONFLICT):
    """The order is being cancelled already."""


class ItemNotHeld(DomainError, code="ordering.item_not_held", kind=Kind.CONFLICT):
    """Only an item that is held can be given up."""


class NotDelivered(DomainError, code="ordering.not_delivered", kind=Kind.CONFLICT):
    """Something that the plan had delivered is not there any more: somebody or something else changed it."""


class NothingToCancel(DomainError, code="ordering.nothing_to_cancel", kind=Kind.CONFLICT):
    """The order is over."""
