"""Reading receipts (SMPP 3.4 clause 5.2.12 and appendix B; TLVs 5.3.2.12 and 5.3.2.35)."""

from __future__ import annotations

import re

from linehouse.notify.sms import Receipt, ReceiptState

_KIND_BITS = 0x3C
_DELIVERY_RECEIPT = 0x04
_BY_WORD = {
    "DELIVRD": ReceiptState.DELIVERED,
    "EXPIRED": ReceiptState.FAILED,
    "DELETED": ReceiptState.FAILED,
    "UNDELIV": ReceiptState.FAILED,
    "REJECTD": ReceiptState.FAILED,
    "ACCEPTD": ReceiptState.UNDERWAY,
    "ENROUTE": ReceiptState.UNDERWAY,
    "UNKNOWN": ReceiptState.UNDERWAY,
}
_BY_NUMBER = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
_FIELD = re.compile(r"\b(id|stat|err|done date):\s*(\S*)", re.IGNORECASE)


def is_receipt(esm_class: int) -> bool:
    """Whether a deliver_sm is a receipt of the centre, and not somebody's message."""
    return esm_class & _KIND_BITS == _DELIVERY_RECEIPT


def read_receipt(text: bytes, receipted_id: str = "", state: int | None = None) -> Receipt | None:
    """The receipt from its text and its TLVs, which count more; None when it names no message or no known state.

    The text's form is the usual one, which the specification leaves to each centre.
    """
    found = {name.lower(): value for name, value in _FIELD.findall(text.decode("latin-1"))}
    number = receipted_id or found.get("id", "")
    word = _BY_NUMBER.get(state or 0) or found.get("stat", "").upper()[:7]
    known = _BY_WORD.get(word)
    if not number or known is None:
        return None
    error = found.get("err", "")
    words = f"stat:{word}" + (f" err:{error}" if error.strip("0") else "")
    when = found.get("done date", "")
    return Receipt(number, known, words + (f" done:{when}" if when else ""))
