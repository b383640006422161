"""AVPs of 3GPP: charging (TS 32.299), the gateway's own (TS 29.061, by code as in RADIUS), and Sy (TS 29.219)."""

from __future__ import annotations

from functools import partial

from linehouse.edge.network.diameter.avp import TGPP, Kind
from linehouse.edge.network.diameter.avp import avp as _plain

avp = partial(_plain, vendor=TGPP)
_TEXT, _U32, _ENUM = Kind.TEXT, Kind.UNSIGNED_32, Kind.ENUMERATED
_OCTETS, _GROUP, _TIME, _ADDRESS = Kind.OCTETS, Kind.GROUPED, Kind.TIME, Kind.ADDRESS

GATEWAY = (
    avp(1, "3GPP-IMSI", _TEXT),
    avp(2, "3GPP-Charging-Id", _OCTETS),
    avp(3, "3GPP-PDP-Type", _ENUM),
    avp(5, "3GPP-GPRS-Negotiated-QoS-Profile", _TEXT),
    avp(6, "3GPP-SGSN-Address", _OCTETS),
    avp(7, "3GPP-GGSN-Address", _OCTETS),
    avp(8, "3GPP-IMSI-MCC-MNC", _TEXT),
    avp(9, "3GPP-GGSN-MCC-MNC", _TEXT),
    avp(10, "3GPP-NSAPI", _OCTETS),
    avp(11, "3GPP-Session-Stop-Indicator", _OCTETS),
    avp(12, "3GPP-Selection-Mode", _TEXT),
    avp(13, "3GPP-Charging-Characteristics", _TEXT),
    avp(18, "3GPP-SGSN-MCC-MNC", _TEXT),
    avp(21, "3GPP-RAT-Type", _OCTETS),
    avp(22, "3GPP-User-Location-Info", _OCTETS),
    avp(23, "3GPP-MS-TimeZone", _OCTETS),
)

