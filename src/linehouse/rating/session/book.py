"""Booking: every change of a bucket goes with the move that balances it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from linehouse.kernel.copies import changed
from linehouse.kernel.period import Period
from linehouse.rating.session.moves import (
    LOSS,
    UNCOLLECTED,
    Move,
    balance_of,
    expired_of,
    move,
    reserve_of,
    usage_of,
)
from linehouse.rating.session.state import Holding, Member, ServiceState, State
from linehouse.rating.session.view import with_available


def free_account(holding: Holding) -> str:
    """Where a bucket's free rest is booked: once its time is over it has expired; late usage takes it there."""
    ref = holding.bucket.ref
    return expired_of(ref) if holding.closed else balance_of(ref)


class Book:
    """One decision's working copy of the state, and the moves that led from one to the other."""

    def __init__(self, state: State, subscriber: str) -> None:
        self._state = state
        self._subscriber = subscriber
        self._holdings = dict(state.holdings)
        self._caps = dict(state.caps)
        self._policy = dict(state.policy_counters)
        self._counters = dict(state.counters)
        self.moves: list[Move] = []

    def state(self) -> State:
        """What it has become."""
        return changed(
            self._state,
            holdings=self._holdings,
            caps=self._caps,
            policy_counters=self._policy,
            counters=self._counters,
        )

    def take(self, service: ServiceState, takes: Mapping[str, int]) -> ServiceState:
        """Debit what was used: from what is reserved for the service first; negative amounts are given back."""
        if not takes:
            return service
        reserved, debited = dict(service.reserved), dict(service.debited)
        for ref, amount in takes.items():
            holding = self._holdings[ref]
            kept = min(reserved.get(ref, 0), max(0, amount))
            self.moves += move(reserve_of(ref), usage_of(holding.asset), kept, holding.asset)
            self.moves += move(free_account(holding), usage_of(holding.asset), amount - kept, holding.asset)
            self._holdings[ref] = self._changed(holding, used=amount, reserved=-kept)
            _put(reserved, ref, reserved.get(ref, 0) - kept)
            _put(debited, ref, debited.get(ref, 0) + amount)
        return changed(service, reserved=reserved, debited=debited)

    def keep(self, service: ServiceState, wanted: Mapping[str, int], until: datetime | None) -> ServiceState:
        """Bring the service's reservations to ``wanted``; what is not wanted any more is released."""
        for ref in {**service.reserved, **wanted}:
            more = wanted.get(ref, 0) - service.reserved.get(ref, 0)
            holding = self._holdings[ref]
            self.moves += move(free_account(holding), reserve_of(ref), more, holding.asset)
            if more:
                self._holdings[ref] = self._changed(holding, used=0, reserved=more)
        return changed(service, reserved={ref: n for ref, n in wanted.items() if n}, until=until)

    def unpaid(self, uncollected: int, loss: int, currency: str) -> None:
        """Book usage that no bucket paid."""
        self.moves += move(UNCOLLECTED, usage_of(currency), uncollected, currency)
        self.moves += move(LOSS, usage_of(currency), loss, currency)

    def began(self, first_used: Mapping[str, datetime]) -> None:
        """Buckets that last from their first use begin to last."""
        for ref, instant in first_used.items():
            holding = self._holdings[ref]
            lasts = holding.bucket.lasts
            if lasts is not None:
                bucket = changed(holding.bucket, valid=Period(instant, instant + lasts), lasts=None)
                self._holdings[ref] = changed(holding, bucket=bucket)

    def count(self, counted: Mapping[str, int]) -> None:
        """Move the period's counters on, or back."""
        for key, amount in counted.items():
            self._counters[key] = self._counters.get(key, 0) + amount

    def spend(self, service: ServiceState, money: Mapping[str, int]) -> ServiceState:
        """Count money against spend caps, by cap."""
        if not money:
            return service
        spent = dict(service.spent_caps)
        for key, amount in money.items():
            cap = self._caps.get(key)
            if cap is None:
                continue
            self._caps[key] = changed(cap, spent=cap.spent + amount)
            _put(spent, key, spent.get(key, 0) + amount)
        return changed(service, spent_caps=spent)

    def keep_caps(self, service: ServiceState, wanted: Mapping[str, int]) -> ServiceState:
        """Bring what the service reserves within caps to ``wanted``."""
        if not wanted and not service.reserved_caps:
            return service
        for key in {**service.reserved_caps, **wanted}:
            cap = self._caps.get(key)
            if cap is None:
                continue
            more = wanted.get(key, 0) - service.reserved_caps.get(key, 0)
            self._caps[key] = changed(cap, reserved=cap.reserved + more)
        return changed(service, reserved_caps={key: n for key, n in wanted.items() if n})

    def count_policy(self, keys: tuple[str, ...], amount: int) -> None:
        """Count usage for policy."""
        for key in keys:
            counter = self._policy.get(key)
            if counter is None:
                continue
            self._policy[key] = changed(counter, counted=counter.counted + amount)

    def open_policy(self, service: ServiceState, wanted: Mapping[str, int]) -> ServiceState:
        """Bring what is granted and not reported yet to ``wanted``."""
        if not wanted and not service.open_counters:
            return service
        for key in {**service.open_counters, **wanted}:
            counter = self._policy.get(key)
            if counter is None:
                continue
            more = wanted.get(key, 0) - service.open_counters.get(key, 0)
            self._policy[key] = changed(counter, open=counter.open + more)
        return changed(service, open_counters={key: n for key, n in wanted.items() if n})

    def _changed(self, holding: Holding, *, used: int, reserved: int) -> Holding:
        bucket = holding.bucket
        if bucket.available is not None and used:
            bucket = with_available(bucket, bucket.available - used)
        members = holding.members
        if self._subscriber in members:
            one = members[self._subscriber]
            changed = Member(cap=one.cap, used=one.used + used, reserved=one.reserved + reserved)
            members = {**members, self._subscriber: changed}
        return Holding(
            bucket=bucket,
            asset=holding.asset,
            used=holding.used + used,
            reserved=holding.reserved + reserved,
            members=members,
            closed=holding.closed,
        )


def _put(amounts: dict[str, int], key: str, amount: int) -> None:
    if amount:
        amounts[key] = amount
    else:
        amounts.pop(key, None)
