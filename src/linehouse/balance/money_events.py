"""What balance tells of money that people put on lines, send to each other, or correct by hand. Micro-units."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linehouse.kernel.event import Event


class ToppedUp(Event, name="balance.top_up.booked", version=1, aggregate="subscription_id"):
    """Money came onto a line. ``left_micros`` is what its main balance holds now; ``bonus`` names the rule that gave
    ``bonus_micros`` on top until ``bonus_valid_to``."""

    top_up_id: UUID
    number: str
    customer_id: UUID
    subscription_id: UUID
    subscription: str
    method: str
    currency: str
    micros: int
    left_micros: int
    bonus: str = ""
    bonus_micros: int = 0
    bonus_valid_to: datetime | None = None
    valid_to: datetime | None = None
    automatic: bool = False


class TopUpReversed(Event, name="balance.top_up.reversed", version=1, aggregate="subscription_id"):
    """A top-up was taken back, with as much of its bonus as was left."""

    top_up_id: UUID
    number: str
    customer_id: UUID
    subscription_id: UUID
    subscription: str
    currency: str
    micros: int
    bonus_micros: int
    left_micros: int


class MoneyTransferred(Event, name="balance.transfer.sent", version=1, aggregate="from_subscription_id"):
    """One line gave money to another. ``fee_micros`` was paid by the giver."""

    transfer_id: UUID
    number: str
    customer_id: UUID
    from_subscription_id: UUID
    from_subscription: str
    to_customer_id: UUID
    to_subscription_id: UUID
    to_subscription: str
    currency: str
    micros: int
    fee_micros: int
    from_left_micros: int
    to_left_micros: int


class MoneyReceived(Event, name="balance.transfer.received", version=1, aggregate="to_subscription_id"):
    """The same for the line that received it."""

    transfer_id: UUID
    number: str
    customer_id: UUID
    to_subscription_id: UUID
    to_subscription: str
    currency: str
    micros: int
    left_micros: int


class TransferReversed(Event, name="balance.transfer.reversed", version=1, aggregate="from_subscription_id"):
    """A transfer was taken back, with its fee."""

    transfer_id: UUID
    number: str
    customer_id: UUID
    from_subscription_id: UUID
    from_subscription: str
    to_subscription_id: UUID
    to_subscription: str
    currency: str
    micros: int
    fee_micros: int


class BalanceAdjusted(Event, name="balance.bucket.adjusted", version=1, aggregate="subscription_id"):
    """A bucket was changed by hand: ``amount`` above zero was given, below zero taken. Base units or micro-units."""

    adjustment_id: UUID
    number: str
    customer_id: UUID
    subscription_id: UUID
    subscription: str
    ref: str
    asset: str
    amount: int
    left: int
    reason: str


class OverdraftChanged(Event, name="balance.overdraft.changed", version=1, aggregate="subscription_id"):
    """How far below zero a line's main balance may go. ``overdraw``: settled usage may go below that, too."""

    customer_id: UUID
    subscription_id: UUID
    subscription: str
    currency: str
    micros: int
    overdraw: bool


class AutoTopUpSet(Event, name="balance.auto_top_up.set", version=1, aggregate="subscription_id"):
    """An automatic top-up was set, changed, switched off or stopped."""

    customer_id: UUID
    subscription_id: UUID
    subscription: str
    state: str
    currency: str
    micros: int
    threshold_micros: int | None
    day: int | None


class AutoTopUpFailed(Event, name="balance.auto_top_up.failed", version=1, aggregate="subscription_id"):
    """An automatic top-up could not be paid. ``again_at`` None: it was the last try, the automatic top-up stopped."""

    customer_id: UUID
    subscription_id: UUID
    subscription: str
    currency: str
    micros: int
    failures: int
    why: str
    again_at: datetime | None


class VouchersSold(Event, name="balance.vouchers.sold", version=1, aggregate="sale_id"):
    """Vouchers were sold: ``count`` × ``face_micros`` is owed to their holders."""

    sale_id: UUID
    number: str
    batch: str
    count: int
    currency: str
    face_micros: int
    price_micros: int
    dealer: str


class VoucherRefunded(Event, name="balance.voucher.refunded", version=1, aggregate="voucher_id"):
    """A sold voucher was bought back."""

    voucher_id: UUID
    serial: str
    batch: str
    sale: str
    currency: str
    micros: int


class VoucherExpiry(Event, name="balance.vouchers.expired", version=1, aggregate="batch_id"):
    """The time of a batch is over: so many sold vouchers were never used, and are revenue now."""

    batch_id: UUID
    number: str
    count: int
    currency: str
    micros: int
