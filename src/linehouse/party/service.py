"""Use cases of people and organisations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from linehouse.kernel.ids import new_id
from linehouse.kernel.outcome import InvalidFields, Problem
from linehouse.party import consent, store
from linehouse.party.errors import DuplicateSuspected, PartyUnknown
from linehouse.party.events import (
    IndividualChanged,
    IndividualCreated,
    IndividualStateChanged,
    OrganizationChanged,
    OrganizationCreated,
    OrganizationStateChanged,
)
from linehouse.party.fields import check_individual, check_organization
from linehouse.party.lifecycle import INDIVIDUAL, ORGANIZATION
from linehouse.party.models import Individual, Organization
from linehouse.party.values import (
    ANY_FIELDS,
    Duplicate,
    FieldPolicy,
    IndividualView,
    MediumKind,
    NewIndividual,
    NewOrganization,
    OrganizationView,
    PartyCreated,
    PartyPage,
)
from linehouse.platform.clock.service import business_now
from linehouse.platform.outbox.service import emit
from linehouse.platform.personal import names
from linehouse.platform.work import Actor, Work, unit_of_work

consent_given = consent.consent_given
consent_ledger = consent.consent_ledger
consent_now = consent.consent_now
record_consent = consent.record_consent

_MEDIA = {"email": MediumKind.EMAIL, "phone": MediumKind.PHONE, "address": MediumKind.POSTAL}


def create_individual(
    new: NewIndividual, *, actor: Actor, policy: FieldPolicy = ANY_FIELDS, refuse_duplicates: bool = False
) -> PartyCreated:
    """Record a person. Raises InvalidFields with everything that is wrong, DuplicateSuspected where that was asked."""
    with unit_of_work(actor) as work:
        cleaned, problems = check_individual(new, policy, work.now.date())
        if problems:
            raise InvalidFields(problems)
        duplicates = likely_duplicates(cleaned)
        _refuse(duplicates, wanted=refuse_duplicates)
        row = Individual.objects.create(
            id=new_id(),
            given_name=cleaned.given_name,
            middle_name=cleaned.middle_name,
            family_name=cleaned.family_name,
            title=cleaned.title,
            birth_date=cleaned.birth_date,
            nationality=cleaned.nationality,
            language=cleaned.language,
            created_at=work.now,
            changed_at=work.now,
        )
        store.remember_name(row)
        _save_media(row, cleaned, _MEDIA, work, work.now)
        if cleaned.identification:
            store.add_document(row, cleaned.identification, work.now)
        emit(IndividualCreated(individual_id=row.id))
        return PartyCreated(party_id=row.id, duplicates=duplicates)


def create_organization(new: NewOrganization, *, actor: Actor, policy: FieldPolicy = ANY_FIELDS) -> PartyCreated:
    """Record an organisation. Raises InvalidFields with everything that is wrong."""
    with unit_of_work(actor) as work:
        cleaned, problems = check_organization(new, policy)
        if problems:
            raise InvalidFields(problems)
        row = Organization.objects.create(
            id=new_id(),
            trading_name=cleaned.trading_name,
            legal_name=cleaned.legal_name,
            registration_number=cleaned.registration_number,
            vat_id=cleaned.vat_id,
            language=cleaned.language,
            created_at=work.now,
            changed_at=work.now,
        )
        store.remember_name(row)
        _save_media(row, cleaned, _MEDIA, work, work.now)
        emit(OrganizationCreated(organization_id=row.id))
        return PartyCreated(party_id=row.id)


def patch_individual(
    individual_id: UUID,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    policy: FieldPolicy = ANY_FIELDS,
    effective_from: datetime | None = None,
) -> IndividualView:
    """Change fields of a person, by the names of NewIndividual. Contact data hold from ``effective_from`` (business
    time, now by default); what was right before stays on record. Raises PartyUnknown, InvalidFields.
    """
    with unit_of_work(actor, reason) as work:
        row = _locked(Individual, individual_id)
        was = individual(individual_id)
        current = NewIndividual(
            given_name=was.given_name,
            family_name=was.family_name,
            email=was.email,
            address=was.address,
            birth_date=was.birth_date,
            language=was.language,
            phone=was.phone,
            middle_name=was.middle_name,
            title=was.title,
            nationality=was.nationality,
        )
        wanted = replace(current, **_known(changes, NewIndividual))
        cleaned, problems = check_individual(wanted, policy, work.now.date())
        _raise_of_changed(problems, changes)
        changed = _differing(current, cleaned)
        if cleaned.identification:
            store.add_document(row, cleaned.identification, work.now)
        _apply(row, cleaned, changed, work, effective_from)
        if changed:
            emit(IndividualChanged(individual_id=row.id, fields=tuple(changed)))
        return individual(individual_id)


def patch_organization(
    organization_id: UUID,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    reason: str,
    policy: FieldPolicy = ANY_FIELDS,
    effective_from: datetime | None = None,
) -> OrganizationView:
    """Change fields of an organisation, by the names of NewOrganization; see ``patch_individual``."""
    with unit_of_work(actor, reason) as work:
        row = _locked(Organization, organization_id)
        was = organization(organization_id)
        current = NewOrganization(
            trading_name=was.trading_name,
            email=was.email,
            address=was.address,
            language=was.language,
            phone=was.phone,
            legal_name=was.legal_name,
            registration_number=was.registration_number,
            vat_id=was.vat_id,
        )
        wanted = replace(current, **_known(changes, NewOrganization))
        cleaned, problems = check_organization(wanted, policy)
        _raise_of_changed(problems, changes)
        changed = _differing(current, cleaned)
        _apply(row, cleaned, changed, work, effective_from)
        if changed:
            emit(OrganizationChanged(organization_id=row.id, fields=tuple(changed)))
        return organization(organization_id)


def move_individual(individual_id: UUID, state: str, *, actor: Actor, reason: str) -> None:
    """Move a person to another state. Raises PartyUnknown, IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        row = _locked(Individual, individual_id)
        old, row.state = row.state, INDIVIDUAL.require(row.state, state)
        row.changed_at = work.now
        row.save(update_fields=["state", "changed_at"])
        emit(IndividualStateChanged(individual_id=row.id, old=old, new=state))


