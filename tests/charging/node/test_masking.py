"""What of a message is kept: structure, codes and amounts; no number, identity, address or place in full."""

from __future__ import annotations

import json

import msgspec

from linehouse.charging.node.masking import plain


def test_who_and_where_are_hidden_and_amounts_are_not() -> None:
    kept = plain(
        {
            "Session-Id": "pgw.example;1876543210;523;0",
            "CC-Request-Number": 4,
            "Subscription-Id": [{"Subscription-Id-Type": 0, "Subscription-Id-Data": "31612345678"}],
            "Service-Information": {
                "PS-Information": {
                    "3GPP-User-Location-Info": b"\x82\x02\xf4\x40",
                    "PDP-Address": "10.45.0.7",
                    "3GPP-SGSN-MCC-MNC": "20404",
                    "Called-Station-Id": "internet",
                },
                "IMS-Information": {"Calling-Party-Address": "sip:+31612345678@ims.example"},
            },
            "Used-Service-Unit": {"CC-Total-Octets": 123456789012},
        }
    )
    assert kept["Session-Id"] == "pgw.example;1876543210;523;0"
    assert kept["CC-Request-Number"] == 4
    assert kept["Subscription-Id"][0]["Subscription-Id-Data"] == "•••••••••78"
    assert kept["Used-Service-Unit"]["CC-Total-Octets"] == 123456789012
    assert kept["Service-Information"]["PS-Information"]["3GPP-SGSN-MCC-MNC"] == "20404"
    written = json.dumps(kept, ensure_ascii=False)
    for hidden in ("31612345678", "10.45.0.7", "ims.example", "\\u0082"):
        assert hidden not in written


def test_a_number_under_an_innocent_name_is_hidden_too() -> None:
    kept = plain({"note": "moved from +31612345678, 192.0.2.17, 2001:db8::7:1", "tel": "tel:+31612345678"})
    assert kept == {"note": "moved from ••••••••••78, ••••, ••••", "tel": "tel:••••••"}
    assert plain({"at": "2027-01-15T09:00:00.123456+00:00", "granted": "10 MB"}) == {
        "at": "2027-01-15T09:00:00.123456+00:00",
        "granted": "10 MB",
    }


def test_a_message_of_the_json_door_and_one_without_end() -> None:
    class Asked(msgspec.Struct):
        msisdn: str
        want: str

    assert plain(Asked("+31612345678", "1 GB")) == {"msisdn": "••••••••••78", "want": "1 GB"}
    deep: dict[str, object] = {}
    inner = deep
    for _ in range(50):
        inner["in"] = {"x": 1}
        inner = inner["in"]  # type: ignore[assignment]  # built so
    assert len(json.dumps(plain(deep), ensure_ascii=False)) < 200
