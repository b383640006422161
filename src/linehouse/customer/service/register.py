"""Taking a new customer in."""

from __future__ import annotations

from uuid import UUID

from linehouse.catalog import service as catalog
from linehouse.catalog.values import BrandProfile
from linehouse.customer import store
from linehouse.customer.characterised import CUSTOMER
from linehouse.customer.events import CustomerCreated
from linehouse.customer.models import Customer
from linehouse.customer.service.accounts import create_account
from linehouse.customer.terms import account_terms
from linehouse.customer.values import CustomerRegistered, RegisterCustomer
from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.party import service as party
from linehouse.party.errors import PartyUnknown
from linehouse.party.values import (
    Duplicate,
    FieldPolicy,
    IndividualView,
    NewIndividual,
    NewOrganization,
    PartyCreated,
)
from linehouse.platform.access.ownership import bound_dealer
from linehouse.platform.characteristics import service as characteristics
from linehouse.platform.numbers.service import default_series, next_number
from linehouse.platform.outbox.service import emit
from linehouse.platform.work import Actor, unit_of_work

SERIES = default_series("customer", "C-{n:06d}")


def register_customer(new: RegisterCustomer, *, actor: Actor) -> CustomerRegistered:
    """Take a customer in: a party, a customer and a first billing account, in one transaction.

    A caller that is bound to a dealer registers for that dealer, whose customer it then is. Registering the same
    ``external_id`` again returns what it made the first time. Raises InvalidFields with every wrong field of party and
    account, or with every wrong or missing characteristic; PartyUnknown for an id that is nobody's; DuplicateSuspected
    where that was asked; NothingPublished for a brand without a catalogue, whose defaults an account needs.
    """
    with unit_of_work(actor) as work:
        if new.external_id and (again := _registered(new.external_id)):
            return again
        brand = catalog.published(work.now).brand
        terms, problems = account_terms(new.account, brand)
        created = _party(new, brand, actor, problems)
        if terms is None:
            raise InvalidFields(problems)
        view = party.party(created.party_id)
        row = Customer.objects.create(
            id=new_id(),
            number=next_number(SERIES),
            kind=view.kind,
            party_id=view.id,
            name=view.name,
            language=view.language or brand.language,
            external_id=new.external_id,
            dealer=bound_dealer() or "",
            created_at=work.now,
            changed_at=work.now,
        )
        emit(CustomerCreated(customer_id=row.id, number=row.number, kind=row.kind, party_id=row.party_id))
        characteristics.set_values(
            CUSTOMER.key, row.id, new.characteristics, actor=actor, reason="registration", customer_id=row.id
        )
        account = create_account(row, terms, new.account.name, work)
        return CustomerRegistered(
            customer_id=row.id,
            customer_number=row.number,
            billing_account_id=account.id,
            billing_account_number=account.number,
            party_id=row.party_id,
            duplicates=created.duplicates if bound_dealer() is None else (),
        )


def likely_duplicates(new: NewIndividual) -> tuple[Duplicate, ...]:
    """People already known who may be the same, for a warning before registering."""
    return party.likely_duplicates(new) if bound_dealer() is None else ()


def _party(new: RegisterCustomer, brand: BrandProfile, actor: Actor, others: tuple[Problem, ...]) -> PartyCreated:
    """The party; when it is wrong as well, everything wrong with party and account is told at once."""
    if isinstance(new.party, UUID):
        return _known_party(new.party, others)
    policy = FieldPolicy(complete=True, languages=brand.languages)
    try:
        if isinstance(new.party, NewOrganization):
            return party.create_organization(new.party, actor=actor, policy=policy)
        # A suspicion would tell a dealer of another's customer.
        refuse = new.refuse_duplicates and bound_dealer() is None
        return party.create_individual(new.party, actor=actor, policy=policy, refuse_duplicates=refuse)
    except InvalidFields as error:
        raise InvalidFields(error.problems + others) from error


def _known_party(party_id: UUID, others: tuple[Problem, ...]) -> PartyCreated:
    """A party that is known already; whoever is billed must be complete."""
    others_customers = Customer.everyones.filter(party_id=party_id).exclude(dealer=bound_dealer() or "")
    if bound_dealer() is not None and others_customers.exists():
        raise PartyUnknown("no such party", field="party_id", value=str(party_id))
    view = party.party(party_id)
    missing = [name for name in ("email", "address") if not getattr(view, name)]
    if isinstance(view, IndividualView) and view.birth_date is None:
        missing.append("birth_date")
    problems = tuple(
        Problem("customer.party_incomplete", f"whoever is billed has a {name.replace('_', ' ')}", f"party.{name}")
        for name in missing
    )
    if problems:
        raise InvalidFields(problems + others)
    return PartyCreated(party_id=view.id)


def _registered(external_id: str) -> CustomerRegistered | None:
    row = Customer.objects.filter(external_id=external_id, dealer=bound_dealer() or "").first()
    if row is None:
        return None
    account = store.accounts_of(row.id)[0]
    return CustomerRegistered(
        customer_id=row.id,
        customer_number=row.number,
        billing_account_id=account.id,
        billing_account_number=account.number,
        party_id=row.party_id,
    )
