"""``brand.yaml``: who the brand is."""

from __future__ import annotations

import re
import string

from stdnum import bic, iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

from linehouse.catalog.text.law import read_law, read_price_jump
from linehouse.catalog.text.prepaid_life import read_prepaid_life
from linehouse.catalog.values import (
    PRICE_JUMP,
    AccountDefaults,
    BankAccount,
    BrandProfile,
    FriendList,
    LegalEntity,
    Look,
    TaxMode,
)
from linehouse.kernel.error import DomainError
from linehouse.kernel.money import require_currency
from linehouse.kernel.numbering import Plmn
from linehouse.rating.countries import known_countries
from linehouse.rating.regulation import ChosenLaw
from linehouse.rating.yaml_source import FieldSet, MarkedNode

BRAND = FieldSet(
    "brand",
    required=(
        "brand", "name", "country", "currency", "time-zone", "languages", "prices", "tax-country", "home-network",
        "legal-entity", "bank-account", "look", "accounts", "number-series",
    ),
    optional=("cost-tariff", "friend-lists", "regulation", "lint", "prepaid-life"),
)  # fmt: skip
LEGAL_ENTITY = FieldSet(
    "legal entity",
    required=("name", "street", "postcode", "city", "country", "registration", "vat-id", "email", "phone"),
)
BANK_ACCOUNT = FieldSet("bank account", required=("iban", "bic", "holder"))
LOOK = FieldSet("look", required=("logo-text", "primary", "on-primary", "accent"))
FRIEND_LIST = FieldSet("list of friends", required=("name", "maximum"))
MOST_FRIENDS = 100
"""A list is for a few numbers that somebody chose; more is a tariff of its own."""
ACCOUNTS = FieldSet("account default", required=("cycle-day", "payment-terms-days", "delivery"))
SERIES = ("customer", "billing-account", "order", "product", "bill-run", "invoice", "credit-note", "payment")
"""Number series that every brand declares."""
DELIVERY = ("email", "print")

_COLOUR = re.compile(r"^#[0-9a-f]{6}$")
_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}$")


def parse_brand(node: MarkedNode) -> BrandProfile:
    """The brand's profile. Raises SourceTextInvalid at the first thing that is wrong."""
    given = node.mapping(BRAND)
    return BrandProfile(
        key=given["brand"].key(),
        name=given["name"].text(),
        country=_country(given["country"]),
        currency=_currency(given["currency"]),
        zone=given["time-zone"].zone(),
        languages=_languages(given["languages"]),
        price_mode=TaxMode(given["prices"].choice(TaxMode)),
        tax_country=_country(given["tax-country"]),
        home_network=_plmn(given["home-network"]),
        legal_entity=_legal_entity(given["legal-entity"]),
        bank_account=_bank_account(given["bank-account"]),
        look=_look(given["look"]),
        account_defaults=_accounts(given["accounts"]),
        series=_series(given["number-series"]),
        cost_tariff=given["cost-tariff"].key() if "cost-tariff" in given else None,
        friend_lists=_friend_lists(given["friend-lists"]) if "friend-lists" in given else {},
        law=read_law(given["regulation"]) if "regulation" in given else ChosenLaw(),
        prepaid_life=read_prepaid_life(given["prepaid-life"]) if "prepaid-life" in given else None,
        price_jump=read_price_jump(given["lint"]) if "lint" in given else PRICE_JUMP,
    )


def _friend_lists(node: MarkedNode) -> dict[str, FriendList]:
    found = {}
    for key, one in node.entries().items():
        if not _KEY.match(key):
            one.fail(f"{key!r} is no key", "small letters, digits and hyphens, as tariffs write it")
        given = one.mapping(FRIEND_LIST)
        maximum = given["maximum"].integer(1)
        if maximum > MOST_FRIENDS:
            given["maximum"].fail(f"{maximum} numbers are too many", f"at most {MOST_FRIENDS}")
        found[key] = FriendList(key=key, name=given["name"].text(), maximum=maximum)
    return found


