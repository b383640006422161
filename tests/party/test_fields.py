"""What the fields of a party must be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linehouse.party.fields import check_individual, check_organization
from linehouse.party.values import (
    ANY_FIELDS,
    DocumentKind,
    FieldPolicy,
    Identification,
    NewIndividual,
    NewOrganization,
    PostalAddress,
)
from linehouse.platform.personal.names import searchable

TODAY = date(2026, 11, 1)
COMPLETE = FieldPolicy(complete=True, languages=("nl", "en"))
ADDRESS = PostalAddress(street1="Keizersgracht 1", postcode="1015cj", city="Amsterdam", country="nl")


def person(**changes: object) -> NewIndividual:
    fields: dict[str, object] = {
        "given_name": "Anna",
        "family_name": "de Vries",
        "email": "anna@Example.COM",
        "address": ADDRESS,
        "birth_date": "1990-02-28",
        "language": "nl",
        "phone": "+31 6 1234 5678",
    }
    return NewIndividual(**(fields | changes))  # type: ignore[arg-type]  # some tests pass what is wrong on purpose


def test_good_fields_come_back_in_their_one_form() -> None:
    cleaned, problems = check_individual(person(given_name="  Anna   Maria ", phone="06 1234 5678"), COMPLETE, TODAY)
    assert problems == ()
    assert cleaned.given_name == "Anna Maria"
    assert cleaned.email == "anna@example.com"
    assert cleaned.phone == "+31612345678"
    assert cleaned.birth_date == date(1990, 2, 28)
    assert cleaned.address is not None
    assert (cleaned.address.postcode, cleaned.address.country) == ("1015 CJ", "NL")


def test_everything_wrong_is_told_at_once() -> None:
    wrong = person(
        given_name=" ",
        email="anna@",
        birth_date="2027-01-01",
        language="fr",
        phone="12",
        address=PostalAddress(street1="", postcode="10115", city="Berlin", country="NL"),
        identification=Identification(
            kind=DocumentKind.PASSPORT, number="X", country="NL", valid_until=date(2020, 1, 1)
        ),
    )
    _, problems = check_individual(wrong, COMPLETE, TODAY)
    assert [problem.field for problem in problems] == [
        "address.postcode",
        "address.street1",
        "birth_date",
        "given_name",
        "email",
        "phone",
        "language",
        "identification.number",
        "identification.valid_until",
    ]
    assert all(problem.message and problem.expected for problem in problems)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("birth_date", "28-02-1990", "a date such as 1990-02-28"),
        ("birth_date", "1899-12-31", "the date of birth"),
        ("birth_date", None, "a date such as 1990-02-28"),
        ("email", "", "name@example.com"),
        ("email", "no spaces @example.com", "name@example.com"),
        ("nationality", "XX", "an ISO 3166-1 code such as NL"),
        ("family_name", "x" * 81, "at most 80 characters"),
        ("family_name", "a\u200bb", "letters, digits and punctuation"),
        ("address", None, "street, postcode, city and country"),
    ],
)
def test_each_wrong_field_says_what_would_be_right(field: str, value: object, expected: str) -> None:
    _, problems = check_individual(person(**{field: value}), COMPLETE, TODAY)
    assert [(problem.field, problem.expected) for problem in problems] == [(field, expected)]


def test_without_a_policy_a_name_is_enough() -> None:
    cleaned, problems = check_individual(NewIndividual(given_name="Bo", family_name="Li"), ANY_FIELDS, TODAY)
    assert problems == ()
    assert cleaned.birth_date is None


def test_an_organisation_needs_a_right_vat_number() -> None:
    body = NewOrganization(
        trading_name="Tulip Trading", email="office@tulip.example", address=ADDRESS, vat_id="NL004495445B02"
    )
    _, problems = check_organization(body, COMPLETE)
    assert [problem.field for problem in problems] == []
    _, problems = check_organization(NewOrganization(trading_name="Tulip", vat_id="NL004495446B01"), ANY_FIELDS)
    assert [problem.field for problem in problems] == ["vat_id"]


def test_names_are_searched_without_accents() -> None:
    assert searchable("  Jürgen  VAN DER Straße ") == "jurgen van der strasse"


@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=40), st.text(max_size=40))
def test_checking_never_fails_and_cleaning_twice_changes_nothing(
    given_name: str, street: str, phone: str, born: str
) -> None:
    wish = person(
        given_name=given_name,
        phone=phone,
        birth_date=born,
        address=PostalAddress(street1=street, postcode="1012 AB", city="Amsterdam", country="NL"),
    )
    cleaned, problems = check_individual(wish, COMPLETE, TODAY)
    if not problems:
        assert check_individual(cleaned, COMPLETE, TODAY) == (cleaned, ())
