"""Calling a listener: which hosts may be called at all, and the signature by which it knows us.

A callback address is chosen by the caller. It must not become a way into our own network, so the host's addresses are
looked up, every one must be public, and the connection is made to the very address that was checked.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from linehouse.kernel.error import DomainError, Kind

SIGNATURE = "X-Linehouse-Signature"
TIMEOUT_SECONDS = 10

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Sequence[Address]]

_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class CallbackRefused(DomainError, code="tmf.callback_refused", kind=Kind.INVALID):
    """The listener's address is no HTTPS address of a public host."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: where to connect, and what the listener is called there."""

    address: Address
    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        """The address with the host's number in place of its name."""
        number = f"[{self.address}]" if self.address.version == 6 else str(self.address)
        return f"{self.scheme}://{number}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """What the Host header says."""
        usual = 443 if self.scheme == "https" else 80
        return self.host if self.port == usual else f"{self.host}:{self.port}"


def look_up(host: str, port: int) -> Sequence[Address]:
    """The addresses of a host; raises OSError when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def checked(url: str, *, loopback: bool, lookup: Lookup = look_up, field: str = "/callback") -> Target:
    """The target that may be called; raises CallbackRefused.

    ``loopback`` (a setting for development) also lets this machine be called, by plain HTTP too.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused(url, str(error), field) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refused(url, "it is no http or https address", field)
    if parts.username is not None or parts.password is not None:
        raise _refused(url, "it holds credentials", field)
    if parts.fragment:
        raise _refused(url, "it holds a fragment", field)
    port = port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = lookup(parts.hostname, port)
    except (OSError, ValueError):
        raise _refused(url, "its host is not known", field) from None
    if not addresses:
        raise _refused(url, "its host is not known", field)
    local = loopback and all(address.is_loopback for address in addresses)
    if not local:
        if parts.scheme != "https":
            raise _refused(url, "only https is called", field)
        if not all(_public(address) for address in addresses):
            raise _refused(url, "its host is not public", field)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(addresses[0], parts.scheme, parts.hostname, port, path)


def _public(address: Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        # Addresses that carry an IPv4 address inside may lead anywhere.
        inside = address.ipv4_mapped or address.sixtofour or address.teredo
        return not inside and not any(address in network for network in _TRANSLATED)
    return True


def _refused(url: str, why: str, field: str) -> CallbackRefused:
    return CallbackRefused(
        f"the callback cannot be used: {why}", field=field, value=url[:200], expected="https://… of a public host"
    )


def signature(key: str, body: bytes, seconds: int) -> str:
    """`t=<Unix seconds>,v1=<hex>`: HMAC-SHA-256 by the subscription's key over `<seconds>.<body>`."""
    mac = hmac.new(key.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={mac.hexdigest()}"


def listener_url(callback: str, event_type: str) -> str:
    """Where a notification goes: to the callback, or below it when it ends in `/listener`.

    The specifications' client side has a path per event (`/listener/productOrderCreateEvent`), the reference
    implementation posts to the callback unchanged.
    """
    if callback.rstrip("/").endswith("/listener"):
        return f"{callback.rstrip('/')}/{event_type[:1].lower()}{event_type[1:]}"
    return callback


def post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """POST to the checked address and return the status; redirects are not followed. Raises httpx.HTTPError."""
    with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
        response = client.post(
            target.url,
            content=body,
            headers={"Content-Type": "application/json", "Host": target.host_header, **headers},
            extensions={"sni_hostname": target.host},
        )
    return response.status_code


def form_post(target: Target, form: dict[str, str], headers: dict[str, str]) -> httpx.Response:
    """POST a form to the checked address; redirects are not followed. Raises httpx.HTTPError."""
    with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client:
        return client.post(
            target.url,
            data=form,
            headers={"Host": target.host_header, "Accept": "application/json", **headers},
            extensions={"sni_hostname": target.host},
        )


def fetch(target: Target, limit: int) -> bytes:
    """GET a file from the checked address, at most so many octets and one more; redirects are not followed.

    Raises httpx.HTTPError, for every status but 200 too.
    """
    with (
        httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as client,
        client.stream(
            "GET",
            target.url,
            headers={"Host": target.host_header, "Accept-Encoding": "identity"},
            extensions={"sni_hostname": target.host},
        ) as response,
    ):
        if response.status_code != 200:
            raise httpx.HTTPError(f"the host answered {response.status_code}")
        data = bytearray()
        for part in response.iter_bytes():
            data += part
            if len(data) > limit:
                break
        return bytes(data)
