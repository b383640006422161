"""Which callbacks may be called, and how they are signed."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import pytest

from linehouse.edge.tmf.kit.callback import Address, CallbackRefused, Lookup, checked, listener_url, signature


def resolver(*addresses: str) -> Lookup:
    def lookup(host: str, port: int) -> Sequence[Address]:
        assert host
        assert port
        return [ipaddress.ip_address(address) for address in addresses]

    return lookup


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("https://hook.example/", ["127.0.0.1"]),
        ("https://hook.example/", ["10.0.0.8"]),
        ("https://hook.example/", ["192.168.1.1"]),
        ("https://hook.example/", ["169.254.169.254"]),
        ("https://hook.example/", ["100.64.0.1"]),
        ("https://hook.example/", ["0.0.0.0"]),
        ("https://hook.example/", ["224.0.0.1"]),
        ("https://hook.example/", ["::1"]),
        ("https://hook.example/", ["fd00::1"]),
        ("https://hook.example/", ["fe80::1"]),
        ("https://hook.example/", ["::ffff:10.0.0.8"]),
        ("https://hook.example/", ["64:ff9b::a00:8"]),
        ("https://hook.example/", ["2002:a00:8::1"]),
        # One public address does not make up for a private one.
        ("https://hook.example/", ["93.184.215.14", "10.0.0.8"]),
        ("http://hook.example/", ["93.184.215.14"]),
        ("https://user:secret@hook.example/", ["93.184.215.14"]),
        ("https://hook.example/#part", ["93.184.215.14"]),
        ("ftp://hook.example/", ["93.184.215.14"]),
        ("file:///etc/passwd", []),
        ("https:///path", []),
        ("https://hook.example:99999/", ["93.184.215.14"]),
        ("https://hook.example/", []),
        ("nonsense", []),
    ],
)
def test_refused(url: str, addresses: list[str]) -> None:
    with pytest.raises(CallbackRefused) as caught:
        checked(url, loopback=False, lookup=resolver(*addresses))
    assert caught.value.field == "/callback"


def test_the_checked_address_is_the_one_that_is_called() -> None:
    target = checked("https://hook.example:8443/a/b?c=d", loopback=False, lookup=resolver("93.184.215.14"))
    assert target.url == "https://93.184.215.14:8443/a/b?c=d"
    assert (target.host, target.host_header) == ("hook.example", "hook.example:8443")
    v6 = checked("https://hook.example", loopback=False, lookup=resolver("2606:2800:21f::1"))
    assert (v6.url, v6.host_header) == ("https://[2606:2800:21f::1]:443/", "hook.example")


def test_this_machine_only_by_the_setting_for_development() -> None:
    target = checked("http://localhost:9/x", loopback=True, lookup=resolver("127.0.0.1"))
    assert target.url == "http://127.0.0.1:9/x"
    with pytest.raises(CallbackRefused):
        checked("http://lan.example/", loopback=True, lookup=resolver("10.0.0.8"))
    with pytest.raises(CallbackRefused):
        checked("http://mixed.example/", loopback=True, lookup=resolver("127.0.0.1", "10.0.0.8"))


def test_signature() -> None:
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac key
    mac = "9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"
    assert signature("key", b"{}", 1_700_000_000) == f"t=1700000000,v1={mac}"


@pytest.mark.parametrize(
    ("callback", "url"),
    [
        ("https://h.example/hook", "https://h.example/hook"),
        ("https://h.example/listener", "https://h.example/listener/productOrderCreateEvent"),
        ("https://h.example/x/listener/", "https://h.example/x/listener/productOrderCreateEvent"),
    ],
)
def test_where_a_notification_goes(callback: str, url: str) -> None:
    assert listener_url(callback, "ProductOrderCreateEvent") == url
