"""Posting to the journal and reading it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from linehouse.ledger import store
from linehouse.ledger.errors import CauseConflict
from linehouse.ledger.values import AccountBalance, Entry, Posted, Transfer, TrialLine
from linehouse.platform.checks import Finding, Verdict
from linehouse.platform.work import current_work


def post(entry: Entry) -> bool:
    """Post one entry in the surrounding unit of work; see ``post_all``."""
    return post_all((entry,)) == 1


def post_all(entries: Sequence[Entry]) -> int:
    """Post entries in the surrounding unit of work, set-based; returns how many were new.

    A cause is posted once: the same again changes nothing. Raises CauseConflict when a cause was posted before with
    other transfers, and then nothing of this call is posted.
    """
    if not entries:
        return 0
    work = current_work()
    given = {entry.cause: entry for entry in entries}
    if len(given) != len(entries):
        raise CauseConflict("a cause stands twice in one call", field="cause", expected="each cause once")
    new = store.claim_causes(entries, work.now)
    known = [cause for cause in given if cause not in new]
    for cause, digest in store.digests(known).items() if known else ():
        if digest != given[cause].digest:
            raise CauseConflict(
                f"{cause} was posted with other transfers", field="cause", value=cause, expected="the same transfers"
            )
    fresh = [entry for entry in entries if entry.cause in new]
    if fresh:
        ids = store.account_ids((key, t.asset) for e in fresh for t in e.transfers for key in (t.debit, t.credit))
        store.insert_transfers(fresh, ids, work.now, work.actor.name)
    return len(fresh)


def balance(key: str, asset: str, until: datetime | None = None) -> int:
    """The account's balance on its normal side, now or before an instant; 0 for an account never used."""
    found = store.balances("a.key = %s AND a.asset = %s", [key, asset], until)
    return found[0].balance if found else 0


def balances(keys: Sequence[str], until: datetime | None = None) -> dict[tuple[str, str], int]:
    """Balances of many accounts on their normal sides, by (key, asset), in one query; unused ones are left out."""
    found = store.balances("a.key = ANY(%s)", [list(keys)], until)
    return {(row.key, row.asset): row.balance for row in found}


def accounts(prefix: str = "", asset: str = "", until: datetime | None = None) -> list[AccountBalance]:
    """Accounts whose key begins with ``prefix``, by key."""
    return store.balances("starts_with(a.key, %s) AND (%s = '' OR a.asset = %s)", [prefix, asset, asset], until)


def agreement(wanted: Mapping[tuple[str, str], int], *prefixes: str) -> Verdict:
    """Whether the accounts below the prefixes hold what is wanted, by key and asset; what is not named, nothing.

    For the laws of rooms: what their rows say is what the journal says, seen from both sides.
    """
    found = {(row.key, row.asset): row.balance for prefix in prefixes for row in accounts(prefix)}
    findings = tuple(
        Finding(f"{key} {asset}", str(wanted.get((key, asset), 0)), str(found.get((key, asset), 0)))
        for key, asset in sorted(wanted.keys() | found.keys())
        if wanted.get((key, asset), 0) != found.get((key, asset), 0)
    )
    return Verdict(len(wanted), findings)


def trial_balance() -> list[TrialLine]:
    """Sums per asset and class of account; per asset, debit equals credit."""
    return store.trial_balance()


def statement(key: str, asset: str, *, offset: int = 0, limit: int = 50) -> tuple[Sequence[Posted], int]:
    """A page of one account's transfers, newest first, and how many there are."""
    where, params = "t.asset = %s AND (d.key = %s OR c.key = %s)", [asset, key, key]
    return store.transfers(where, params, offset=offset, limit=limit), store.count_transfers(where, params)


def journal(search: str = "", *, offset: int = 0, limit: int = 50) -> tuple[Sequence[Posted], int]:
    """A page of the journal, newest first, whose cause or account holds ``search``, and how many match."""
    where = "(%s = '' OR strpos(t.cause, %s) > 0 OR strpos(d.key, %s) > 0 OR strpos(c.key, %s) > 0)"
    params = [search] * 4
    return store.transfers(where, params, offset=offset, limit=limit), store.count_transfers(where, params)


def entry(cause: str) -> Sequence[Posted]:
    """The transfers of one cause, leg by leg; empty when it was never posted."""
    return sorted(store.transfers("t.cause = %s", [cause], offset=0, limit=1_000), key=lambda t: t.leg)


def transfers_of(causes: Sequence[str]) -> dict[str, tuple[Transfer, ...]]:
    """What was posted for each cause, leg by leg, in one query; causes never posted are left out."""
    found: dict[str, list[Posted]] = {}
    for row in store.transfers("t.cause = ANY(%s)", [list(causes)], offset=0, limit=_ALL) if causes else ():
        found.setdefault(row.cause, []).append(row)
    return {
        cause: tuple(Transfer(t.debit, t.credit, t.amount, t.asset) for t in sorted(legs, key=lambda t: t.leg))
        for cause, legs in found.items()
    }


_ALL = 10**9


def whole_journal() -> Iterator[Posted]:
    """Every transfer in the order of posting, for exports."""
    return store.all_transfers()


def ledger_hash() -> str:
    """SHA-256 over the sorted canonical transfers: equal for runs that moved the same value at the same time."""
    digest = hashlib.sha256()
    for line in store.canonical_lines():
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()
