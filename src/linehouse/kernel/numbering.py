"""Numbers of the mobile network: MSISDN, ICCID, IMEI, IMSI, PLMN, each checked when it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from linehouse.kernel.error import Invalid

_DIGITS = re.compile(r"^\d+$")


def luhn_digit(body: str) -> str:
    """The check digit (ISO/IEC 7812-1 Annex B) that completes ``body``."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit)
        if place % 2 == 0:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return str(-total % 10)


def _require_digits(text: str, field: str, lengths: range) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if not _DIGITS.match(digits) or len(digits) not in lengths:
        span = f"{lengths.start}" if len(lengths) == 1 else f"{lengths.start} to {lengths.stop - 1}"
        raise Invalid(f"{text!r} is no {field.upper()}", field=field, value=text, expected=f"{span} digits")
    return digits


def _require_luhn(digits: str, field: str) -> str:
    if (right := luhn_digit(digits[:-1])) != digits[-1]:
        raise Invalid(f"{digits} has a wrong check digit", field=field, value=digits, expected=f"{digits[:-1]}{right}")
    return digits


@dataclass(frozen=True, slots=True, order=True)
class Msisdn:
    """A subscriber number in international form (ITU-T E.164): ``digits`` without the plus sign."""

    digits: str

    @classmethod
    def parse(cls, text: str, region: str | None = None) -> Msisdn:
        """From national or international writing; ``region`` (ISO 3166) is for the national one. Raises Invalid."""
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise Invalid(
                f"{text!r} is no telephone number", field="msisdn", value=text, expected="a number such as +31612345678"
            )
        return cls(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:])

    @property
    def e164(self) -> str:
        """With the plus sign."""
        return f"+{self.digits}"

    @property
    def masked(self) -> str:
        """For logs and screens of those who need not see it: the last three digits."""
        return f"…{self.digits[-3:]}"

    def __str__(self) -> str:
        return self.e164


@dataclass(frozen=True, slots=True, order=True)
class Iccid:
    """A SIM card's serial number (ITU-T E.118): 19 or 20 digits, the last a check digit."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Iccid:
        """Checks length, the leading 89 and the check digit. Raises Invalid."""
        digits = _require_digits(text, "iccid", range(18, 21))
        if not digits.startswith("89"):
            raise Invalid(f"{text!r} is no ICCID", field="iccid", value=text, expected="digits that begin with 89")
        return cls(_require_luhn(digits, "iccid"))

    @classmethod
    def with_check_digit(cls, body: str) -> Iccid:
        """Complete the first digits by their check digit."""
        return cls.parse(body + luhn_digit(body))

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True, order=True)
class Imei:
    """A device's identity (3GPP TS 23.003 §6.2.1): 15 digits, the last a check digit."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Imei:
        """15 digits with a right check digit; 14 are completed, the version of a 16-digit IMEISV is left off.

        Raises Invalid.
        """
        digits = _require_digits(text, "imei", range(14, 17))
        if len(digits) == 15:
            return cls(_require_luhn(digits, "imei"))
        return cls(digits[:14] + luhn_digit(digits[:14]))

    @property
    def tac(self) -> str:
        """Type allocation code: the first eight digits, which name the model."""
        return self.digits[:8]

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True, order=True)
class Imsi:
    """A subscriber's identity in the network (3GPP TS 23.003 §2.2): up to 15 digits, led by the MCC."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Imsi:
        """Raises Invalid unless it has 6 to 15 digits."""
        return cls(_require_digits(text, "imsi", range(6, 16)))

    @property
    def mcc(self) -> str:
        """Mobile country code."""
        return self.digits[:3]

    @property
    def masked(self) -> str:
        """Country and network stay, the subscriber's part does not."""
        return f"{self.digits[:5]}…{self.digits[-2:]}"

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True, order=True)
class Plmn:
    """A mobile network (3GPP TS 23.003 §12.1): country code of 3 digits and network code of 2 or 3."""

    mcc: str
    mnc: str

    def __post_init__(self) -> None:
        if not (_DIGITS.match(self.mcc) and len(self.mcc) == 3 and _DIGITS.match(self.mnc) and len(self.mnc) in (2, 3)):
            raise Invalid(
                f"{self.mcc}-{self.mnc} is no network code",
                field="plmn",
                value=f"{self.mcc}-{self.mnc}",
                expected="MCC-MNC",
            )

    @classmethod
    def parse(cls, text: str) -> Plmn:
        """From ``204-04`` or ``20404``. Raises Invalid."""
        mcc, dash, mnc = text.partition("-")
        return cls(mcc, mnc) if dash else cls(text[:3], text[3:])

    def __str__(self) -> str:
        return f"{self.mcc}-{self.mnc}"
