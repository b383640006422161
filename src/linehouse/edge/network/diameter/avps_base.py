"""AVPs of the base protocol (RFC 6733 §4.5, §6, §7, §8) and of other applications that peers put into requests."""

from __future__ import annotations

from linehouse.edge.network.diameter.avp import Kind, avp

_TEXT, _ID, _U32, _ENUM = Kind.TEXT, Kind.IDENTITY, Kind.UNSIGNED_32, Kind.ENUMERATED
_OCTETS, _GROUP, _TIME = Kind.OCTETS, Kind.GROUPED, Kind.TIME

BASE = (
    avp(1, "User-Name", _TEXT),
    avp(11, "Filter-Id", _TEXT),
    avp(25, "Class", _OCTETS),
    avp(27, "Session-Timeout", _U32),
    avp(30, "Called-Station-Id", _TEXT),
    avp(31, "Calling-Station-Id", _TEXT),
    avp(33, "Proxy-State", _OCTETS),
    avp(44, "Acct-Session-Id", _OCTETS),
    avp(50, "Acct-Multi-Session-Id", _TEXT),
    avp(55, "Event-Timestamp", _TIME),
    avp(85, "Acct-Interim-Interval", _U32),
    avp(257, "Host-IP-Address", Kind.ADDRESS),
    avp(258, "Auth-Application-Id", _U32),
    avp(259, "Acct-Application-Id", _U32),
    avp(
        260,
        "Vendor-Specific-Application-Id",
        _GROUP,
        "Vendor-Id* Auth-Application-Id? Acct-Application-Id?",
    ),
    avp(261, "Redirect-Host-Usage", _ENUM),
    avp(262, "Redirect-Max-Cache-Time", _U32),
    avp(263, "Session-Id", _TEXT),
    avp(264, "Origin-Host", _ID),
    avp(265, "Supported-Vendor-Id", _U32),
    avp(266, "Vendor-Id", _U32),
    avp(267, "Firmware-Revision", _U32, m=False),
    avp(268, "Result-Code", _U32),
    avp(269, "Product-Name", _TEXT, m=False),
    avp(270, "Session-Binding", _U32),
    avp(271, "Session-Server-Failover", _ENUM),
    avp(272, "Multi-Round-Time-Out", _U32),
    avp(273, "Disconnect-Cause", _ENUM),
    avp(274, "Auth-Request-Type", _ENUM),
    avp(276, "Auth-Grace-Period", _U32),
    avp(277, "Auth-Session-State", _ENUM),
    avp(278, "Origin-State-Id", _U32),
    # Any AVP can be in it, also one that is broken: it is kept as it came.
    avp(279, "Failed-AVP", _OCTETS),
    avp(280, "Proxy-Host", _ID),
    avp(281, "Error-Message", _TEXT, m=False),
    avp(282, "Route-Record", _ID),
    avp(283, "Destination-Realm", _ID),
    avp(284, "Proxy-Info", _GROUP, "Proxy-Host Proxy-State"),
    avp(285, "Re-Auth-Request-Type", _ENUM),
    avp(287, "Accounting-Sub-Session-Id", Kind.UNSIGNED_64),
    avp(291, "Authorization-Lifetime", _U32),
    avp(292, "Redirect-Host", Kind.URI),
    avp(293, "Destination-Host", _ID),
    avp(294, "Error-Reporting-Host", _ID, m=False),
    avp(295, "Termination-Cause", _ENUM),
    avp(296, "Origin-Realm", _ID),
    avp(297, "Experimental-Result", _GROUP, "Vendor-Id Experimental-Result-Code"),
    avp(298, "Experimental-Result-Code", _U32),
    avp(299, "Inband-Security-Id", _U32),
    avp(301, "DRMP", _ENUM, m=False),
    avp(480, "Accounting-Record-Type", _ENUM),
    avp(483, "Accounting-Realtime-Required", _ENUM),
    avp(485, "Accounting-Record-Number", _U32),
    # Overload (RFC 7683) and load (RFC 8583): offered by newer stacks, not used by us.
    avp(621, "OC-Supported-Features", _OCTETS, m=False),
    avp(623, "OC-OLR", _OCTETS, m=False),
    avp(650, "Load", _OCTETS, m=False),
)
