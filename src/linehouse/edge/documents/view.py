"""An invoice document as words and figures for a template: everything formatted for its language, nothing computed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import yaml
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal

from linehouse.billing.document import DocumentLine, InvoiceDocument, Subscription, UsageRow
from linehouse.billing.invoice import DocumentKind
from linehouse.billing.reference import grouped, is_creditor_reference
from linehouse.billing.values import LineKind
from linehouse.catalog.values import TaxMode
from linehouse.kernel.money import Money, money_sum
from linehouse.kernel.period import DatePeriod
from linehouse.kernel.quantity import Quantity, Unit
from linehouse.rating.service import country_of_mcc

_TEXTS = Path(__file__).parent / "texts"
_FALLBACK = "en"
_COLOURS = {"primary": "#1d4e5f", "on_primary": "#ffffff", "accent": "#e2553d"}
_PLMN = re.compile(r"^(\d{3})-\d{2,3}$")
_SCALES = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


@cache
def words_of(language: str) -> Mapping[str, str]:
    """The document words of a language; a language without a file gets English."""
    path = _TEXTS / f"{language}.yaml"
    if not path.is_file():
        path = _TEXTS / f"{_FALLBACK}.yaml"
    words: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return words


def languages() -> tuple[str, ...]:
    """The languages in which documents can be written."""
    return tuple(sorted(path.stem for path in _TEXTS.glob("*.yaml")))


class Formatter:
    """Dates, amounts and quantities as people of one language write them."""

    def __init__(self, language: str) -> None:
        self.words = words_of(language)
        self.language = language if language in languages() else _FALLBACK
        self._locale = Locale.parse(self.language)

    def money(self, amount: Money) -> str:
        """With the currency's sign; more than the minor digits only where they carry value."""
        decimals = max(amount.minor_digits, len(amount.text.partition(".")[2]))
        pattern = f"¤\u00a0#,##0.{'0' * decimals}" if decimals else "¤\u00a0#,##0"
        pattern = f"{pattern};\u2212{pattern}"
        return format_currency(amount.decimal, amount.currency, pattern, locale=self._locale, currency_digits=False)

    def day(self, day: date) -> str:
        """``1 December 2026``."""
        return format_date(day, "d MMMM yyyy", locale=self._locale)

    def short_day(self, day: date) -> str:
        """``1 Dec 2026``."""
        return format_date(day, "d MMM yyyy", locale=self._locale)

    def moment(self, at: datetime) -> str:
        """``1 Dec 14:03:09``, in the document's zone."""
        return f"{format_date(at, 'd MMM', locale=self._locale)} {format_time(at, 'HH:mm:ss', locale=self._locale)}"

    def period(self, period: DatePeriod | None) -> str:
        """First and last day, or the one day."""
        if period is None:
            return ""
        if period.days == 1:
            return self.short_day(period.start)
        same_year = period.start.year == period.last.year
        first = format_date(period.start, "d MMM" if same_year else "d MMM yyyy", locale=self._locale)
        return f"{first} – {self.short_day(period.last)}"

    def quantity(self, quantity: Quantity) -> str:
        """``14:03`` for time, ``1.52 GB`` for data (three digits, the exact figure is on the record), else a count."""
        if quantity.unit is Unit.MILLISECOND:
            seconds, rest = divmod(abs(quantity.amount), 1000)
            seconds += rest > 0
            hours, seconds = divmod(seconds, 3600)
            minutes, seconds = divmod(seconds, 60)
            return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
        if quantity.unit is Unit.OCTET:
            for scale, name in _SCALES:
                if quantity.amount >= scale:
                    thousandths = quantity.amount * 1000 // scale
                    whole, part = divmod(thousandths, 1000)
                    digits = f"{part:03d}".rstrip("0")
                    text = Money.of(f"{whole}.{digits or '0'}", "EUR").decimal
                    return f"{format_decimal(text, '#,##0.###', locale=self._locale)} {name}"
            return f"{quantity.amount} B"
        return str(quantity.amount)

    def percent(self, percent: Decimal) -> str:
        """``21 %``."""
        return f"{format_decimal(percent, '0.##', locale=self._locale)} %"

    def place(self, place: str) -> str:
        """The country of a network (``228-01``) or of a code (``CH``) in words; anything else as it is."""
        found = _PLMN.match(place)
        country = country_of_mcc(found[1]) if found else place
        return str(self._locale.territories.get(country or "", place))

    def records(self, count: int) -> str:
        """``1 record``, ``12 records``."""
        return self.words["records_one"] if count == 1 else self.words["records_many"].format(count=count)


