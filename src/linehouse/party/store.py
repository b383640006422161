"""Rows of people and organisations to values and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from linehouse.kernel.ids import new_id
from linehouse.party.models import IdentityDocument, Individual, Medium, Organization
from linehouse.party.values import (
    ContactMedium,
    DocumentKind,
    Identification,
    IndividualView,
    MediumKind,
    OrganizationView,
    PartyKind,
    PostalAddress,
)
from linehouse.platform.personal import names
from linehouse.platform.personal.blind import blind

Party = Individual | Organization


def individuals(rows: QuerySet[Individual], at: datetime) -> Sequence[IndividualView]:
    """The people with what was valid of them at the instant; three queries, however many there are."""
    documents = Prefetch("documents", IdentityDocument.objects.order_by("id"))
    return [individual_view(row) for row in rows.prefetch_related(_media_at(at), documents)]


def organizations(rows: QuerySet[Organization], at: datetime) -> Sequence[OrganizationView]:
    """The organisations with what was valid of them at the instant; two queries, however many there are."""
    return [organization_view(row) for row in rows.prefetch_related(_media_at(at))]


def _media_at(at: datetime) -> Prefetch[str, QuerySet[Medium], str]:
    valid = Q(valid_from__lte=at) & (Q(valid_to__isnull=True) | Q(valid_to__gt=at))
    return Prefetch("media", Medium.objects.filter(valid).order_by("-preferred", "kind", "id"))


def individual_view(row: Individual) -> IndividualView:
    """The person, from a row with its media and documents loaded."""
    return IndividualView(
        id=row.id,
        kind=PartyKind.INDIVIDUAL,
        name=individual_name(row),
        state=row.state,
        language=row.language,
        created_at=row.created_at,
        changed_at=row.changed_at,
        media=tuple(_medium(medium) for medium in row.media.all()),
        given_name=row.given_name,
        family_name=row.family_name,
        middle_name=row.middle_name,
        title=row.title,
        birth_date=row.birth_date,
        nationality=row.nationality,
        identifications=tuple(
            Identification(
                kind=DocumentKind(document.kind),
                number=document.number,
                country=document.country,
                valid_until=document.valid_until,
            )
            for document in row.documents.all()
        ),
    )


def organization_view(row: Organization) -> OrganizationView:
    """The organisation, from a row with its media loaded."""
    return OrganizationView(
        id=row.id,
        kind=PartyKind.ORGANIZATION,
        name=row.trading_name,
        state=row.state,
        language=row.language,
        created_at=row.created_at,
        changed_at=row.changed_at,
        media=tuple(_medium(medium) for medium in row.media.all()),
        trading_name=row.trading_name,
        legal_name=row.legal_name,
        registration_number=row.registration_number,
        vat_id=row.vat_id,
    )


def _medium(row: Medium) -> ContactMedium:
    address = None
    if row.kind == MediumKind.POSTAL:
        address = PostalAddress(
            street1=row.street1,
            street2=row.street2,
            postcode=row.postcode,
            city=row.city,
            region=row.region,
            country=row.country,
        )
    return ContactMedium(
        id=row.id,
        kind=MediumKind(row.kind),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        preferred=row.preferred,
        value=row.value,
        address=address,
    )


def set_medium(
    party: Party, kind: MediumKind, content: str | PostalAddress | None, *, since: datetime, now: datetime
) -> None:
    """From ``since`` on the party is reached like this; no content ends the medium. What was planned later goes."""
    owner = {"individual": party} if isinstance(party, Individual) else {"organization": party}
    rows = Medium.objects.filter(**owner, kind=kind, preferred=True)
    rows.filter(valid_from__gte=since).delete()
    rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=since)).update(valid_to=since, changed_at=now)
    if not content:
        return
    fields: dict[str, str] = {"value": content} if isinstance(content, str) else _columns(content)
    Medium.objects.create(
        id=new_id(), **owner, **fields, kind=kind, preferred=True, valid_from=since, created_at=now, changed_at=now
    )


def _columns(address: PostalAddress) -> dict[str, str]:
    return {
        "street1": address.street1,
        "street2": address.street2,
        "postcode": address.postcode,
        "city": address.city,
        "region": address.region,
        "country": address.country,
    }


def add_document(individual: Individual, document: Identification, now: datetime) -> None:
    """Keep the identity document, once."""
    if same_documents(document).filter(individual=individual).exists():
        return
    IdentityDocument.objects.create(
        id=new_id(),
        individual=individual,
        kind=document.kind,
        number=document.number,
        country=document.country,
        valid_until=document.valid_until,
        created_at=now,
        changed_at=now,
    )


def same_documents(document: Identification) -> QuerySet[IdentityDocument]:
    """Documents of that kind, country and number, whoever has them."""
    number = blind("party_identitydocument.number", document.number)
    return IdentityDocument.objects.filter(number_index=number, country=document.country, kind=document.kind)


def with_contact(text: str, at: datetime, kinds: Sequence[MediumKind]) -> QuerySet[Medium]:
    """Media that are this address or number at the instant, written in whatever case and with whatever separators."""
    rows = Medium.objects.filter(kind__in=kinds, value_index=blind("party_medium.value", text))
    return rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=at))


def with_email(email: str, at: datetime) -> QuerySet[Medium]:
    """Media that are this e-mail address at the instant, written in whatever case."""
    return with_contact(email, at, (MediumKind.EMAIL,))


def remember_name(party: Party) -> None:
    """Be found by the name as it is now."""
    if isinstance(party, Individual):
        name = individual_name(party)
        exact = {"given": party.given_name, "family": party.family_name, "full": name}
    else:
        name = party.trading_name
        exact = {"trading": party.trading_name, "full": party.trading_name}
    names.remember(party.id, name, exact)


def individual_name(row: Individual) -> str:
    """How the person is called."""
    return " ".join(part for part in (row.given_name, row.middle_name, row.family_name) if part)


def party_ids(media: Iterable[Medium]) -> list[UUID]:
    """Whose media these are."""
    return [owner for medium in media if (owner := medium.individual_id or medium.organization_id) is not None]
