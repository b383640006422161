"""Refusals of approval."""

from linehouse.kernel.error import DomainError, Kind


class ProposalNotFound(DomainError, code="approval.proposal_not_found", kind=Kind.NOT_FOUND):
    """There is no such proposal."""


class OwnProposal(DomainError, code="approval.own_proposal", kind=Kind.FORBIDDEN):
    """Whoever proposes a change does not decide it; another person must."""


class NotYours(DomainError, code="approval.not_yours", kind=Kind.FORBIDDEN):
    """Only the one who proposed a change can withdraw it."""


class MayNotDecide(DomainError, code="approval.may_not_decide", kind=Kind.FORBIDDEN):
    """The actor lacks the permission to decide this kind of proposal."""


class ObjectChanged(DomainError, code="approval.object_changed", kind=Kind.CONFLICT):
    """The object is not any more as it was when the change was proposed; propose it again."""


class UnknownProposalKind(DomainError, code="approval.unknown_kind", kind=Kind.INVALID):
    """No room declares this kind of proposal, or not this version of its content."""


class NeedsReason(DomainError, code="approval.needs_reason", kind=Kind.INVALID):
    """A proposal, a refusal and a withdrawal need a reason."""