CHARGING = (
    avp(823, "Event-Type", _GROUP, "SIP-Method? Event? Expires?"),
    avp(824, "SIP-Method", _TEXT),
    avp(825, "Event", _TEXT),
    avp(829, "Role-Of-Node", _ENUM),
    avp(830, "User-Session-Id", _TEXT),
    avp(831, "Calling-Party-Address", _TEXT),
    avp(832, "Called-Party-Address", _TEXT),
    avp(833, "Time-Stamps", _GROUP, "SIP-Request-Timestamp? SIP-Response-Timestamp?"),
    avp(834, "SIP-Request-Timestamp", _TIME),
    avp(835, "SIP-Response-Timestamp", _TIME),
    avp(841, "IMS-Charging-Identifier", _TEXT),
    avp(847, "GGSN-Address", _ADDRESS),
    avp(855, "Service-Id", _TEXT),
    avp(861, "Cause-Code", Kind.INTEGER_32),
    avp(862, "Node-Functionality", _ENUM),
    avp(864, "Originator", _ENUM),
    avp(865, "PS-Furnish-Charging-Information", _OCTETS),
    avp(868, "Time-Quota-Threshold", _U32),
    avp(869, "Volume-Quota-Threshold", _U32),
    avp(870, "Trigger-Type", _ENUM),
    avp(871, "Quota-Holding-Time", _U32),
    avp(872, "Reporting-Reason", _ENUM),
    avp(
        873,
        "Service-Information",
        _GROUP,
        "Subscription-Id* PS-Information? IMS-Information? MMS-Information? SMS-Information? "
        "Service-Generic-Information?",
    ),
    avp(
        874,
        "PS-Information",
        _GROUP,
        "3GPP-Charging-Id? 3GPP-PDP-Type? PDP-Address* SGSN-Address* GGSN-Address* 3GPP-IMSI-MCC-MNC? "
        "3GPP-GGSN-MCC-MNC? 3GPP-NSAPI? Called-Station-Id? 3GPP-Selection-Mode? 3GPP-Charging-Characteristics? "
        "3GPP-SGSN-MCC-MNC? 3GPP-MS-TimeZone? Charging-Rule-Base-Name? 3GPP-User-Location-Info? 3GPP-RAT-Type? "
        "User-Equipment-Info? Start-Time? Stop-Time? QoS-Information?",
    ),
    avp(
        876,
        "IMS-Information",
        _GROUP,
        "Event-Type? Role-Of-Node? Node-Functionality? User-Session-Id? Calling-Party-Address* Called-Party-Address? "
        "Called-Asserted-Identity* Requested-Party-Address* Time-Stamps? IMS-Charging-Identifier? Service-Id? "
        "Cause-Code? Access-Network-Information* Number-Portability-Routing-Information? "
        "Carrier-Select-Routing-Information? IMS-Visited-Network-Identifier?",
    ),
    avp(
        877,
        "MMS-Information",
        _GROUP,
        "Originator-Address? Recipient-Address* Submission-Time? MM-Content-Type? Message-ID? Message-Type? "
        "Message-Size? VAS-Id? VASP-Id?",
    ),
    avp(881, "Quota-Consumption-Time", _U32),
    avp(886, "Originator-Address", _GROUP, "Address-Type? Address-Data? Address-Domain?"),
    avp(888, "Expires", _U32),
    avp(897, "Address-Data", _TEXT),
    avp(898, "Address-Domain", _GROUP, "Domain-Name? 3GPP-IMSI-MCC-MNC?"),
    avp(899, "Address-Type", _ENUM),
    avp(1004, "Charging-Rule-Base-Name", _TEXT),
    avp(1016, "QoS-Information", _OCTETS),
    avp(1101, "VASP-Id", _TEXT),
    avp(1102, "VAS-Id", _TEXT),
    avp(1200, "Domain-Name", _TEXT),
    avp(1201, "Recipient-Address", _GROUP, "Address-Type? Address-Data? Address-Domain? Addressee-Type?"),
    avp(1202, "Submission-Time", _TIME),
    avp(1203, "MM-Content-Type", _GROUP, "Type-Number? Additional-Type-Information? Content-Size?"),
    avp(1204, "Type-Number", _ENUM),
    avp(1205, "Additional-Type-Information", _TEXT),
    avp(1206, "Content-Size", _U32),
    avp(1208, "Addressee-Type", _ENUM),
    avp(1210, "Message-ID", _TEXT),
    avp(1211, "Message-Type", _ENUM),
    avp(1212, "Message-Size", _U32),
    avp(1226, "Unit-Quota-Threshold", _U32),
    avp(1227, "PDP-Address", _ADDRESS),
    avp(1228, "SGSN-Address", _ADDRESS),
    avp(1250, "Called-Asserted-Identity", _TEXT),
    avp(1251, "Requested-Party-Address", _TEXT),
    avp(1256, "Service-Generic-Information", _OCTETS),
    avp(1258, "Event-Charging-TimeStamp", _TIME),
    avp(1263, "Access-Network-Information", _OCTETS),
    avp(1264, "Trigger", _GROUP, "Trigger-Type*"),
    avp(1266, "Envelope", _OCTETS),
    avp(1268, "Envelope-Reporting", _ENUM),
    avp(1270, "Time-Quota-Mechanism", _OCTETS),
    avp(1276, "AF-Correlation-Information", _OCTETS),
    avp(
        2000,
        "SMS-Information",
        _GROUP,
        "SMS-Node? Client-Address? SMSC-Address? Data-Coding-Scheme? SM-Message-Type? Originator-Interface? "
        "Number-Of-Messages-Sent? Recipient-Info* Originator-Received-Address? SM-Service-Type?",
    ),
    avp(2002, "Destination-Interface", _GROUP, "Interface-Id? Interface-Text?"),
    avp(2003, "Interface-Id", _TEXT),
    avp(2005, "Interface-Text", _TEXT),
    avp(2007, "SM-Message-Type", _ENUM),
    avp(2009, "Originator-Interface", _GROUP, "Interface-Id? Interface-Text?"),
    avp(2016, "SMS-Node", _ENUM),
    avp(2017, "SMSC-Address", _ADDRESS),
    avp(2018, "Client-Address", _ADDRESS),
    avp(2001, "Data-Coding-Scheme", Kind.INTEGER_32),
    avp(2019, "Number-Of-Messages-Sent", _U32),
    avp(2020, "Low-Balance-Indication", _ENUM),
    avp(2021, "Remaining-Balance", _GROUP, "Unit-Value Currency-Code"),
    avp(2023, "Carrier-Select-Routing-Information", _TEXT),
    avp(2024, "Number-Portability-Routing-Information", _TEXT),
    avp(2026, "Recipient-Info", _GROUP, "Destination-Interface? Recipient-Address* Recipient-Received-Address*"),
    avp(2027, "Originator-Received-Address", _GROUP, "Address-Type? Address-Data? Address-Domain?"),
    avp(2028, "Recipient-Received-Address", _GROUP, "Address-Type? Address-Data? Address-Domain?"),
    avp(2029, "SM-Service-Type", _ENUM),
    avp(2041, "Start-Time", _TIME),
    avp(2042, "Stop-Time", _TIME),
    avp(2055, "AoC-Request-Type", _ENUM),
    avp(2713, "IMS-Visited-Network-Identifier", _TEXT),
)

SPENDING_LIMITS = (
    avp(2901, "Policy-Counter-Identifier", _TEXT),
    avp(2902, "Policy-Counter-Status", _TEXT),
    avp(
        2903,
        "Policy-Counter-Status-Report",
        _GROUP,
        "Policy-Counter-Identifier Policy-Counter-Status Pending-Policy-Counter-Information*",
    ),
    avp(2904, "SL-Request-Type", _ENUM, values=(0, 1)),
    avp(
        2905,
        "Pending-Policy-Counter-Information",
        _GROUP,
        "Policy-Counter-Status Pending-Policy-Counter-Change-Time",
    ),
    avp(2906, "Pending-Policy-Counter-Change-Time", _TIME),
    avp(628, "Supported-Features", _OCTETS),
)

KEPT_UNREAD = (
    range(1, 40),  # TS 29.061
    range(500, 560),  # TS 29.214, in flow descriptions
    range(600, 660),  # TS 29.229
    range(800, 900),  # TS 32.299
    range(1000, 1100),  # TS 29.212
    range(1101, 1300),  # TS 29.140 and TS 32.299
    range(1400, 1500),  # TS 29.272: identities of equipment
    range(2000, 2120),  # TS 32.299
    range(2300, 2330),  # TS 32.299
    range(2600, 2620),  # TS 32.299
    range(2700, 2820),  # TS 32.299 and TS 29.212
    range(3400, 3500),  # TS 32.299
    range(3900, 4000),  # TS 32.299
    range(4000, 4100),  # TS 32.299
    range(4300, 4430),  # TS 32.299
)
"""Codes that 3GPP gave to charging and its neighbours. Pricing reads those above; the others are known, and kept."""