def _legal_entity(node: MarkedNode) -> LegalEntity:
    given = node.mapping(LEGAL_ENTITY)
    try:
        vat_id = str(vat.validate(given["vat-id"].text()))
    except ValidationError:
        given["vat-id"].fail(f"{given['vat-id'].text()!r} is no VAT number", "such as NL800000006B01")
    return LegalEntity(
        name=given["name"].text(),
        street=given["street"].text(),
        postcode=given["postcode"].text(),
        city=given["city"].text(),
        country=_country(given["country"]),
        registration_number=given["registration"].text(),
        vat_id=vat_id,
        email=given["email"].text(),
        phone=given["phone"].text(),
    )


def _bank_account(node: MarkedNode) -> BankAccount:
    given = node.mapping(BANK_ACCOUNT)
    try:
        number = str(iban.validate(given["iban"].text()))
    except ValidationError:
        given["iban"].fail(f"{given['iban'].text()!r} is no IBAN", "an account number with right check digits")
    try:
        bank = str(bic.validate(given["bic"].text()))
    except ValidationError:
        given["bic"].fail(f"{given['bic'].text()!r} is no BIC", "8 or 11 letters and digits")
    return BankAccount(iban=number, bic=bank, holder=given["holder"].text())


def _look(node: MarkedNode) -> Look:
    given = node.mapping(LOOK)
    colours = {}
    for name in ("primary", "on-primary", "accent"):
        colours[name] = given[name].text().lower()
        if not _COLOUR.match(colours[name]):
            given[name].fail(f"{given[name].text()!r} is no colour", '"#rrggbb" in quotation marks')
    return Look(
        logo_text=given["logo-text"].text(),
        primary=colours["primary"],
        on_primary=colours["on-primary"],
        accent=colours["accent"],
    )


def _accounts(node: MarkedNode) -> AccountDefaults:
    given = node.mapping(ACCOUNTS)
    day = given["cycle-day"].integer(1)
    if day > 31:
        given["cycle-day"].fail(f"there is no day {day}", "1 to 31")
    return AccountDefaults(
        cycle_day=day,
        payment_terms_days=given["payment-terms-days"].integer(0),
        delivery=tuple(item.choice(DELIVERY) for item in given["delivery"].many()),
    )


_WIDTH = re.compile(r"(0?\d{1,2}d?)?")
"""What may stand behind ``{n:``."""


def _series(node: MarkedNode) -> dict[str, str]:
    given = node.mapping(FieldSet("number series", required=SERIES))
    return {name: _pattern(given[name]) for name in SERIES}


def _pattern(node: MarkedNode) -> str:
    text = node.text()
    try:
        parsed = list(string.Formatter().parse(text))
        fields = [name for _, name, _, _ in parsed if name is not None]
        # Looked at before anything is written: a width is a few characters and can ask for gigabytes.
        if any(not _WIDTH.fullmatch(width or "") or conversion for _, _, width, conversion in parsed):
            node.fail(f"{text!r} is no pattern", "a width of at most two digits, such as C-{n:06d}")
        shown = text.format(n=1)
    except (ValueError, KeyError, IndexError):
        node.fail(f"{text!r} is no pattern", "such as C-{n:06d}")
    if fields != ["n"] or not shown.isascii():
        node.fail(f"{text!r} has no place for the number", "one {n}, such as C-{n:06d}")
    return text


def _languages(node: MarkedNode) -> tuple[str, ...]:
    found = tuple(item.text() for item in node.many())
    for item, language in zip(node.many(), found, strict=True):
        if not _LANGUAGE.match(language):
            item.fail(f"{language!r} is no language", "a code such as nl or en")
    return found


def _country(node: MarkedNode) -> str:
    if node.text() not in known_countries():
        node.fail(f"{node.text()!r} is no country", "an ISO 3166-1 code such as NL")
    return node.text()


def _currency(node: MarkedNode) -> str:
    try:
        return require_currency(node.text())
    except DomainError as problem:
        node.fail(problem.message, problem.expected)


def _plmn(node: MarkedNode) -> Plmn:
    try:
        return Plmn.parse(node.text())
    except DomainError as problem:
        node.fail(problem.message, "MCC-MNC such as 204-04")
