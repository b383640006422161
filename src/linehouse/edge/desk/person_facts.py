"""A person's or organisation's data as the reader may see them: plainly, as masks, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext

from linehouse.customer.values import CustomerView
from linehouse.edge.desk.access import DeskRequest
from linehouse.party.values import IndividualView, OrganizationView
from linehouse.platform.access.grants import Sight
from linehouse.platform.personal.masking import masked

GROUP = "customer.personal"


@dataclass(frozen=True, slots=True)
class PersonFact:
    """One line of the card: what it is, and how it is shown."""

    label: str
    lines: tuple[str, ...]
    code: bool = False


@dataclass(frozen=True, slots=True)
class PersonCard:
    """The card; ``masks`` says whether something is masked, ``hidden`` whether the reader sees none of it."""

    facts: tuple[PersonFact, ...]
    masks: bool
    hidden: bool = False


def person_card(request: DeskRequest, view: CustomerView, *, revealed: bool = False) -> PersonCard:
    """Birth date and documents are masked for everybody until they are unmasked; the rest as the role sees it."""
    sight = Sight.PLAIN if revealed else request.desk.sight(GROUP)
    if sight is Sight.HIDDEN:
        return PersonCard((), masks=False, hidden=True)
    plain, party = sight is Sight.PLAIN, view.party
    address = (*party.address.lines, party.address.country) if party.address else ()
    facts = [
        PersonFact(gettext("E-mail"), _shown(party.email, "email", plain=plain)),
        PersonFact(gettext("Telephone"), _shown(party.phone, "phone", plain=plain)),
        PersonFact(gettext("Address"), address if plain else tuple(masked(line, "text") for line in address[-1:])),
    ]
    masks = not plain
    if isinstance(party, IndividualView):
        if party.birth_date:
            born = date_format(party.birth_date) if revealed else masked(party.birth_date, "date")
            facts.append(PersonFact(gettext("Born"), (born,)))
            masks = masks or not revealed
        for document in party.identifications:
            number = document.number if revealed else masked(document.number, "number")
            facts.append(PersonFact(gettext("Identity document"), (f"{document.country} {number}",), code=True))
            masks = masks or not revealed
    if isinstance(party, OrganizationView) and party.vat_id:
        facts.append(PersonFact(gettext("VAT number"), _shown(party.vat_id, "number", plain=plain), code=True))
    return PersonCard(tuple(facts), masks=masks)


def _shown(value: str, kind: str, *, plain: bool) -> tuple[str, ...]:
    if not value:
        return ()
    return (value if plain else masked(value, kind),)
