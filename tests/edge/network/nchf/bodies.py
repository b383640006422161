"""Charging data requests, as network functions write them."""

from __future__ import annotations

from typing import Any

HOME = {"mcc": "204", "mnc": "04"}
FRANCE = {"mcc": "208", "mnc": "01"}
SMF = {"nodeFunctionality": "SMF", "nFName": "5f3c2f6e-8a3e-4a57-9c36-7e6f6b7f2f10"}
AT = "2026-11-01T08:00:00Z"


def request(number: int = 0, **more: Any) -> dict[str, Any]:
    """What every request says."""
    return {
        "nfConsumerIdentification": SMF,
        "invocationTimeStamp": f"2026-11-01T07:59:{number % 60:02}Z",
        "invocationSequenceNumber": number,
        **more,
    }


def pdu(*, plmn: dict[str, str] = HOME, charging_id: int = 7, dnn: str = "internet", **more: Any) -> dict[str, Any]:
    """What an SMF tells of a data session."""
    return {
        "chargingId": charging_id,
        "userLocationinfo": {"nrLocation": {"tai": {"plmnId": plmn, "tac": "000001"}, "ncgi": cell(plmn)}},
        "uetimeZone": "+01:00",
        "pduSessionInformation": {
            "pduSessionID": 5,
            "pduType": "IPV4",
            "dnnId": dnn,
            "ratType": "NR",
            "servingCNPlmnId": plmn,
            **more,
        },
    }


def cell(plmn: dict[str, str]) -> dict[str, Any]:
    return {"plmnId": plmn, "nrCellId": "000000010"}


def located(plmn: dict[str, str]) -> dict[str, Any]:
    """Where a part of a session was used."""
    place = {"nrLocation": {"tai": {"plmnId": plmn, "tac": "000001"}, "ncgi": cell(plmn)}}
    return {"pDUContainerInformation": {"userLocationInformation": place}}


def data(
    number: int = 0, *usages: dict[str, Any], session: dict[str, Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A request of a data session."""
    return request(
        number,
        notifyUri=more.pop("notifyUri", "http://127.0.0.1:1/nsmf-callback/notify_1"),
        pDUSessionChargingInformation=pdu() if session is None else session,
        multipleUnitUsage=list(usages),
        **more,
    )


def group(
    number: int = 10, *used: dict[str, Any], want: int | None = None, ask: bool = True, **more: Any
) -> dict[str, Any]:
    """One rating group of it."""
    wanted = {"requestedUnit": {} if want is None else {"totalVolume": want}} if ask else {}
    return {"ratingGroup": number, **wanted, **({"usedUnitContainer": list(used)} if used else {}), **more}


def container(number: int, *triggers: str, management: str = "ONLINE_CHARGING", **units: Any) -> dict[str, Any]:
    """What was used."""
    named = [{"triggerType": one, "triggerCategory": "IMMEDIATE_REPORT"} for one in triggers]
    return {
        "localSequenceNumber": number,
        "quotaManagementIndicator": management,
        **({"triggers": named} if named else {}),
        **units,
    }


def call(number: int, *used: dict[str, Any], want: int | None = None, ask: bool = True, **ims: Any) -> dict[str, Any]:
    """A request of an IMS node for a call."""
    told = {
        "roleOfNode": "ORIGINATING",
        "calledPartyAddress": "tel:+12125550123",
        "imsChargingIdentifier": "icid-1",
        "iMSNodeFunctionality": "AS",
        **ims,
    }
    wanted = {"requestedUnit": {} if want is None else {"time": want}} if ask else {}
    usage = {"ratingGroup": 100, **wanted, **({"usedUnitContainer": list(used)} if used else {})}
    return request(
        number,
        nfConsumerIdentification={"nodeFunctionality": "IMS_Node", "nFFqdn": "as.ims.example"},
        iMSChargingInformation=told,
        multipleUnitUsage=[usage],
    )


def message(number: int = 0, kind: str = "IEC", to: str = "msisdn-12125550123", **more: Any) -> dict[str, Any]:
    """A short message, charged as an event."""
    return request(
        number,
        nfConsumerIdentification={"nodeFunctionality": "SMSF", "nFFqdn": "smsf.example"},
        oneTimeEvent=True,
        oneTimeEventType=kind,
        sMSChargingInformation={
            "sMMessageType": "SUBMISSION",
            "recipientInfo": [{"recipientGPSI": to}],
            "numberofMessagesSent": 1,
            "messageReference": f"m{number}",
        },
        multipleUnitUsage=[{"ratingGroup": 1, "requestedUnit": {"serviceSpecificUnits": 1}}],
        **more,
    )
