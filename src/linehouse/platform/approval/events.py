"""What approval tells."""

from __future__ import annotations

from uuid import UUID

from linehouse.kernel.event import Event


class ChangeProposed(Event, name="approval.proposal.proposed", aggregate="proposal_id"):
    """A change waits for somebody's decision; the effect in money is given where it is known."""

    proposal_id: UUID
    number: str
    kind: str
    subject: str
    proposer_id: str
    currency: str
    effect_micros: int | None
    customer_id: UUID | None = None


class ChangeDecided(Event, name="approval.proposal.decided", aggregate="proposal_id"):
    """A proposal came to an end, or was approved and is being applied; ``state`` says how."""

    proposal_id: UUID
    number: str
    kind: str
    state: str
    proposer_id: str
    decider_id: str
    customer_id: UUID | None = None
