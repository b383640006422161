"""TAP batches for tests, as the codec's values."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from linehouse.edge.network.tap3.words import bcd

START = {"localTimeStamp": b"20261102093000", "utcTimeOffsetCode": 1}
CREATED = {"localTimeStamp": b"20261103120000", "utcTimeOffset": b"+0100"}
SUBSCRIBER = ("simChargeableSubscriber", {"imsi": bcd("204041234567890"), "msisdn": bcd("31612345678")})


def charge(amount: int, item: bytes = b"D", units: int = 60, tax: int | None = None) -> dict[str, Any]:
    info: dict[str, Any] = {
        "chargedItem": item,
        "exchangeRateCode": 1,
        "callTypeGroup": {"callTypeLevel1": 2, "callTypeLevel2": 0, "callTypeLevel3": 0},
        "chargeDetailList": [
            {"chargeType": b"00", "charge": amount, "chargeableUnits": units},
            {"chargeType": b"01", "charge": 7, "chargeableUnits": units},
        ],
    }
    if tax is not None:
        info["taxInformation"] = [{"taxCode": 1, "taxValue": tax}]
    return info


def used(service: bytes, info: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"basicService": {"serviceCode": ("teleServiceCode", service)}, "chargeInformationList": [info]}]


PLACE = {"networkLocation": {"recEntityCode": 1, "callReference": b"\x01\x02\x03", "locationArea": 7, "cellId": 8}}

CALL = (
    "mobileOriginatedCall",
    {
        "basicCallInformation": {
            "chargeableSubscriber": SUBSCRIBER,
            "destination": {"calledNumber": bcd("4930123456"), "dialledDigits": b"030123456"},
            "callEventStartTimeStamp": START,
            "totalCallEventDuration": 61,
            "causeForTerm": 4,
        },
        "locationInformation": PLACE,
        "basicServiceUsedList": used(b"11", charge(2000, tax=380)),
    },
)
MESSAGE_IN = (
    "mobileTerminatedCall",
    {
        "basicCallInformation": {
            "chargeableSubscriber": SUBSCRIBER,
            "callOriginator": {"callingNumber": bcd("31653131313"), "sMSOriginator": b"BANK"},
            "callEventStartTimeStamp": START,
            "totalCallEventDuration": 0,
        },
        "locationInformation": PLACE,
        "basicServiceUsedList": used(b"21", charge(0, b"E", 0)),
    },
)
DATA = (
    "gprsCall",
    {
        "gprsBasicCallInformation": {
            "gprsChargeableSubscriber": {"chargeableSubscriber": SUBSCRIBER, "pdpAddress": b"192.0.2.1"},
            "gprsDestination": {"accessPointNameNI": b"INTERNET"},
            "callEventStartTimeStamp": START,
            "totalCallEventDuration": 300,
            "partialTypeIndicator": b"F",
            "chargingId": 4711,
        },
        "gprsLocationInformation": {"gprsNetworkLocation": {"recEntity": [1], "locationArea": 7}},
        "gprsServiceUsed": {
            "dataVolumeIncoming": 1_000_000,
            "dataVolumeOutgoing": 234_567,
            "chargeInformationList": [charge(500, b"X", 1_234_567)],
        },
    },
)


def batch(*events: tuple[str, Any], total: int | None = None, tax: int = 0, count: int | None = None) -> dict[str, Any]:
    """A batch whose totals are those given; ``total`` and ``count`` default to what fits the events above."""
    return deepcopy(
        {
            "batchControlInfo": {
                "sender": b"DEUD2",
                "recipient": b"NLDRM",
                "fileSequenceNumber": b"00042",
                "fileCreationTimeStamp": CREATED,
                "transferCutOffTimeStamp": CREATED,
                "fileAvailableTimeStamp": CREATED,
                "specificationVersionNumber": 3,
                "releaseVersionNumber": 12,
            },
            "accountingInfo": {"localCurrency": b"EUR", "tapDecimalPlaces": 5},
            "networkInfo": {
                "utcTimeOffsetInfo": [{"utcTimeOffsetCode": 1, "utcTimeOffset": b"+0100"}],
                "recEntityInfo": [{"recEntityCode": 1, "recEntityType": 1, "recEntityId": b"MSC1"}],
            },
            "callEventDetails": list(events),
            "auditControlInfo": {
                "totalCharge": total or 0,
                "totalTaxValue": tax,
                "totalDiscountValue": 0,
                "callEventDetailsCount": len(events) if count is None else count,
            },
        }
    )
