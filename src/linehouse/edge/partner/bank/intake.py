"""Taking a bank's file: read it, then hand each statement to the payment room."""

from __future__ import annotations

from uuid import UUID

from linehouse.edge.partner.bank import camt053
from linehouse.payment.service import receive_statement, taken_after_all
from linehouse.platform.work import Actor, unit_of_work


def receive(name: str, data: bytes, *, actor: Actor, delivery: str = "") -> list[UUID]:
    """Take a camt.053 file whole or not at all; returns the ids of its statements.

    Raises StatementRefused and StatementRepeated.
    """
    statements = camt053.read(data)
    with unit_of_work(actor, f"bank file {name}"):
        taken_after_all(data, actor=actor)
        if len(statements) == 1:
            return [receive_statement(name, data, statements[0], actor=actor, delivery=delivery)]
        return [
            # Each statement of a file with several keeps a copy under its own name, so that it can be shown by itself.
            receive_statement(
                f"{name}#{place}", data + f"<!-- {place} -->".encode(), statement, actor=actor, delivery=delivery
            )
            for place, statement in enumerate(statements, 1)
        ]
