"""Customers and their characteristics out of files."""

from __future__ import annotations

import re
from typing import Any

from linehouse.customer.characterised import CUSTOMER
from linehouse.customer.service import (
    customer_by_external_id,
    customer_by_number,
    register_customer,
    withdraw_customer,
)
from linehouse.customer.values import AccountWishes, RegisterCustomer
from linehouse.kernel.error import Invalid
from linehouse.party.values import DocumentKind, Identification, NewIndividual, NewOrganization, PostalAddress
from linehouse.platform.characteristics import service as characteristics
from linehouse.platform.imports.kinds import ImportKind, Row, declare_kind
from linehouse.platform.imports.values import Applied, Field
from linehouse.platform.work import Actor

_OWN = "characteristic."
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_FIELDS = (
    Field("external_id", "External id", aliases=("id", "customer id", "reference", "klantnummer", "Kundennummer")),
    Field("given_name", "Given name", aliases=("first name", "forename", "voornaam", "Vorname", "prénom", "nombre")),
    Field("family_name", "Family name", aliases=("last name", "surname", "achternaam", "Nachname", "nom", "apellido")),
    Field("trading_name", "Trading name", aliases=("company", "organisation", "bedrijf", "Firma", "société")),
    Field(
        "birth_date",
        "Birth date",
        aliases=("date of birth", "dob", "geboortedatum", "Geburtsdatum"),
        example="1990-02-28",
    ),
    Field("email", "E-mail", required=True, aliases=("email", "e-mail address", "mail")),
    Field("phone", "Telephone", aliases=("phone", "telefoon", "Telefon", "mobile")),
    Field(
        "street1", "Street and house number", required=True, aliases=("street", "address", "straat", "Straße", "rue")
    ),
    Field("street2", "Second address line", aliases=("address 2",)),
    Field("postcode", "Postcode", required=True, aliases=("zip", "postal code", "PLZ", "code postal")),
    Field("city", "City", required=True, aliases=("town", "plaats", "Ort", "Stadt", "ville")),
    Field("country", "Country", required=True, aliases=("land", "pays", "país"), example="NL"),
    Field("language", "Language", aliases=("taal", "Sprache", "langue"), example="nl"),
    Field("vat_id", "VAT number", aliases=("vat", "btw", "USt-IdNr")),
    Field("registration_number", "Registration number", aliases=("kvk", "company number")),
    Field("document_kind", "Identity document", example="passport"),
    Field("document_number", "Document number"),
    Field("document_country", "Issued by", example="NL"),
    Field("cycle_day", "Billing day", aliases=("billing day", "cycle day"), example="1"),
    Field("not_a_duplicate", "Is somebody else than who is known", example="yes"),
)


def own_fields() -> tuple[Field, ...]:
    """The brand's own characteristics of customers, as fields of a file."""
    return tuple(
        Field(f"{_OWN}{spec.key}", spec.label_in(""), aliases=(spec.key, *spec.label.values()))
        for spec in characteristics.declared(CUSTOMER.key, retired=False)
    )


def _customer_fields() -> tuple[Field, ...]:
    return (*_FIELDS, *own_fields())


def _register(row: Row, actor: Actor) -> Applied:
    external_id = row.get("external_id", "")
    if (known := customer_by_external_id(external_id)) is not None:
        return Applied(known.number, known=True)
    made = register_customer(
        RegisterCustomer(
            party=_organization(row) if "trading_name" in row else _individual(row),
            account=AccountWishes(cycle_day=_whole(row, "cycle_day")),
            external_id=external_id,
            refuse_duplicates=row.get("not_a_duplicate", "no").casefold() not in {"yes", "true", "1"},
            characteristics=_own(row),
        ),
        actor=actor,
    )
    return Applied(made.customer_number)


def _withdraw(ref: str, before: dict[str, Any], actor: Actor, reason: str) -> None:
    withdraw_customer(customer_by_number(ref).id, actor=actor, reason=reason)


