"""A TAP file as usage: checked first (version, groups, totals), then mapped event by event."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linehouse.edge.network.ber import BerError
from linehouse.edge.network.tap3.codec import Group, TapFile, decode
from linehouse.edge.network.tap3.events import Context, record_of
from linehouse.edge.network.tap3.totals import Declared, declared, disagreements
from linehouse.edge.network.tap3.words import offset_minutes, text, zoned_instant
from linehouse.kernel.error import Invalid
from linehouse.kernel.money import require_currency
from linehouse.rating.values import Direction, UsageType
from linehouse.usage.errors import FeedInvalid, FileRefused, Refusal
from linehouse.usage.values import FileTotals, ParsedFile, WholesaleCharge

SPECIFICATION = 3
RELEASES = range(1, 13)
DECIMALS = range(13)
_SDR = "XDR"
"""Charges are in special drawing rights unless TAP Currency says otherwise (TD.57, Total Charge)."""
_TADIG = re.compile(r"^[A-Z0-9]{5}$")


def read(data: bytes, settings: Mapping[str, Any]) -> ParsedFile:
    """Read a whole file. ``settings['messaging-services']`` names the codes of messaging events (``1: sms out``).

    Raises FileRefused: unreadable with the byte offset, of an unknown version, or without a group that it must have.
    """
    try:
        file = decode(data)
    except BerError as error:
        raise FileRefused(Refusal.UNREADABLE, str(error), offset=error.offset) from error
    head = file.group("batchControlInfo")
    version = _version(head)
    sender, recipient, sequence = _parties(head)
    made = zoned_instant(head.get("fileCreationTimeStamp")) or zoned_instant(head.get("fileAvailableTimeStamp"))
    if file.notification:
        return ParsedFile(
            version,
            sender,
            recipient,
            sequence,
            (),
            FileTotals(0),
            created_at=made,
            notification=True,
            test=_is_test(head),
        )
    _require_groups(file)
    context = _context(file, sender, settings)
    said = declared(file)
    return ParsedFile(
        version,
        sender,
        recipient,
        sequence,
        tuple(record_of(event, context) for event in file.events),
        FileTotals(
            said.events,
            _charge(said.charge, said.charge_refund, context),
            _charge(said.tax, said.tax_refund, context),
        ),
        created_at=made,
        test=_is_test(head),
        disagreements=disagreements(file),
        notes=tuple(_notes(file, context, said)),
    )


def check_settings(settings: Mapping[str, Any]) -> None:
    """Judge a feed's settings. Raises FeedInvalid."""
    for word in settings:
        if word != "messaging-services":
            raise FeedInvalid(
                f"{word!r} is no setting of TAP",
                field=f"settings.{word}",
                value=settings[word],
                expected="messaging-services",
            )
    _messaging(settings)


def _messaging(settings: Mapping[str, Any]) -> dict[int, str]:
    services = settings.get("messaging-services") or {}
    try:
        meanings = {int(code): str(words) for code, words in services.items()}
        for words in meanings.values():
            usage_type, direction = words.split()
            UsageType(usage_type), Direction(direction)
    except (AttributeError, TypeError, ValueError):
        raise FeedInvalid(
            "messaging services are codes with their meaning",
            field="settings.messaging-services",
            value=services,
            expected="1: sms out",
        ) from None
    return meanings


def _version(head: Group) -> str:
    specification, release = head.get("specificationVersionNumber"), head.get("releaseVersionNumber")
    if specification != SPECIFICATION or release not in RELEASES:
        raise FileRefused(
            Refusal.UNKNOWN_VERSION,
            f"TAP version {specification}.{release} is not known",
            field="version",
            value=f"{specification}.{release}",
            expected=f"{SPECIFICATION}.{RELEASES.start} to {SPECIFICATION}.{RELEASES.stop - 1}",
        )
    return f"{specification}.{release:02d}"


def _parties(head: Group) -> tuple[str, str, str]:
    sender, recipient, sequence = (text(head.get(name)) for name in ("sender", "recipient", "fileSequenceNumber"))
    for field, value in (("sender", sender), ("recipient", recipient)):
        if not _TADIG.match(value):
            raise FileRefused(
                Refusal.MISSING_GROUP, f"{field} is no TADIG code", field=field, value=value, expected="five characters"
            )
    if not (sequence.isdigit() and 1 <= len(sequence) <= 5):
        raise FileRefused(
            Refusal.MISSING_GROUP,
            "the file sequence number is missing or no number",
            field="fileSequenceNumber",
            value=sequence,
            expected="00001 to 99999",
        )
    return sender, recipient, sequence


