"""What holds after every decision, whatever it was."""

from __future__ import annotations

from collections.abc import Iterable

from linehouse.rating.session.moves import Move, balance_of, expired_of, reserve_of
from linehouse.rating.session.state import State


def posted(accounts: dict[str, int], moves: Iterable[Move]) -> None:
    """Post the moves."""
    for one in moves:
        assert one.amount > 0
        accounts[one.source] = accounts.get(one.source, 0) - one.amount
        accounts[one.target] = accounts.get(one.target, 0) + one.amount


def check(state: State, accounts: dict[str, int], place: str = "") -> None:
    """Reservations add up, nothing is overdrawn, and the journal says the same as the balances."""
    reserved: dict[str, int] = {}
    capped: dict[str, int] = {}
    opened: dict[str, int] = {}
    for session in state.sessions.values():
        for service in session.services.values():
            assert all(kept > 0 for kept in service.reserved.values()), place
            _add(reserved, service.reserved)
            _add(capped, service.reserved_caps)
            _add(opened, service.open_counters)
            if session.closed_at is not None:
                assert not service.reserved, f"{place}: a closed session keeps something"
    for ref, holding in state.holdings.items():
        assert holding.reserved == reserved.get(ref, 0), f"{place}: what is reserved in {ref}"
        assert accounts.get(reserve_of(ref), 0) == holding.reserved, f"{place}: the journal's reserve of {ref}"
        for member in holding.members.values():
            assert member.cap is None or member.used + member.reserved <= member.cap, f"{place}: a cap of {ref}"
        if holding.available is None:
            continue
        if not holding.bucket.overdraw:
            assert holding.available + holding.bucket.overdraft >= 0, f"{place}: {ref} is overdrawn"
        free = expired_of(ref) if holding.closed else balance_of(ref)
        assert accounts.get(free, 0) == holding.available, f"{place}: the journal's balance of {ref}"
    for key, cap in state.caps.items():
        assert cap.reserved == capped.get(key, 0), f"{place}: what is reserved in {key}"
        assert cap.consented or cap.spent <= cap.limit, f"{place}: {key} is exceeded"
    for key, counter in state.policy_counters.items():
        assert counter.open == opened.get(key, 0), f"{place}: what is open in {key}"
        assert counter.counted >= 0, f"{place}: {key}"
    assert sum(accounts.values()) == 0, place


def _add(sums: dict[str, int], amounts: object) -> None:
    assert isinstance(amounts, dict)
    for key, amount in amounts.items():
        sums[key] = sums.get(key, 0) + amount