def _address(row: Row) -> PostalAddress:
    return PostalAddress(
        street1=row.get("street1", ""),
        street2=row.get("street2", ""),
        postcode=row.get("postcode", ""),
        city=row.get("city", ""),
        country=row.get("country", ""),
    )


def _individual(row: Row) -> NewIndividual:
    return NewIndividual(
        given_name=row.get("given_name", ""),
        family_name=row.get("family_name", ""),
        birth_date=iso_day(row.get("birth_date", "")),
        email=row.get("email", ""),
        phone=row.get("phone", ""),
        address=_address(row),
        language=row.get("language", ""),
        identification=_document(row),
    )


def _organization(row: Row) -> NewOrganization:
    return NewOrganization(
        trading_name=row["trading_name"],
        registration_number=row.get("registration_number", ""),
        vat_id=row.get("vat_id", ""),
        email=row.get("email", ""),
        phone=row.get("phone", ""),
        address=_address(row),
        language=row.get("language", ""),
    )


def _document(row: Row) -> Identification | None:
    if "document_number" not in row:
        return None
    known = [kind.value for kind in DocumentKind]
    kind = row.get("document_kind", "").casefold().replace(" ", "-")
    if kind not in known:
        raise Invalid("this is no kind of document", field="document_kind", value=kind, expected=", ".join(known))
    country = row.get("document_country", row.get("country", ""))
    return Identification(kind=DocumentKind(kind), number=row["document_number"], country=country)


def iso_day(text: str) -> str:
    """A date as ISO 8601 writes it; ``28-2-1990`` and ``28.02.1990`` are read with the day first."""
    found = _DAY_FIRST.fullmatch(text)
    if not found:
        return text
    day, month, year = found.groups()
    return f"{year}-{int(month):02d}-{int(day):02d}"


def _whole(row: Row, field: str) -> int | None:
    text = row.get(field)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise Invalid("this is no whole number", field=field, value=text, expected="1 to 31")
    return int(text)


def _own(row: Row) -> dict[str, object]:
    return {field.removeprefix(_OWN): value for field, value in row.items() if field.startswith(_OWN)}


def _value_fields() -> tuple[Field, ...]:
    number = Field("number", "Customer number", required=True, aliases=("customer", "klantnummer"), example="C-000001")
    return (number, *own_fields())


def _set_values(row: Row, actor: Actor) -> Applied:
    customer = customer_by_number(row["number"])
    wanted = _own(row)
    held = {one.spec.key: one.text for one in characteristics.values_of(CUSTOMER.key, customer.id)}
    characteristics.set_values(CUSTOMER.key, customer.id, wanted, actor=actor, reason="import", customer_id=customer.id)
    after = {one.spec.key: one.text for one in characteristics.values_of(CUSTOMER.key, customer.id)}
    changed = {key: held.get(key, "") for key in wanted if held.get(key, "") != after.get(key, "")}
    return Applied(customer.number, known=not changed, before=changed)


def _restore_values(ref: str, before: dict[str, Any], actor: Actor, reason: str) -> None:
    customer = customer_by_number(ref)
    characteristics.set_values(CUSTOMER.key, customer.id, before, actor=actor, reason=reason, customer_id=customer.id)


CUSTOMERS = declare_kind(
    ImportKind(
        name="customers",
        label="Customers",
        permission="customer.write",
        fields=_customer_fields,
        apply=_register,
        undo=_withdraw,
        key=lambda row: row.get("external_id"),
        help="People, or organisations where a row has a trading name. The same external id is the same customer.",
    )
)
VALUES = declare_kind(
    ImportKind(
        name="customer-characteristics",
        label="Characteristics of customers",
        permission="customer.write",
        fields=_value_fields,
        apply=_set_values,
        undo=_restore_values,
        help="The brand's own fields, by customer number. An undo brings the values back that were there before.",
    )
)
