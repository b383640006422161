"""Transfers per second: ``ledger.service.post_all`` beside a bare INSERT of the same rows into the same table.

The bare INSERT knows the accounts already and writes no once-keys: it is what no journal on this table can beat.
"""

from __future__ import annotations

from ground import brand, headed, timed, told

ENTRIES, LEGS, ROUNDS = 500, 4, 15


def main() -> None:
    """Post pages of invoices, and insert as many rows bare, in turns."""
    ours: list[float] = []
    theirs: list[float] = []
    with brand():
        from linehouse.ledger import service as ledger
        from linehouse.ledger.values import Entry, Transfer
        from linehouse.platform.sql import brand_cursor
        from linehouse.platform.work import SYSTEM, unit_of_work

        def page(name: str, number: int) -> list[Entry]:
            return [
                Entry(
                    f"{name}:{number}-{place}",
                    (
                        Transfer(f"receivable/BA-{place:06d}", "deferred/recurring", 14_880_000, "EUR"),
                        Transfer(f"receivable/BA-{place:06d}", "revenue/activation", 8_220_000, "EUR"),
                        Transfer(f"receivable/BA-{place:06d}", f"unbilled/BA-{place:06d}", 1_234_567, "EUR"),
                        Transfer(f"receivable/BA-{place:06d}", "tax/NL-21", 4_850_000, "EUR"),
                    ),
                )
                for place in range(ENTRIES)
            ]

        def post(number: int) -> None:
            entries = page("invoice", number)
            with timed(ours), unit_of_work(SYSTEM, "benchmark"):
                ledger.post_all(entries)

        def insert(number: int) -> None:
            rows = [
                (entry.cause, leg, ids[transfer.debit], ids[transfer.credit], transfer.asset, transfer.amount)
                for entry in page("bare", number)
                for leg, transfer in enumerate(entry.transfers, 1)
            ]
            with timed(theirs), unit_of_work(SYSTEM, "benchmark") as work, brand_cursor() as cursor:
                cursor.execute(
                    "INSERT INTO ledger_transfer (cause, leg, debit_account, credit_account, asset, amount,"
                    " business_time, machine_time, actor)"
                    " SELECT given.*, %s, %s, 'system' FROM unnest(%s::text[], %s::smallint[], %s::bigint[],"
                    " %s::bigint[], %s::text[], %s::bigint[]) AS given",
                    [work.now, work.now, *(list(column) for column in zip(*rows, strict=True))],
                )

        post(-1)
        with brand_cursor() as cursor:
            cursor.execute("SELECT key, id FROM ledger_account")
            ids = dict(cursor.fetchall())
        insert(-1)
        ours.clear()
        theirs.clear()
        for number in range(ROUNDS):
            post(number)
            insert(number)
    headed("journal: transfers posted, 4 to an entry, 500 entries to a transaction")
    told("post_all", "INSERT", ENTRIES * LEGS, ours, theirs, "rows")


if __name__ == "__main__":
    main()
