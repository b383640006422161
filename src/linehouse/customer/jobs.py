"""What customers do when their party changes."""

from __future__ import annotations

from linehouse.customer import laws
from linehouse.customer.events import CustomerChanged
from linehouse.customer.models import Customer
from linehouse.customer.service.update import follow_party
from linehouse.party.events import IndividualChanged, OrganizationChanged
from linehouse.platform.outbox.registry import consumer
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Work

__all__ = ["follow", "laws"]


@consumer("customer.follow_party", on=(IndividualChanged, OrganizationChanged))
def follow(event: IndividualChanged | OrganizationChanged, work: Work) -> None:
    """Whatever way a party was changed, its customers follow and their timelines tell of it."""
    for row in Customer.objects.select_for_update().filter(party_id=event.aggregate_id).order_by("id"):
        follow_party(row, work)
        emit(CustomerChanged(customer_id=row.id, fields=event.fields))
