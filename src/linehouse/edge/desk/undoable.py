"""The acts of the desk that can be undone for a while, each by an act of its own that the history shows.

An act offers its undoing in the message that tells of it, and on the page of what one did lately.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext_lazy

from linehouse.customer import service as customers
from linehouse.edge.desk.access import DeskRequest
from linehouse.party.values import PostalAddress
from linehouse.platform.work import Actor
from linehouse.platform.worktop.filters import save_filter
from linehouse.platform.worktop.undo import offer_undo, undo_kind
from linehouse.resource import service as resources

CONTACT: Final = "customer.contact"
CUSTOMER_STATE: Final = "customer.state"
NUMBER_ASIDE: Final = "number.aside"
NUMBER_BACK: Final = "number.back"
FILTER_DELETED: Final = "filter.deleted"
MINUTES: Final = 30
"""How long an act can be undone."""
UNDONE: Final = "undone at the desk"


def done(
    request: DeskRequest, text: str, kind: str, what: str, payload: Mapping[str, Any], subject: UUID | None = None
) -> None:
    """Tell the reader what was done, and offer to undo it."""
    offer = offer_undo(kind, what, payload, actor=request.desk.actor, subject=subject)
    address = reverse("desk:undo", args=(request.desk.brand.key, offer))
    messages.success(request, text, extra_tags=f"undo:{address}")


def declare() -> None:
    """Make the kinds of undoing known; they are declared where this module is loaded."""


@undo_kind(CONTACT, title=gettext_lazy("Contact data changed"), permission="customer.write", minutes=MINUTES)
def _contact(payload: Mapping[str, Any], actor: Actor) -> None:
    changes: dict[str, Any] = {name: payload[name] for name in ("email", "phone", "language") if name in payload}
    if payload.get("address"):
        changes["address"] = PostalAddress(**payload["address"])
    customers.update_customer(UUID(payload["customer"]), changes, actor=actor, reason=UNDONE)


@undo_kind(
    CUSTOMER_STATE, title=gettext_lazy("Customer suspended or resumed"), permission="customer.write", minutes=MINUTES
)
def _customer_state(payload: Mapping[str, Any], actor: Actor) -> None:
    back = customers.resume_customer if payload["to"] == "active" else customers.suspend_customer
    back(UUID(payload["customer"]), actor=actor, reason=UNDONE)


@undo_kind(NUMBER_ASIDE, title=gettext_lazy("Number set aside"), permission="resource.write", minutes=MINUTES)
def _number_aside(payload: Mapping[str, Any], actor: Actor) -> None:
    resources.put_back(payload["number"], actor=actor, reason=UNDONE)


@undo_kind(NUMBER_BACK, title=gettext_lazy("Number put back on sale"), permission="resource.write", minutes=MINUTES)
def _number_back(payload: Mapping[str, Any], actor: Actor) -> None:
    resources.set_aside(payload["number"], actor=actor, reason=UNDONE)


@undo_kind(FILTER_DELETED, title=gettext_lazy("Saved filter removed"), permission="clock.read", minutes=MINUTES)
def _filter_deleted(payload: Mapping[str, Any], actor: Actor) -> None:
    save_filter(payload["screen"], payload["name"], payload["query"], shared=payload["shared"], actor=actor)