def _is_test(head: Group) -> bool:
    return text(head.get("fileTypeIndicator")) == "T"


def _require_groups(file: TapFile) -> None:
    present = {
        "accountingInfo.tapDecimalPlaces": "tapDecimalPlaces" in file.group("accountingInfo"),
        "networkInfo.utcTimeOffsetInfo": bool(file.group("networkInfo").get("utcTimeOffsetInfo")),
        "callEventDetails": file.has_events,
        "auditControlInfo": bool(file.group("auditControlInfo")),
    }
    missing = [name for name, there in present.items() if not there]
    # A batch without events carries no amounts and no times: it needs neither decimals nor offsets.
    if missing and (file.events or "auditControlInfo" in missing or "callEventDetails" in missing):
        raise FileRefused(
            Refusal.MISSING_GROUP,
            f"the file lacks {', '.join(missing)}",
            field=missing[0],
            expected="present in every transfer batch",
        )


def _context(file: TapFile, sender: str, settings: Mapping[str, Any]) -> Context:
    accounting, network = file.group("accountingInfo"), file.group("networkInfo")
    currency = text(accounting.get("tapCurrency")) or _SDR
    try:
        require_currency(currency)
    except Invalid as error:
        raise FileRefused(
            Refusal.UNREADABLE, error.message, field="tapCurrency", value=currency, expected=error.expected
        ) from error
    decimals = accounting.get("tapDecimalPlaces", 0)
    if decimals not in DECIMALS:
        raise FileRefused(
            Refusal.UNREADABLE,
            f"amounts with {decimals} decimal places are not possible",
            field="tapDecimalPlaces",
            value=decimals,
            expected=f"{DECIMALS.start} to {DECIMALS.stop - 1}",
        )
    offsets = {
        info["utcTimeOffsetCode"]: minutes
        for info in network.get("utcTimeOffsetInfo", ())
        if "utcTimeOffsetCode" in info and (minutes := offset_minutes(text(info.get("utcTimeOffset")))) is not None
    }
    return Context(
        sender=sender,
        currency=currency,
        decimals=decimals,
        offsets=offsets,
        entities={
            info["recEntityCode"]: _entity(info) for info in network.get("recEntityInfo", ()) if "recEntityCode" in info
        },
        messaging=_messaging(settings),
    )


def _entity(info: Group) -> str:
    names = ("recEntityId", "oldMscId", "oldIPv4Address", "oldIPv6Address", "oldGmlcAddress")
    return next((text(info[name]) for name in names if info.get(name)), "")


def _charge(amount: int | None, refund: int | None, context: Context) -> WholesaleCharge | None:
    if amount is None:
        return None
    return WholesaleCharge(amount - (refund or 0), context.decimals, context.currency)


def _notes(file: TapFile, context: Context, said: Declared) -> list[str]:
    notes = []
    local = text(file.group("accountingInfo").get("localCurrency"))
    if local and local != context.currency:
        notes.append(f"local currency {local}" + "".join(_rates(file, local, context.currency)))
    if file.strays:
        tags = sorted({stray.tag[1] for stray in file.strays})
        notes.append(f"{len(file.strays)} elements not read, tags {', '.join(map(str, tags))}")
    if unread := sum(event.body is None for event in file.events):
        notes.append(f"{unread} of {said.events} events could not be read; the sums were not compared")
    return notes


def _rates(file: TapFile, local: str, currency: str) -> list[str]:
    rates = []
    for rate in file.group("accountingInfo").get("currencyConversionInfo", ()):
        whole, places = str(rate.get("exchangeRate", 0)), rate.get("numberOfDecimalPlaces", 0)
        written = whole.rjust(places + 1, "0")
        shown = f"{written[:-places]}.{written[-places:]}" if places else written
        rates.append(f", 1 {currency} = {shown} {local} (code {rate.get('exchangeRateCode')})")
    return rates
