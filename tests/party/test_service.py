"""Recording, changing and finding people and organisations."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from linehouse.kernel.ids import new_id
from linehouse.kernel.lifecycle import IllegalTransition
from linehouse.kernel.outcome import InvalidFields
from linehouse.party import service
from linehouse.party.errors import DuplicateSuspected, PartyUnknown
from linehouse.party.values import (
    DocumentKind,
    Identification,
    MediumKind,
    NewIndividual,
    NewOrganization,
    PostalAddress,
)
from linehouse.platform.audit.service import history
from linehouse.platform.clock.service import business_now
from linehouse.platform.work import Actor

pytestmark = pytest.mark.usefixtures("brand")

Events = Callable[[], list[str]]
HOME = PostalAddress(street1="Keizersgracht 1", postcode="1015 CJ", city="Amsterdam", country="NL")
ANNA = NewIndividual(
    given_name="Anna",
    family_name="de Vries",
    email="anna@example.com",
    phone="+31612345678",
    birth_date="1990-02-28",
    language="nl",
    address=HOME,
)


def test_a_person_is_recorded_with_media(actor: Actor, events: Events) -> None:
    created = service.create_individual(ANNA, actor=actor)
    assert created.duplicates == ()
    view = service.individual(created.party_id)
    assert (view.name, view.email, view.phone, view.address) == (
        "Anna de Vries",
        "anna@example.com",
        "+31612345678",
        HOME,
    )
    assert (view.birth_date, view.state, view.created_at) == (date(1990, 2, 28), "initialized", business_now())
    assert events() == ["party.individual.created"]


def test_the_same_person_again_is_one_warning(actor: Actor) -> None:
    first = service.create_individual(ANNA, actor=actor)
    again = NewIndividual(given_name="A.", family_name="Vries", email="Anna@Example.com", birth_date=date(1990, 2, 28))
    second = service.create_individual(again, actor=actor)
    assert [(found.party_id, found.by) for found in second.duplicates] == [(first.party_id, "email+birth-date")]
    with pytest.raises(DuplicateSuspected):
        service.create_individual(again, actor=actor, refuse_duplicates=True)
    other = NewIndividual(given_name="Bo", family_name="Vries", email="anna@example.com", birth_date=date(1991, 1, 1))
    assert service.create_individual(other, actor=actor).duplicates == ()


def test_the_same_document_is_a_likely_duplicate(actor: Actor) -> None:
    passport = Identification(kind=DocumentKind.PASSPORT, number="NX 123-456", country="NL")
    first = service.create_individual(
        NewIndividual(given_name="Anna", family_name="de Vries", identification=passport), actor=actor
    )
    assert service.individual(first.party_id).identifications[0].number == "NX123456"
    second = service.create_individual(
        NewIndividual(given_name="Hanna", family_name="Vries", identification=passport), actor=actor
    )
    assert [found.by for found in second.duplicates] == ["document"]


def test_nothing_is_kept_of_a_wrong_person(actor: Actor, events: Events) -> None:
    with pytest.raises(InvalidFields):
        service.create_individual(NewIndividual(given_name="", family_name=""), actor=actor)
    assert service.find_individuals().total == 0
    assert events() == []


def test_an_address_changes_from_a_day_on_and_the_old_one_stays_on_record(actor: Actor, events: Events) -> None:
    party_id = service.create_individual(ANNA, actor=actor).party_id
    events()
    moving = datetime(2026, 11, 15, tzinfo=UTC)
    new_home = PostalAddress(street1="Oudegracht 2", postcode="3511 AA", city="Utrecht", country="NL")
    service.patch_individual(party_id, {"address": new_home}, actor=actor, reason="moves house", effective_from=moving)
    assert service.individual(party_id).address == HOME
    assert service.individual(party_id, at=moving - timedelta(microseconds=1)).address == HOME
    assert service.individual(party_id, at=moving).address == new_home
    later_still = PostalAddress(street1="Oudegracht 3", postcode="3511 AB", city="Utrecht", country="NL")
    service.patch_individual(party_id, {"address": later_still}, actor=actor, reason="typo", effective_from=moving)
    assert service.individual(party_id, at=moving).address == later_still
    assert events() == ["party.individual.changed", "party.individual.changed"]


def test_a_change_keeps_who_why_before_and_after(actor: Actor) -> None:
    party_id = service.create_individual(ANNA, actor=actor).party_id
    service.patch_individual(party_id, {"family_name": "Jansen"}, actor=actor, reason="marriage")
    change = history("party.Individual", party_id)[0]
    assert (change.actor, change.reason) == (actor.name, "marriage")
    assert ("family_name", "de Vries", "Jansen") in change.fields


def test_only_what_changed_is_told_and_nothing_when_nothing_did(actor: Actor, events: Events) -> None:
    party_id = service.create_individual(ANNA, actor=actor).party_id
    events()
    service.patch_individual(party_id, {"given_name": "Anna", "email": "ANNA@example.com"}, actor=actor, reason="none")
    service.patch_individual(party_id, {"given_name": "Anna"}, actor=actor, reason="none")
    assert service.individual(party_id).email == "ANNA@example.com"
    assert events() == ["party.individual.changed"]


def test_a_medium_can_end(actor: Actor) -> None:
    party_id = service.create_individual(ANNA, actor=actor).party_id
    service.patch_individual(party_id, {"phone": ""}, actor=actor, reason="number given up")
    view = service.individual(party_id)
    assert view.phone == ""
    assert {medium.kind for medium in view.media} == {MediumKind.EMAIL, MediumKind.POSTAL}


def test_unknown_and_wrong_fields_are_refused(actor: Actor) -> None:
    party_id = service.create_individual(ANNA, actor=actor).party_id
    with pytest.raises(InvalidFields) as unknown:
        service.patch_individual(party_id, {"shoe_size": "42"}, actor=actor, reason="test")
    assert unknown.value.problems[0].code == "party.field_unknown"
    with pytest.raises(InvalidFields) as wrong:
        service.patch_individual(party_id, {"email": "anna"}, actor=actor, reason="test")
    assert [problem.field for problem in wrong.value.problems] == ["email"]
    with pytest.raises(PartyUnknown):
        service.patch_individual(new_id(), {}, actor=actor, reason="test")


def test_states_move_as_declared(actor: Actor, events: Events) -> None:
    party_id = service.create_individual(ANNA, actor=actor).party_id
    service.move_individual(party_id, "validated", actor=actor, reason="passport seen")
    with pytest.raises(IllegalTransition):
        service.move_individual(party_id, "initialized", actor=actor, reason="test")
    assert service.individual(party_id).state == "validated"
    assert events() == ["party.individual.created", "party.individual.state_changed"]


def test_an_organisation_lives_beside_people(actor: Actor, events: Events) -> None:
    body = service.create_organization(
        NewOrganization(trading_name="Tulip Trading", email="office@tulip.example", address=HOME, language="en"),
        actor=actor,
    )
    person = service.create_individual(ANNA, actor=actor)
    both = service.parties((body.party_id, person.party_id, new_id()))
    assert {view.name for view in both.values()} == {"Tulip Trading", "Anna de Vries"}
    changed = service.patch_organization(
        body.party_id, {"legal_name": "Tulip B.V."}, actor=actor, reason="register seen"
    )
    assert changed.legal_name == "Tulip B.V."
    service.move_organization(body.party_id, "closed", actor=actor, reason="wound up")
    assert service.party(body.party_id).state == "closed"
    assert events() == [
        "party.organization.created",
        "party.individual.created",
        "party.organization.changed",
        "party.organization.state_changed",
    ]


def test_lists_are_narrowed_and_paged(actor: Actor) -> None:
    for number in range(3):
        service.create_individual(
            NewIndividual(given_name=f"P{number}", family_name="Same", email=f"p{number}@example.com"), actor=actor
        )
    page = service.find_individuals(family_name="SAME", offset=1, limit=1)
    assert (page.total, [row.name for row in page.rows]) == (3, ["P1 Same"])
    assert service.find_individuals(email="P2@example.com").total == 1
    assert len(service.party_ids_by_contact("P1@example.com")) == 1
    assert service.party_ids_by_contact("p") == []
    assert service.find_organizations(trading_name="x").total == 0
