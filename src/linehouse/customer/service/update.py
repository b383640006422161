"""Changing what is known of a customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.customer.errors import CustomerUnknown, ReasonMissing
from linehouse.customer.models import BillingAccount, Customer
from linehouse.customer.service.find import customer_view
from linehouse.customer.values import CustomerView
from linehouse.party import service as party
from linehouse.party.values import FieldPolicy, PartyKind
from linehouse.platform.work import Actor, Work, unit_of_work


def update_customer(
    customer_id: UUID,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    effective_from: datetime | None = None,
) -> CustomerView:
    """Change fields of the person or organisation behind a customer, by the names of NewIndividual, NewOrganization.

    Contact data hold from ``effective_from`` on (now by default). Raises CustomerUnknown, ReasonMissing, InvalidFields.
    """
    require_reason(reason)
    with unit_of_work(actor, reason) as work:
        row = Customer.objects.select_for_update().filter(id=customer_id).first()
        if row is None:
            raise CustomerUnknown("no such customer", field="id", value=str(customer_id))
        policy = FieldPolicy(complete=True, languages=catalog.published(work.now).brand.languages)
        patch = party.patch_individual if row.kind == PartyKind.INDIVIDUAL else party.patch_organization
        patch(row.party_id, changes, actor=actor, reason=reason, policy=policy, effective_from=effective_from)
        follow_party(row, work)
        return customer_view(customer_id)


def follow_party(row: Customer, work: Work) -> None:
    """Name and language of the customer are the party's; accounts in the customer's old language follow."""
    view = party.party(row.party_id)
    if (row.name, row.language) == (view.name, view.language):
        return
    if row.language != view.language:
        accounts = BillingAccount.objects.filter(customer=row, language=row.language)
        accounts.update(language=view.language, changed_at=work.now)
    row.name, row.language = view.name, view.language
    row.changed_at = work.now
    row.save(update_fields=["name", "language", "changed_at"])


def require_reason(reason: str) -> None:
    """Raises ReasonMissing for an empty one."""
    if not reason.strip():
        raise ReasonMissing("say why, for whoever reads the history", field="reason", expected="a sentence")