def invoice_view(document: InvoiceDocument, wordmark: str) -> dict[str, Any]:
    """What the invoice template shows. Values are text, lists of text, or flags."""
    form = Formatter(document.language)
    words = form.words
    credit = document.kind is DocumentKind.CREDIT_NOTE
    title = f"{words['credit_note' if credit else 'invoice']} {document.number}"
    gross_mode = document.mode is TaxMode.GROSS
    return {
        "language": form.language,
        "title": title,
        "headline": title,
        "words": dict(words),
        "wordmark": wordmark,
        "colours": {**_COLOURS, **document.colours},
        "seller": _seller(document, words),
        "buyer": {"address": _buyer(document), "account": document.buyer.account_number},
        "facts": _facts(document, form, credit),
        "due": _due(document, form),
        "amount_heading": words["amount_incl" if gross_mode else "amount_excl"],
        "subscriptions": [_subscription(document, part, form) for part in _parts(document)],
        "taxes": [
            [
                form.percent(tax.percent),
                form.money(tax.net),
                form.money(tax.tax),
                form.money(tax.gross),
            ]
            for tax in document.taxes
        ],
        "tax_notes": [words["reverse_charge"]] if any(tax.category == "AE" for tax in document.taxes) else [],
        "totals": _totals(document, form),
        "payment": _payment(document, form),
        "basis": [_basis(line, form, document.currency) for line in document.lines],
        "usage": _usage(document, form),
        "questions": words["questions"].format(email=document.seller.email, phone=_phone(document.seller.phone)),
    }


def _seller(document: InvoiceDocument, words: Mapping[str, str]) -> dict[str, Any]:
    seller = document.seller
    address = [seller.name, seller.street, f"{seller.postcode} {seller.city}"]
    legal = [seller.name, f"{seller.street}, {seller.postcode} {seller.city}"]
    ids = [f"{words['registration']} {seller.registration}", f"{words['vat_id']} {seller.vat_id}"]
    if seller.iban:
        ids.append(f"{words['iban']} {_blocks(seller.iban)}")
    contact = [part for part in (seller.email, _phone(seller.phone), seller.website) if part]
    footer = [" · ".join(legal + contact), " · ".join(ids)]
    return {"name": seller.name, "address": [*address, *contact], "footer": footer}


def _buyer(document: InvoiceDocument) -> list[str]:
    buyer = document.buyer
    lines = [buyer.name, buyer.street, f"{buyer.postcode} {buyer.city}".strip()]
    if buyer.country != document.seller.country:
        lines.append(Locale.parse(document.language).territories.get(buyer.country, buyer.country))
    if buyer.vat_id:
        lines.append(buyer.vat_id)
    return [line for line in lines if line]


def _facts(document: InvoiceDocument, form: Formatter, credit: bool) -> list[tuple[str, str]]:
    words = form.words
    rows = [
        (words["credit_note_number" if credit else "invoice_number"], document.number),
        (words["invoice_date"], form.day(document.issue_date)),
        (words["period"], form.period(document.period)),
    ]
    if not credit:
        rows.append((words["due_date"], form.day(document.due_date)))
    if document.refers_to:
        rows.append((words["refers_to"], document.refers_to))
    rows.append((words["customer_number"], document.buyer.customer_number))
    rows.append((words["account_number"], document.buyer.account_number))
    return [row for row in rows if row[1]]


def _due(document: InvoiceDocument, form: Formatter) -> dict[str, str]:
    words, payable = form.words, document.payable
    if payable.micros < 0:
        return {"label": words["amount_credited"], "text": words["credit_used"], "amount": form.money(-payable)}
    if not payable:
        return {"label": words["nothing_due"], "text": words["paid_already"], "amount": form.money(payable)}
    pay_by = words["pay_by"].format(date=form.day(document.due_date))
    return {"label": words["amount_due"], "text": pay_by, "amount": form.money(payable)}


def _parts(document: InvoiceDocument) -> list[Subscription]:
    known = {part.reference: part for part in document.subscriptions}
    references = dict.fromkeys(line.subscription for line in document.lines)
    return [known.get(ref) or Subscription(reference=ref, product=ref, number="") for ref in references]


def _subscription(document: InvoiceDocument, part: Subscription, form: Formatter) -> dict[str, Any]:
    lines = [line for line in document.lines if line.subscription == part.reference]
    total = money_sum([line.amount for line in lines], document.currency)
    return {
        "product": part.product,
        "number": _phone(part.number),
        "lines": [_line(line, form) for line in lines],
        "total": form.money(total),
    }