def move_organization(organization_id: UUID, state: str, *, actor: Actor, reason: str) -> None:
    """Move an organisation to another state. Raises PartyUnknown, IllegalTransition."""
    with unit_of_work(actor, reason) as work:
        row = _locked(Organization, organization_id)
        old, row.state = row.state, ORGANIZATION.require(row.state, state)
        row.changed_at = work.now
        row.save(update_fields=["state", "changed_at"])
        emit(OrganizationStateChanged(organization_id=row.id, old=old, new=state))


def likely_duplicates(new: NewIndividual) -> tuple[Duplicate, ...]:
    """People already known who have the same identity document, or the same e-mail address and birth date."""
    found: dict[UUID, Duplicate] = {}
    document = new.identification
    if document:
        for owner in store.same_documents(document).values_list("individual_id", flat=True):
            found[owner] = Duplicate(party_id=owner, by="document")
    if new.email and new.birth_date:
        # The birth date is encrypted, so it is compared here; few people share an address.
        media = store.with_email(new.email, business_now()).exclude(individual=None).select_related("individual")
        for medium in media:
            if medium.individual is not None and str(medium.individual.birth_date) == str(new.birth_date):
                owner = medium.individual.id
                found.setdefault(owner, Duplicate(party_id=owner, by="email+birth-date"))
    return tuple(found[key] for key in sorted(found))


def individual(individual_id: UUID, *, at: datetime | None = None) -> IndividualView:
    """The person, with the contact data valid at the instant (now by default). Raises PartyUnknown."""
    rows = store.individuals(Individual.objects.filter(id=individual_id), at or business_now())
    if not rows:
        raise PartyUnknown("no such person", field="id", value=str(individual_id))
    return rows[0]


def organization(organization_id: UUID, *, at: datetime | None = None) -> OrganizationView:
    """The organisation, with the contact data valid at the instant (now by default). Raises PartyUnknown."""
    rows = store.organizations(Organization.objects.filter(id=organization_id), at or business_now())
    if not rows:
        raise PartyUnknown("no such organisation", field="id", value=str(organization_id))
    return rows[0]


def party(party_id: UUID, *, at: datetime | None = None) -> IndividualView | OrganizationView:
    """The person or organisation, whichever it is. Raises PartyUnknown."""
    found = parties((party_id,), at=at).get(party_id)
    if found is None:
        raise PartyUnknown("no such party", field="id", value=str(party_id))
    return found


