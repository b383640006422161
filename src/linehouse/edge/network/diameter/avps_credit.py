"""AVPs of credit control (RFC 8506 §8)."""

from __future__ import annotations

from linehouse.edge.network.diameter.avp import Kind, avp

_TEXT, _U32, _U64, _ENUM = Kind.TEXT, Kind.UNSIGNED_32, Kind.UNSIGNED_64, Kind.ENUMERATED
_OCTETS, _GROUP, _TIME = Kind.OCTETS, Kind.GROUPED, Kind.TIME
_UNITS = "CC-Time? CC-Money? CC-Total-Octets? CC-Input-Octets? CC-Output-Octets? CC-Service-Specific-Units?"

CREDIT = (
    avp(411, "CC-Correlation-Id", _OCTETS),
    avp(412, "CC-Input-Octets", _U64),
    avp(413, "CC-Money", _GROUP, "Unit-Value Currency-Code?"),
    avp(414, "CC-Output-Octets", _U64),
    avp(415, "CC-Request-Number", _U32),
    avp(416, "CC-Request-Type", _ENUM, values=(1, 2, 3, 4)),
    avp(417, "CC-Service-Specific-Units", _U64),
    avp(418, "CC-Session-Failover", _ENUM),
    avp(419, "CC-Sub-Session-Id", _U64),
    avp(420, "CC-Time", _U32),
    avp(421, "CC-Total-Octets", _U64),
    avp(422, "Check-Balance-Result", _ENUM),
    avp(423, "Cost-Information", _GROUP, "Unit-Value Currency-Code Cost-Unit?"),
    avp(424, "Cost-Unit", _TEXT),
    avp(425, "Currency-Code", _U32),
    avp(426, "Credit-Control", _ENUM),
    avp(427, "Credit-Control-Failure-Handling", _ENUM),
    avp(428, "Direct-Debiting-Failure-Handling", _ENUM),
    avp(429, "Exponent", Kind.INTEGER_32),
    avp(
        430,
        "Final-Unit-Indication",
        _GROUP,
        "Final-Unit-Action Restriction-Filter-Rule* Filter-Id* Redirect-Server?",
    ),
    avp(431, "Granted-Service-Unit", _GROUP, f"Tariff-Time-Change? {_UNITS}"),
    avp(432, "Rating-Group", _U32),
    avp(433, "Redirect-Address-Type", _ENUM),
    avp(434, "Redirect-Server", _GROUP, "Redirect-Address-Type Redirect-Server-Address"),
    avp(435, "Redirect-Server-Address", _TEXT),
    avp(436, "Requested-Action", _ENUM, values=(0, 1, 2, 3)),
    avp(437, "Requested-Service-Unit", _GROUP, _UNITS),
    avp(438, "Restriction-Filter-Rule", _OCTETS),
    avp(439, "Service-Identifier", _U32),
    avp(440, "Service-Parameter-Info", _GROUP, "Service-Parameter-Type Service-Parameter-Value", m=False),
    avp(441, "Service-Parameter-Type", _U32, m=False),
    avp(442, "Service-Parameter-Value", _OCTETS, m=False),
    avp(443, "Subscription-Id", _GROUP, "Subscription-Id-Type Subscription-Id-Data"),
    avp(444, "Subscription-Id-Data", _TEXT),
    avp(445, "Unit-Value", _GROUP, "Value-Digits Exponent?"),
    # A tariff change may stand in the used units or beside them; several used units may come.
    avp(446, "Used-Service-Unit", _GROUP, f"Reporting-Reason? Tariff-Change-Usage? {_UNITS} Event-Charging-TimeStamp*"),
    avp(447, "Value-Digits", Kind.INTEGER_64),
    avp(448, "Validity-Time", _U32),
    avp(449, "Final-Unit-Action", _ENUM),
    avp(450, "Subscription-Id-Type", _ENUM),
    avp(451, "Tariff-Time-Change", _TIME),
    avp(452, "Tariff-Change-Usage", _ENUM, values=(0, 1, 2)),
    avp(453, "G-S-U-Pool-Identifier", _U32),
    avp(454, "CC-Unit-Type", _ENUM),
    avp(455, "Multiple-Services-Indicator", _ENUM),
    avp(
        456,
        "Multiple-Services-Credit-Control",
        _GROUP,
        "Granted-Service-Unit? Requested-Service-Unit? Used-Service-Unit* Tariff-Change-Usage? Service-Identifier* "
        "Rating-Group? G-S-U-Pool-Reference* Validity-Time? Result-Code? Final-Unit-Indication? "
        "Time-Quota-Threshold? Volume-Quota-Threshold? Unit-Quota-Threshold? Quota-Holding-Time? "
        "Quota-Consumption-Time? Reporting-Reason* Trigger* PS-Furnish-Charging-Information? QoS-Information*",
    ),
    avp(457, "G-S-U-Pool-Reference", _GROUP, "G-S-U-Pool-Identifier CC-Unit-Type Unit-Value"),
    avp(458, "User-Equipment-Info", _GROUP, "User-Equipment-Info-Type User-Equipment-Info-Value", m=False),
    avp(459, "User-Equipment-Info-Type", _ENUM, m=False),
    avp(460, "User-Equipment-Info-Value", _OCTETS, m=False),
    avp(461, "Service-Context-Id", _TEXT),
)