def _line(line: DocumentLine, form: Formatter) -> dict[str, str]:
    text, detail = line.text, ""
    if line.kind is LineKind.REVERSAL:
        text = form.words["reversal_of"].format(text=line.text)
    days, of_days = line.explanation.get("days"), line.explanation.get("of_days")
    if line.kind is LineKind.USAGE:
        parts = [form.records(line.records)]
        if line.quantity is not None and line.quantity.unit in (Unit.MILLISECOND, Unit.OCTET):
            parts.append(form.quantity(line.quantity))
        detail = " · ".join(parts)
    elif (days is not None and days != of_days) or "minimum" in line.explanation:
        detail = _computed(line, form)
    return {
        "number": str(line.number),
        "text": text,
        "detail": detail,
        "period": form.period(line.period),
        "vat": form.percent(line.tax_percent),
        "amount": form.money(line.amount),
    }


def _computed(line: DocumentLine, form: Formatter) -> str:
    """How the amount came about, in one phrase."""
    facts, words = line.explanation, form.words
    if line.kind is LineKind.USAGE:
        return words["sum_of"].format(records=form.records(line.records), exact=form.money(_money(facts["exact"])))
    if line.kind is LineKind.REVERSAL:
        charged = form.money(_money(facts["charged"]))
        return words["reversed"].format(days=facts["days"], of_days=facts["of_days"], charged=charged)
    if line.kind is LineKind.ADJUSTMENT:
        return facts.get("credit", "")
    if "minimum" in facts:
        least, used = (form.money(_money(facts[name])) for name in ("minimum", "used"))
        return words["minimum_used"].format(minimum=least, used=used)
    price = form.money(_money(facts["price"]))
    if facts.get("days", "") != facts.get("of_days", ""):
        return words["days_of"].format(days=facts["days"], of_days=facts["of_days"], price=price)
    return words["full_price"].format(price=price)


def _money(text: str) -> Money:
    amount, _, currency = text.partition(" ")
    return Money.of(amount, currency)


def _totals(document: InvoiceDocument, form: Formatter) -> list[dict[str, Any]]:
    words = form.words
    rows = [
        {"label": words["total_net"], "amount": form.money(document.net), "strong": False},
        {"label": words["total_tax"], "amount": form.money(document.tax), "strong": False},
        {"label": words["total_gross"], "amount": form.money(document.gross), "strong": not document.prepaid},
    ]
    if document.prepaid:
        rows.append({"label": words["prepaid"], "amount": form.money(-document.prepaid), "strong": False})
        rows.append({"label": words["payable"], "amount": form.money(document.payable), "strong": True})
    return rows


def _payment(document: InvoiceDocument, form: Formatter) -> dict[str, Any] | None:
    seller, words = document.seller, form.words
    if document.payable.micros <= 0 or not seller.iban:
        return None
    reference = document.payment_reference
    shown = grouped(reference) if is_creditor_reference(reference) else reference
    amount = form.money(document.payable)
    rows = [
        (words["amount"], amount),
        (words["due_date"], form.day(document.due_date)),
        (words["account_holder"], seller.account_holder or seller.name),
        (words["iban"], _blocks(seller.iban)),
        (words["bic"], seller.bic),
        (words["reference"], shown),
    ]
    alt = words["qr_alt"].format(amount=amount, holder=seller.account_holder or seller.name, reference=shown)
    return {"rows": [row for row in rows if row[1]], "qr_alt": alt}


def _basis(line: DocumentLine, form: Formatter, currency: str) -> dict[str, str]:
    computed = _computed(line, form)
    if line.amount.currency == currency and not computed.endswith(form.money(line.amount)):
        computed = f"{computed} = {form.money(line.amount)}"
    return {"number": str(line.number), "clause": line.clause, "computed": computed}


def _usage(document: InvoiceDocument, form: Formatter) -> list[dict[str, Any]]:
    parts = []
    for part in _parts(document):
        rows = sorted((row for row in document.usage if row.subscription == part.reference), key=lambda row: row.at)
        if rows:
            shown = [_usage_row(row, form) for row in rows]
            parts.append({"product": part.product, "number": _phone(part.number), "rows": shown})
    return parts


def _usage_row(row: UsageRow, form: Formatter) -> list[str]:
    what = form.words.get(f"{row.usage_type}_{row.direction}", form.words["other"])
    charge = form.money(row.amount)
    if not row.amount and row.covered_by:
        charge = form.words["covered"]
    return [
        str(row.line),
        form.moment(row.at),
        what,
        _phone(row.peer),
        form.place(row.place),
        form.quantity(row.quantity),
        charge,
    ]


def _phone(number: str) -> str:
    """In the international form where it is a number, else as it is: short codes, names, masked numbers."""
    try:
        parsed = phonenumbers.parse(f"+{number.lstrip('+')}")
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_possible_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _blocks(iban: str) -> str:
    plain = iban.replace(" ", "")
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))
