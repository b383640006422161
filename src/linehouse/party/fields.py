"""What the fields of a party must be.

Each check returns the cleaned value and adds its problem to a list, so that all are told at once.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

from babel import Locale
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from linehouse.kernel.error import Invalid
from linehouse.kernel.numbering import Msisdn
from linehouse.kernel.outcome import Problem
from linehouse.party.values import (
    DocumentKind,
    FieldPolicy,
    Identification,
    NewIndividual,
    NewOrganization,
    PostalAddress,
    is_country,
)

OLDEST_YEARS = 125
"""Nobody is known to have lived longer; an older birth date is a slip of the pen."""
_EMAIL = re.compile(
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)
_POSTCODES = {
    # Written forms of the national postcode, for the countries where the demo brands sell; elsewhere any text is taken.
    "AT": (re.compile(r"\d{4}"), "four digits such as 1010"),
    "BE": (re.compile(r"[1-9]\d{3}"), "four digits such as 1000"),
    "DE": (re.compile(r"\d{5}"), "five digits such as 10115"),
    "ES": (re.compile(r"\d{5}"), "five digits such as 28001"),
    "FR": (re.compile(r"\d{5}"), "five digits such as 75001"),
    "IT": (re.compile(r"\d{5}"), "five digits such as 00184"),
    "LU": (re.compile(r"\d{4}"), "four digits such as 1111"),
    "NL": (re.compile(r"[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}"), "four digits and two letters such as 1012 AB"),
}
NAME_LIMIT = 80
LINE_LIMIT = 120


class Checks:
    """Collects the problems of one input."""

    def __init__(self, prefix: str = "") -> None:
        self.problems: list[Problem] = []
        self._prefix = prefix

    def within(self, prefix: str) -> Checks:
        """The same list, for fields beneath ``prefix``."""
        inner = Checks(f"{self._prefix}{prefix}.")
        inner.problems = self.problems
        return inner

    def wrong(self, field: str, value: object, message: str, expected: str) -> None:
        """Note one problem."""
        name = f"{self._prefix}{field}"
        self.problems.append(
            Problem("party.field_invalid", message, name, "" if value is None else str(value), expected)
        )

    def text(self, field: str, value: str, what: str, *, required: bool = True, limit: int = NAME_LIMIT) -> str:
        """A text of one line, without leading and trailing space."""
        clean = re.sub(r"\s+", " ", unicodedata.normalize("NFC", value)).strip()
        if required and not clean:
            self.wrong(field, value, f"{what} is missing", "a text")
        elif len(clean) > limit:
            self.wrong(field, value, f"{what} is too long", f"at most {limit} characters")
        elif any(unicodedata.category(letter).startswith("C") for letter in clean):
            self.wrong(field, clean, f"{what} holds a control character", "letters, digits and punctuation")
        return clean

    def email(self, field: str, value: str) -> str:
        """An address as RFC 5321 §4.1.2 writes it, without quoted forms; the domain is lower-cased."""
        clean = value.strip()
        if not _EMAIL.match(clean):
            self.wrong(
                field,
                value,
                f"{value!r} is no e-mail address" if clean else "the e-mail address is missing",
                "name@example.com",
            )
            return clean
        local, _, domain = clean.rpartition("@")
        return f"{local}@{domain.lower()}"

    def phone(self, field: str, value: str, country: str) -> str:
        """A number, national or international, in international form; nothing stays nothing."""
        if not value.strip():
            return ""
        try:
            return Msisdn.parse(value, country or None).e164
        except Invalid as error:
            self.wrong(field, value, error.message, error.expected)
            return value

    def country(self, field: str, value: str) -> str:
        """An ISO 3166-1 alpha-2 code."""
        clean = value.strip().upper()
        if not is_country(clean):
            self.wrong(
                field,
                value,
                f"{value!r} is no country" if clean else "the country is missing",
                "an ISO 3166-1 code such as NL",
            )
        return clean

    def language(self, field: str, value: str, policy: FieldPolicy) -> str:
        """One of the languages that the brand speaks; nothing takes the first of them."""
        clean = value.strip().lower() or next(iter(policy.languages), "")
        if policy.languages and clean not in policy.languages:
            self.wrong(field, value, f"the brand does not speak {value!r}", f"one of {', '.join(policy.languages)}")
        elif clean and clean not in _languages():
            self.wrong(field, value, f"{value!r} is no language", "an ISO 639 code such as nl")
        return clean

    def birth_date(self, field: str, value: date | str | None, today: date) -> date | None:
        """A day in the past that somebody alive can have been born on."""
        born = _as_date(value)
        if born is None:
            self.wrong(
                field,
                value,
                "the birth date is missing" if not value else f"{value!r} is no date",
                "a date such as 1990-02-28",
            )
        elif born > today:
            self.wrong(field, born, "the birth date lies in the future", f"a date up to {today}")
        elif born.year < today.year - OLDEST_YEARS:
            self.wrong(field, born, f"the birth date lies more than {OLDEST_YEARS} years back", "the date of birth")
        return born

    def address(self, value: PostalAddress) -> PostalAddress:
        """All parts of a postal address."""
        country = self.country("country", value.country)
        postcode = self.text("postcode", value.postcode, "the postcode", limit=16).upper()
        if postcode and country in _POSTCODES:
            form, expected = _POSTCODES[country]
            if not form.fullmatch(postcode):
                self.wrong("postcode", value.postcode, f"{value.postcode!r} is no postcode of {country}", expected)
            elif country == "NL":
                postcode = f"{postcode[:4]} {postcode[-2:]}"
        return PostalAddress(
            street1=self.text("street1", value.street1, "the street", limit=LINE_LIMIT),
            street2=self.text("street2", value.street2, "the second address line", required=False, limit=LINE_LIMIT),
            postcode=postcode,
            city=self.text("city", value.city, "the city"),
            region=self.text("region", value.region, "the region", required=False),
            country=country,
        )

    def identification(self, value: Identification, today: date) -> Identification:
        """An identity document that is still valid."""
        number = re.sub(r"[\s-]", "", value.number).upper()
        if not number.isalnum() or not 4 <= len(number) <= 20:
            self.wrong("number", value.number, "the document number is wrong", "4 to 20 letters and digits")
        if value.valid_until is not None and value.valid_until < today:
            self.wrong("valid_until", value.valid_until, "the document has expired", f"a date from {today} on")
        return Identification(
            kind=DocumentKind(value.kind),
            number=number,
            country=self.country("country", value.country),
            valid_until=value.valid_until,
        )

    def vat_id(self, field: str, value: str) -> str:
        """A VAT number of a member state of the EU with a right check digit; nothing stays nothing."""
        if not value.strip():
            return ""
        try:
            return str(vat.validate(value))
        except ValidationError:
            self.wrong(field, value, f"{value!r} is no VAT number", "country prefix and number, such as NL004495445B01")
            return value


def check_individual(new: NewIndividual, policy: FieldPolicy, today: date) -> tuple[NewIndividual, tuple[Problem, ...]]:
    """The person with every field cleaned, and everything that is wrong with it."""
    checks = Checks()
    address = _address(checks, new.address, policy)
    born = None
    if policy.complete or new.birth_date:
        born = checks.birth_date("birth_date", new.birth_date, today)
    cleaned = NewIndividual(
        given_name=checks.text("given_name", new.given_name, "the given name"),
        family_name=checks.text("family_name", new.family_name, "the family name"),
        middle_name=checks.text("middle_name", new.middle_name, "the middle name", required=False),
        title=checks.text("title", new.title, "the title", required=False),
        email=checks.email("email", new.email) if policy.complete or new.email else "",
        phone=checks.phone("phone", new.phone, address.country if address else ""),
        address=address,
        birth_date=born,
        language=checks.language("language", new.language, policy),
        nationality=checks.country("nationality", new.nationality) if new.nationality else "",
        identification=checks.within("identification").identification(new.identification, today)
        if new.identification
        else None,
    )
    return cleaned, tuple(checks.problems)


def check_organization(new: NewOrganization, policy: FieldPolicy) -> tuple[NewOrganization, tuple[Problem, ...]]:
    """The organisation with every field cleaned, and everything that is wrong with it."""
    checks = Checks()
    address = _address(checks, new.address, policy)
    cleaned = NewOrganization(
        trading_name=checks.text("trading_name", new.trading_name, "the trading name", limit=LINE_LIMIT),
        legal_name=checks.text("legal_name", new.legal_name, "the legal name", required=False, limit=LINE_LIMIT),
        registration_number=checks.text(
            "registration_number", new.registration_number, "the registration number", required=False
        ),
        vat_id=checks.vat_id("vat_id", new.vat_id),
        email=checks.email("email", new.email) if policy.complete or new.email else "",
        phone=checks.phone("phone", new.phone, address.country if address else ""),
        address=address,
        language=checks.language("language", new.language, policy),
    )
    return cleaned, tuple(checks.problems)


def _address(checks: Checks, address: PostalAddress | None, policy: FieldPolicy) -> PostalAddress | None:
    if address is None:
        if policy.complete:
            checks.wrong("address", None, "the postal address is missing", "street, postcode, city and country")
        return None
    return checks.within("address").address(address)


def _as_date(value: date | str | None) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip()) if value else None
    except ValueError:
        return None


@cache
def _languages() -> frozenset[str]:
    return frozenset(map(str, Locale("en").languages))
