"""What is asked and answered in Nchf_ConvergedCharging (3GPP TS 32.291 V17.9.0), as far as charging reads or says it.

Attributes that charging does not read are let pass, and so are values of enumerations that a later release adds: all
of them are text here. Names are those of the specification.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, field

Instant = Annotated[datetime, Meta(tz=True)]
Uint32 = Annotated[int, Meta(ge=0, le=2**32 - 1)]
MOST_UNITS = 2**50
"""Units in one report or request, an octet more than a petabyte's worth: who says more is broken."""
Units = Annotated[int, Meta(ge=0, le=MOST_UNITS)]
Name = Annotated[str, Meta(max_length=500)]


class PlmnId(msgspec.Struct, frozen=True):
    """A network."""

    mcc: Name
    mnc: Name


class NFIdentification(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who asks."""

    node_functionality: Name = field(name="nodeFunctionality")
    nf_name: Name = field(name="nFName", default="")
    nf_fqdn: Name = field(name="nFFqdn", default="")
    nf_plmn: PlmnId | None = field(name="nFPLMNID", default=None)
    ipv4: Name = field(name="nFIPv4Address", default="")

    @property
    def named(self) -> str:
        """By what name it is known."""
        return self.nf_name or self.nf_fqdn or self.ipv4 or self.node_functionality


class Tai(msgspec.Struct, frozen=True):
    """A tracking area, or any place that names its network."""

    plmn_id: PlmnId | None = field(name="plmnId", default=None)


class Location(msgspec.Struct, frozen=True):
    """Where somebody is in one access network."""

    tai: Tai | None = None
    ncgi: Tai | None = None
    ecgi: Tai | None = None
    cgi: Tai | None = None
    sai: Tai | None = None
    lai: Tai | None = None
    rai: Tai | None = None

    @property
    def plmn(self) -> PlmnId | None:
        """The network that it names."""
        places = (self.tai, self.ncgi, self.ecgi, self.cgi, self.sai, self.lai, self.rai)
        return next((one.plmn_id for one in places if one is not None and one.plmn_id is not None), None)


class UserLocation(msgspec.Struct, frozen=True):
    """Where the subscriber is."""

    nr: Location | None = field(name="nrLocation", default=None)
    eutra: Location | None = field(name="eutraLocation", default=None)
    utra: Location | None = field(name="utraLocation", default=None)
    gera: Location | None = field(name="geraLocation", default=None)

    @property
    def plmn(self) -> PlmnId | None:
        """The network that it names."""
        places = (self.nr, self.eutra, self.utra, self.gera)
        return next((one.plmn for one in places if one is not None and one.plmn is not None), None)


class ServingFunction(msgspec.Struct, frozen=True):
    """A function that serves the subscriber."""

    information: NFIdentification | None = field(name="servingNetworkFunctionInformation", default=None)


class UserInformation(msgspec.Struct, frozen=True):
    """The subscriber, by number."""

    gpsi: Name = field(name="servedGPSI", default="")
    pei: Name = field(name="servedPEI", default="")


class PDUSessionInformation(msgspec.Struct, frozen=True):
    """A data session."""

    session_id: Annotated[int, Meta(ge=0, le=255)] | None = field(name="pduSessionID", default=None)
    dnn: Name = field(name="dnnId", default="")
    serving_plmn: PlmnId | None = field(name="servingCNPlmnId", default=None)
    serving_function: ServingFunction | None = field(name="servingNetworkFunctionID", default=None)
    rat_type: Name = field(name="ratType", default="")
    start_time: Instant | None = field(name="startTime", default=None)


class PDUSessionCharging(msgspec.Struct, frozen=True):
    """What is told of a data session."""

    charging_id: Uint32 | None = field(name="chargingId", default=None)
    smf_charging_id: Name = field(name="sMFchargingId", default="")
    user: UserInformation | None = field(name="userInformation", default=None)
    location: UserLocation | None = field(name="userLocationinfo", default=None)
    time_zone: Name = field(name="uetimeZone", default="")
    session: PDUSessionInformation | None = field(name="pduSessionInformation", default=None)


class SMAddress(msgspec.Struct, frozen=True):
    """An address of a message."""

    data: Name = field(name="sMaddressData", default="")


class Originator(msgspec.Struct, frozen=True):
    """Who sent a message."""

    supi: Name = field(name="originatorSUPI", default="")
    gpsi: Name = field(name="originatorGPSI", default="")
    other: SMAddress | None = field(name="originatorOtherAddress", default=None)
    received: SMAddress | None = field(name="originatorReceivedAddress", default=None)


class Recipient(msgspec.Struct, frozen=True):
    """Who receives it."""

    supi: Name = field(name="recipientSUPI", default="")
    gpsi: Name = field(name="recipientGPSI", default="")
    other: SMAddress | None = field(name="recipientOtherAddress", default=None)
    received: SMAddress | None = field(name="recipientReceivedAddress", default=None)


class SMSCharging(msgspec.Struct, frozen=True):
    """What is told of a message."""

    originator: Originator | None = field(name="originatorInfo", default=None)
    recipients: list[Recipient] = field(name="recipientInfo", default_factory=list)
    location: UserLocation | None = field(name="userLocationinfo", default=None)
    time_zone: Name = field(name="uetimeZone", default="")
    message_type: Name = field(name="sMMessageType", default="")
    sent: Uint32 | None = field(name="numberofMessagesSent", default=None)
    reference: Name = field(name="messageReference", default="")
    submitted: Instant | None = field(name="submissionTime", default=None)


class IMSCharging(msgspec.Struct, frozen=True):
    """What is told of a call or a message over IMS."""

    event_type: Any = field(name="eventType", default=None)
    role: Name = field(name="roleOfNode", default="")
    user: UserInformation | None = field(name="userInformation", default=None)
    location: UserLocation | None = field(name="userLocationInfo", default=None)
    time_zone: Name = field(name="ueTimeZone", default="")
    calling: list[Name] = field(name="callingPartyAddresses", default_factory=list)
    called: Name = field(name="calledPartyAddress", default="")
    requested: list[Name] = field(name="requestedPartyAddress", default_factory=list)
    icid: Name = field(name="imsChargingIdentifier", default="")
    emergency: bool = field(name="imsEmergencyIndication", default=False)
    visited: Name = field(name="imsVisitedNetworkIdentifier", default="")


class SupplementaryService(msgspec.Struct, frozen=True):
    """What an MMTel service did with a call."""

    kind: Name = field(name="supplementaryServiceType", default="")
    party: Name = field(name="associatedPartyAddress", default="")


class MMTelCharging(msgspec.Struct, frozen=True):
    """What is told of MMTel services, such as a diversion."""

    services: list[SupplementaryService] = field(name="supplementaryServices", default_factory=list)


class QFIInformation(msgspec.Struct, frozen=True):
    """What is told of a flow that roams."""

    location: UserLocation | None = field(name="userLocationInformation", default=None)
    functions: list[ServingFunction] = field(name="servingNetworkFunctionID", default_factory=list)


class QFIContainer(msgspec.Struct, frozen=True):
    """Usage of a flow that roams: for settlement between operators."""

    information: QFIInformation | None = field(name="qFIContainerInformation", default=None)


class RoamingQBC(msgspec.Struct, frozen=True):
    """What is told of flows that roam."""

    containers: list[QFIContainer] = field(name="multipleQFIcontainer", default_factory=list)


class Trigger(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why it is reported, or when it is to be."""

    category: Name = field(name="triggerCategory")
    type: Name = field(name="triggerType", default="")


class RequestedUnit(msgspec.Struct, frozen=True):
    """What is wanted; empty: the house decides."""

    time: Uint32 | None = None
    total: Units | None = field(name="totalVolume", default=None)
    up: Units | None = field(name="uplinkVolume", default=None)
    down: Units | None = field(name="downlinkVolume", default=None)
    specific: Units | None = field(name="serviceSpecificUnits", default=None)


class PDUContainer(msgspec.Struct, frozen=True):
    """Under what circumstances a part of a data session was used."""

    location: UserLocation | None = field(name="userLocationInformation", default=None)
    functions: list[ServingFunction] = field(name="servingNetworkFunctionID", default_factory=list)


class UsedUnitContainer(msgspec.Struct, frozen=True):
    """What was used."""

    local_sequence: int = field(name="localSequenceNumber")
    service_id: Uint32 | None = field(name="serviceId", default=None)
    management: Name = field(name="quotaManagementIndicator", default="")
    triggers: list[Trigger] = field(default_factory=list)
    at: Instant | None = field(name="triggerTimestamp", default=None)
    time: Uint32 | None = None
    total: Units | None = field(name="totalVolume", default=None)
    up: Units | None = field(name="uplinkVolume", default=None)
    down: Units | None = field(name="downlinkVolume", default=None)
    specific: Units | None = field(name="serviceSpecificUnits", default=None)
    pdu: PDUContainer | None = field(name="pDUContainerInformation", default=None)


class UnitUsage(msgspec.Struct, frozen=True):
    """One rating group of a request."""

    rating_group: Uint32 = field(name="ratingGroup")
    requested: RequestedUnit | None = field(name="requestedUnit", default=None)
    used: list[UsedUnitContainer] = field(name="usedUnitContainer", default_factory=list)
    upf: Name = field(name="uPFID", default="")


class ChargingDataRequest(msgspec.Struct, frozen=True):
    """A request. The sequence number may be missing: a known peer leaves it out."""

    consumer: NFIdentification = field(name="nfConsumerIdentification")
    at: Instant = field(name="invocationTimeStamp")
    sequence: Uint32 = field(name="invocationSequenceNumber", default=0)
    subscriber: Name = field(name="subscriberIdentifier", default="")
    charging_id: Uint32 | None = field(name="chargingId", default=None)
    retransmission: bool = field(name="retransmissionIndicator", default=False)
    one_time: bool = field(name="oneTimeEvent", default=False)
    one_time_type: Name = field(name="oneTimeEventType", default="")
    notify_uri: Annotated[str, Meta(max_length=2000)] = field(name="notifyUri", default="")
    specification: Name = field(name="serviceSpecificationInfo", default="")
    usages: list[UnitUsage] = field(name="multipleUnitUsage", default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)
    pdu: PDUSessionCharging | None = field(name="pDUSessionChargingInformation", default=None)
    roaming: RoamingQBC | None = field(name="roamingQBCInformation", default=None)
    sms: SMSCharging | None = field(name="sMSChargingInformation", default=None)
    ims: IMSCharging | None = field(name="iMSChargingInformation", default=None)
    mmtel: MMTelCharging | None = field(name="mMTelChargingInformation", default=None)
    nef: Any = field(name="nEFChargingInformation", default=None)


class GrantedUnit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may be used."""

    tariff_change: str | None = field(name="tariffTimeChange", default=None)
    time: int | None = None
    total: int | None = field(name="totalVolume", default=None)
    specific: int | None = field(name="serviceSpecificUnits", default=None)


class RedirectServer(msgspec.Struct, frozen=True):
    """Where a subscriber without credit is sent."""

    type: str = field(name="redirectAddressType")
    address: str = field(name="redirectServerAddress")


class FinalUnit(msgspec.Struct, frozen=True, omit_defaults=True):
    """What happens when the last grant is used up."""

    action: str = field(name="finalUnitAction")
    redirect: RedirectServer | None = field(name="redirectServer", default=None)


class UnitInformation(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer for one rating group."""

    rating_group: int = field(name="ratingGroup")
    result: str = field(name="resultCode")
    granted: GrantedUnit | None = field(name="grantedUnit", default=None)
    triggers: list[Trigger] = field(default_factory=list)
    validity: int | None = field(name="validityTime", default=None)
    holding: int | None = field(name="quotaHoldingTime", default=None)
    final: FinalUnit | None = field(name="finalUnitIndication", default=None)
    time_threshold: int | None = field(name="timeQuotaThreshold", default=None)
    volume_threshold: int | None = field(name="volumeQuotaThreshold", default=None)
    unit_threshold: int | None = field(name="unitQuotaThreshold", default=None)
    upf: str = field(name="uPFID", default="")


class InvalidParam(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which attribute is wrong, as a JSON pointer."""

    param: str
    reason: str = ""


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why there is no answer (RFC 9457)."""

    status: int
    title: str
    cause: str = ""
    detail: str = ""
    invalid: list[InvalidParam] = field(name="invalidParams", default_factory=list)


class InvocationResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the invocation as a whole went, and what to do when the house does not answer."""

    handling: str = field(name="failureHandling")
    error: ProblemDetails | None = None


class ChargingDataResponse(msgspec.Struct, frozen=True, omit_defaults=True):
    """An answer."""

    at: str = field(name="invocationTimeStamp")
    sequence: int = field(name="invocationSequenceNumber")
    result: InvocationResult | None = field(name="invocationResult", default=None)
    failover: str = field(name="sessionFailover", default="")
    units: list[UnitInformation] = field(name="multipleUnitInformation", default_factory=list)
    triggers: list[Trigger] = field(default_factory=list)


class ReauthorizationDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rating group that is to be asked again."""

    rating_group: int = field(name="ratingGroup")
    management: str = field(name="quotaManagementIndicator", default="")


class ChargingNotifyRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the house tells of a session by itself."""

    type: str = field(name="notificationType")
    details: list[ReauthorizationDetails] = field(name="reauthorizationDetails", default_factory=list)