def parties(ids: Iterable[UUID], *, at: datetime | None = None) -> dict[UUID, IndividualView | OrganizationView]:
    """Many people and organisations by id, in five queries; unknown ids are left out."""
    wanted, instant = set(ids), at or business_now()
    people = store.individuals(Individual.objects.filter(id__in=wanted), instant)
    bodies = store.organizations(Organization.objects.filter(id__in=wanted), instant)
    found: dict[UUID, IndividualView | OrganizationView] = {view.id: view for view in people}
    return found | {view.id: view for view in bodies}


def find_individuals(
    *, given_name: str = "", family_name: str = "", email: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> PartyPage:
    """A page of people, newest first; every condition given must hold, names in whatever case."""
    rows = Individual.objects.order_by("-id")
    if given_name:
        rows = rows.filter(id__in=names.exactly("given", given_name).values("subject"))
    if family_name:
        rows = rows.filter(id__in=names.exactly("family", family_name).values("subject"))
    if state:
        rows = rows.filter(state=state)
    if email:
        rows = rows.filter(id__in=store.party_ids(store.with_email(email, business_now())))
    return PartyPage(tuple(store.individuals(rows[offset : offset + limit], business_now())), rows.count())


def find_organizations(
    *, trading_name: str = "", email: str = "", state: str = "", offset: int = 0, limit: int = 50
) -> PartyPage:
    """A page of organisations, newest first; every condition given must hold, names in whatever case."""
    rows = Organization.objects.order_by("-id")
    if trading_name:
        rows = rows.filter(id__in=names.exactly("trading", trading_name).values("subject"))
    if state:
        rows = rows.filter(state=state)
    if email:
        rows = rows.filter(id__in=store.party_ids(store.with_email(email, business_now())))
    return PartyPage(tuple(store.organizations(rows[offset : offset + limit], business_now())), rows.count())


def party_ids_by_contact(text: str, *, limit: int = 200) -> list[UUID]:
    """Whose current e-mail address or telephone number this is, written in whatever case and with whatever separators.

    The whole of it is compared: what is encrypted is found by a keyed index, which knows no beginnings.
    """
    rows = store.with_contact(text, business_now(), (MediumKind.EMAIL, MediumKind.PHONE))
    return store.party_ids(rows.order_by("id")[:limit])


def _save_media(
    row: store.Party,
    cleaned: NewIndividual | NewOrganization,
    names: Iterable[str],
    work: Work,
    since: datetime,
) -> None:
    for name in names:
        store.set_medium(row, _MEDIA[name], getattr(cleaned, name), since=since, now=work.now)


def _apply(
    row: store.Party,
    cleaned: NewIndividual | NewOrganization,
    changed: list[str],
    work: Work,
    effective_from: datetime | None,
) -> None:
    _save_media(row, cleaned, [name for name in changed if name in _MEDIA], work, effective_from or work.now)
    columns = [name for name in changed if name not in _MEDIA and name != "identification"]
    for name in columns:
        setattr(row, name, getattr(cleaned, name))
    if changed:
        store.remember_name(row)
        row.changed_at = work.now
        row.save(update_fields=[*columns, "changed_at"])


def _locked(model: type[Any], key: UUID) -> Any:
    row = model.objects.select_for_update().filter(id=key).first()
    if row is None:
        raise PartyUnknown("no such party", field="id", value=str(key))
    return row


def _known(changes: Mapping[str, Any], new: type[NewIndividual | NewOrganization]) -> dict[str, Any]:
    names = {field.name for field in fields(new)}
    problems = tuple(
        Problem("party.field_unknown", f"there is no field {name!r}", name, "", ", ".join(sorted(names)))
        for name in changes
        if name not in names
    )
    if problems:
        raise InvalidFields(problems)
    return dict(changes)


def _raise_of_changed(problems: tuple[Problem, ...], changes: Mapping[str, Any]) -> None:
    # A field that was taken in before today's rules does not stand in the way of correcting another.
    ours = tuple(problem for problem in problems if problem.field.partition(".")[0] in changes)
    if ours:
        raise InvalidFields(ours)


def _differing(old: NewIndividual | NewOrganization, new: NewIndividual | NewOrganization) -> list[str]:
    return [field.name for field in fields(old) if getattr(old, field.name) != getattr(new, field.name)]


def _refuse(duplicates: tuple[Duplicate, ...], *, wanted: bool) -> None:
    if wanted and duplicates:
        first = duplicates[0]
        raise DuplicateSuspected(
            "somebody with the same data is known already", field=first.by, value=str(first.party_id)
        )
