"""Mail to staff: whoever may decide a proposal hears that it waits."""

from __future__ import annotations

from collections.abc import Iterator

from linehouse.notify.service.writing import send_notice
from linehouse.notify.values import Recipient
from linehouse.platform.access.models import User
from linehouse.platform.access.service import staff_of
from linehouse.platform.approval.service import find_proposal, may_decide
from linehouse.platform.approval.values import Proposal
from linehouse.platform.scope import CONTROL, current_brand, realm_scope
from linehouse.platform.work import Actor

_desk = "http://localhost"


def use_desk(address: str) -> None:
    """Where staff reach the desk, without a slash at the end; set once when a process starts."""
    global _desk  # noqa: PLW0603  # one address for each process
    _desk = address


def ask_deciders(number: str) -> int:
    """Tell everybody who may decide the proposal that it waits, in the surrounding unit of work; returns how many.

    The proposer is not asked. Each is told once. Raises ProposalNotFound.
    """
    proposal = find_proposal(number)
    if not proposal.waits:
        return 0
    told = 0
    for user in _deciders(proposal):
        sent = send_notice(
            "approval",
            key=f"{proposal.id}:{user.id}",
            to=Recipient(name=user.name, email=user.email),
            subject_ref=proposal.number,
            language=user.language,
            variables={
                "subject": f"{proposal.number} {proposal.title}: {proposal.subject}",
                "proposer": proposal.proposer_name,
                "link": f"{_desk}/b/{current_brand()}/approvals/{proposal.number}",
            },
        )
        told += sent is not None
    return told


def _deciders(proposal: Proposal) -> Iterator[User]:
    with realm_scope(CONTROL):
        staff = [user for user, _roles in staff_of(current_brand()) if user.is_active]
    yield from (user for user in staff if may_decide(proposal, Actor("staff", str(user.id), user.name)))
