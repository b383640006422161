"""Keeping personal values and secrets out of logs and traces.

Code should not log them in the first place. This is the net below: it covers what foreign libraries and the texts of
exceptions carry. It errs on the side of hiding.
"""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"

_SECRET_NAMES = ("password", "passwd", "secret", "token", "authorization", "cookie", "api_key", "private_key")
_PERSONAL_NAMES = frozenset(
    {
        "address",
        "birth_date",
        "city",
        "customer_name",
        "document_number",
        "e_mail",
        "email",
        "family_name",
        "first_name",
        "full_name",
        "given_name",
        "iban",
        "iccid",
        "imei",
        "imsi",
        "last_name",
        "msisdn",
        "phone",
        "phone_number",
        "postcode",
        "recipient",
        "street",
    }
)
_TEXT_RULES = (
    # The login part of a URL.
    (re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]*(?=@)"), HIDDEN),
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"), "[iban]"),
    # Telephone numbers, IMSI, IMEI, ICCID: a run of 9 to 20 digits that is no part of a longer word, path or amount.
    (re.compile(r"(?<![\w.\-/:])\+?\d{9,20}(?![\w\-/:]|\.\d)"), "[number]"),
    # Telephone numbers written in groups.
    (re.compile(r"(?<!\w)\+\d{1,3}(?:[ -]\d{1,5}){2,6}(?!\w)"), "[number]"),
)
_DEEPEST = 6


def redacted_text(text: str) -> str:
    """The text with e-mail addresses, bank accounts, telephone and card numbers, and URL log-ins replaced."""
    for pattern, replacement in _TEXT_RULES:
        text = pattern.sub(replacement, text)
    return text


def redacted(name: str, value: Any, depth: int = 0) -> Any:
    """A value fit for a log: hidden altogether when its name says that it is personal or secret."""
    plain_name = name.lower().replace("-", "_")
    if value is None or isinstance(value, bool):
        return value
    if plain_name in _PERSONAL_NAMES or any(part in plain_name for part in _SECRET_NAMES):
        return HIDDEN
    if isinstance(value, int | float):
        return value
    if depth >= _DEEPEST:
        return HIDDEN
    if isinstance(value, Mapping):
        return {str(key): redacted(str(key), inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted("", inner, depth + 1) for inner in value]
    return redacted_text(value if isinstance(value, str) else str(value))
