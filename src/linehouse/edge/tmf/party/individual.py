"""TMF632 `individual`: a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from linehouse.edge.tmf.kit.declaration import Create, EventMapping, Links, Narrow, Patch, Resource, Slice
from linehouse.edge.tmf.kit.keys import id_of
from linehouse.edge.tmf.kit.problem import bad_body
from linehouse.edge.tmf.kit.shapes import Instant, Representation, Shape, TimePeriod, at_midnight
from linehouse.edge.tmf.party.media import POINTERS, ContactMedium, contact, represented
from linehouse.party import service
from linehouse.party.events import IndividualChanged, IndividualCreated, IndividualStateChanged
from linehouse.party.values import DocumentKind, Identification, IndividualView, NewIndividual
from linehouse.platform.work import Actor

# The published enum has `deceaded`; a client that validates against it must find that word.
_STATUS_OUT = {"deceased": "deceaded"}
_STATUS_IN = {"deceaded": "deceased"}


class LanguageAbility(Shape):
    """`LanguageAbility`: the language in which the person is addressed."""

    language_code: str
    is_favourite_language: bool | None = None


class IndividualIdentification(Shape):
    """`IndividualIdentification`: a document; of its number only the end is told."""

    identification_type: str
    identification_id: str
    issuing_authority: str
    valid_for: TimePeriod | None = None


class Individual(Representation):
    """`Individual`."""

    given_name: str
    family_name: str
    full_name: str
    middle_name: str | None = None
    title: str | None = None
    birth_date: Instant | None = None
    nationality: str | None = None
    status: str
    language_ability: list[LanguageAbility] | None = None
    contact_medium: list[ContactMedium] | None = None
    individual_identification: list[IndividualIdentification] | None = None


class IndividualCreate(Shape):
    """`Individual_Create`: the attributes that are kept."""

    given_name: str
    family_name: str
    middle_name: str | None = None
    title: str | None = None
    birth_date: str | None = None
    nationality: str | None = None
    language_ability: list[LanguageAbility] | None = None
    contact_medium: list[ContactMedium] | None = None
    individual_identification: list[IndividualIdentification] | None = None


class IndividualUpdate(Shape):
    """`Individual_Update`: the attributes that may change."""

    given_name: str | UnsetType = UNSET
    family_name: str | UnsetType = UNSET
    middle_name: str | UnsetType | None = UNSET
    title: str | UnsetType | None = UNSET
    birth_date: str | UnsetType | None = UNSET
    nationality: str | UnsetType | None = UNSET
    status: str | UnsetType = UNSET
    language_ability: list[LanguageAbility] | UnsetType | None = UNSET
    contact_medium: list[ContactMedium] | UnsetType | None = UNSET
    individual_identification: list[IndividualIdentification] | UnsetType | None = UNSET


def represent(view: IndividualView, _: Links) -> Individual:
    """A person as TMF632 says it."""
    return Individual(
        id=str(view.id),
        given_name=view.given_name,
        family_name=view.family_name,
        full_name=view.name,
        middle_name=view.middle_name or None,
        title=view.title or None,
        birth_date=at_midnight(view.birth_date),
        nationality=view.nationality or None,
        status=_STATUS_OUT.get(view.state, view.state),
        language_ability=languages(view.language),
        contact_medium=represented(view.media),
        individual_identification=[_document(document) for document in view.identifications] or None,
    )


def _document(document: Identification) -> IndividualIdentification:
    until = at_midnight(document.valid_until)
    return IndividualIdentification(
        identification_type=document.kind.value,
        identification_id="•••" + document.number[-3:],
        issuing_authority=document.country,
        valid_for=TimePeriod(end_date_time=until) if until else None,
    )


def languages(code: str) -> list[LanguageAbility] | None:
    """The one language that is kept."""
    return [LanguageAbility(language_code=code, is_favourite_language=True)] if code else None


def favourite(abilities: list[LanguageAbility] | None) -> str:
    """The language to keep: the favourite one, else the first."""
    found = sorted(abilities or [], key=lambda ability: not ability.is_favourite_language)
    return found[0].language_code if found else ""


def create(body: IndividualCreate, actor: Actor) -> IndividualView:
    """Record a person."""
    reached = contact(body.contact_medium or [])
    new = NewIndividual(
        given_name=body.given_name,
        family_name=body.family_name,
        middle_name=body.middle_name or "",
        title=body.title or "",
        birth_date=day_text(body.birth_date),
        nationality=body.nationality or "",
        language=favourite(body.language_ability),
        email=reached.email,
        phone=reached.phone,
        address=reached.address,
        identification=_identification(body.individual_identification or (), ()),
    )
    return service.individual(service.create_individual(new, actor=actor).party_id)


def patch(key: str, body: IndividualUpdate, actor: Actor) -> IndividualView:
    """Change a person; a new `status` is a move of its lifecycle."""
    found = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not UNSET}
    changes: dict[str, Any] = {}
    for name in ("given_name", "family_name", "middle_name", "title", "nationality"):
        if name in found:
            changes[name] = found[name] or ""
    if "birth_date" in found:
        changes["birth_date"] = day_text(found["birth_date"])
    if "language_ability" in found:
        changes["language"] = favourite(found["language_ability"])
    if "contact_medium" in found:
        reached = contact(found["contact_medium"] or [])
        changes.update(email=reached.email, phone=reached.phone, address=reached.address)
    if "individual_identification" in found:
        there = service.individual(id_of(key)).identifications
        added = _identification(found["individual_identification"] or (), there)
        if added is not None:
            changes["identification"] = added
    reason = "changed by API"
    if changes:
        service.patch_individual(id_of(key), changes, actor=actor, reason=reason)
    if "status" in found:
        state = _STATUS_IN.get(found["status"], found["status"])
        service.move_individual(id_of(key), state, actor=actor, reason=reason)
    return service.individual(id_of(key))


def _identification(sent: Sequence[IndividualIdentification], there: Sequence[Identification]) -> Identification | None:
    """The document that a body adds to those that are there, which stay as they are; at most one at a time."""
    known = [_document(document) for document in there]
    added = [(at, one) for at, one in enumerate(sent) if one not in known]
    if [one for one in known if one not in sent]:
        raise bad_body("/individualIdentification", "a document by which somebody was identified stays on record")
    if len(added) > 1:
        raise bad_body(f"/individualIdentification/{added[1][0]}", "one document is added at a time")
    if not added:
        return None
    at, one = added[0]
    kinds = {kind.value: kind for kind in DocumentKind}
    if one.identification_type not in kinds:
        raise bad_body(f"/individualIdentification/{at}/identificationType", f"expected {', '.join(kinds)}")
    if one.valid_for is not None and one.valid_for.start_date_time is not None:
        raise bad_body(f"/individualIdentification/{at}/validFor/startDateTime", "only the end is kept")
    until = one.valid_for.end_date_time if one.valid_for else None
    return Identification(
        kind=kinds[one.identification_type],
        number=one.identification_id,
        country=one.issuing_authority,
        valid_until=until.date() if until else None,
    )


def day_text(text: str | None) -> str | None:
    """The calendar day of a `date-time` that means a day; the room says what else is wrong with it."""
    return text.partition("T")[0] if text else None


def search(narrow: Narrow) -> Slice[IndividualView]:
    """People by name, e-mail address or status."""
    status = narrow.get("status") or ""
    page = service.find_individuals(
        given_name=narrow.get("givenName") or "",
        family_name=narrow.get("familyName") or "",
        email=narrow.get("contactMedium.characteristic.emailAddress") or "",
        state=_STATUS_IN.get(status, status),
        offset=narrow.offset,
        limit=narrow.limit,
    )
    return Slice([row for row in page.rows if isinstance(row, IndividualView)], page.total)


INDIVIDUAL: Resource[IndividualView] = Resource(
    name="individual",
    kind="Individual",
    description="A person",
    read="customer.read",
    write="customer.write",
    representation=Individual,
    represent=represent,
    search=search,
    narrows=("givenName", "familyName", "status", "contactMedium.characteristic.emailAddress"),
    get=lambda key: service.individual(id_of(key)),
    create=Create(IndividualCreate, create),
    patch=Patch(IndividualUpdate, patch),
    refused={"DELETE": "a person is erased by a request of theirs, which keeps what the law keeps, not deleted"},
    events=(
        EventMapping(IndividualCreated, "IndividualCreateEvent"),
        EventMapping(IndividualChanged, "IndividualAttributeValueChangeEvent"),
        EventMapping(IndividualStateChanged, "IndividualStateChangeEvent"),
    ),
    pointers=POINTERS,
)
