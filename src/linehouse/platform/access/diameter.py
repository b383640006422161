"""Which Diameter peers may connect to charging, and whose subscribers a realm has. Configured for the whole house."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import DomainError, Invalid, Kind
from linehouse.platform.access.changes import record, require_reason
from linehouse.platform.control.models import Brand, DiameterPeer, DiameterRealm
from linehouse.platform.scope import CONTROL
from linehouse.platform.work import Actor

_NAME = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*")
_PLACE = re.compile(r"(\[[0-9a-f:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}")
_LONGEST = 255


class PeerUnknown(DomainError, code="access.diameter_peer_unknown", kind=Kind.NOT_FOUND):
    """No Diameter peer of this name is configured."""


class RealmUnknown(DomainError, code="access.diameter_realm_unknown", kind=Kind.NOT_FOUND):
    """No Diameter realm of this name is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerView:
    """A peer: ``host`` is its identity, ``*.example`` all of a domain.

    ``brand`` is the only one that it reaches; empty: told by realm or number.
    ``connect`` (``host:port``): we connect to it. ``sources`` are addresses or networks from which it may connect.
    """

    host: str
    realm: str = ""
    brand: str = ""
    connect: str = ""
    tls: bool = False
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RealmView:
    """A realm, whose subscribers it has, and settings of its service contexts."""

    name: str
    brand: str
    services: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def peers(brand: str = "") -> Sequence[PeerView]:
    """All peers by name; with ``brand`` those that serve it."""
    rows = DiameterPeer.objects.order_by("host")
    if brand:
        rows = rows.filter(brand_id=brand) | rows.filter(brand_id=None)
    return [
        PeerView(
            host=row.host,
            realm=row.realm,
            brand=row.brand_id or "",
            connect=row.connect,
            tls=row.tls,
            sources=tuple(row.sources),
        )
        for row in rows
    ]


def realms() -> Sequence[RealmView]:
    """All realms by name."""
    rows = DiameterRealm.objects.order_by("name")
    return [RealmView(name=row.name, brand=row.brand_id, services=row.services) for row in rows]


def allow_peer(wished: PeerView, *, actor: Actor, reason: str) -> PeerView:
    """Let a peer connect, or change what it may. Nodes know it seconds later. Raises Invalid, AccessReasonMissing."""
    why = require_reason(reason)
    view = PeerView(
        host=_named(wished.host, "host", many=True),
        realm=_named(wished.realm, "realm") if wished.realm else "",
        brand=_brand(wished.brand) if wished.brand else "",
        connect=_place(wished.connect),
        tls=wished.tls,
        sources=tuple(_network(one) for one in wished.sources),
    )
    if view.connect and view.host.startswith("*"):
        raise Invalid("we connect to one host", field="host", value=view.host, expected="the name of one host")
    with transaction.atomic(using=CONTROL):
        DiameterPeer.objects.update_or_create(
            host=view.host,
            defaults={
                "realm": view.realm,
                "brand_id": view.brand or None,
                "connect": view.connect,
                "tls": view.tls,
                "sources": list(view.sources),
            },
            create_defaults={
                "realm": view.realm,
                "brand_id": view.brand or None,
                "connect": view.connect,
                "tls": view.tls,
                "sources": list(view.sources),
                "created_at": MachineClock().now(),
            },
        )
        record("peer allowed", brand=view.brand, actor=actor, subject_id=view.host[:64], subject=view.host, reason=why)
    return view


def withdraw_peer(host: str, *, actor: Actor, reason: str) -> None:
    """Deny a peer from now on; its connection is ended. Raises PeerUnknown, AccessReasonMissing."""
    why = require_reason(reason)
    name = host.strip().lower()
    with transaction.atomic(using=CONTROL):
        row = DiameterPeer.objects.filter(host=name).first()
        if row is None:
            raise PeerUnknown("no such peer is configured", field="host", value=host, expected="one of the list")
        brand = row.brand_id or ""
        row.delete()
        record("peer withdrawn", brand=brand, actor=actor, subject_id=name[:64], subject=name, reason=why)


def serve_realm(
    name: str, brand: str, services: Mapping[str, Mapping[str, str]], *, actor: Actor, reason: str
) -> RealmView:
    """Serve a realm for a brand; ``services`` are settings by service context, checked by the door that reads them.

    Raises Invalid, AccessReasonMissing.
    """
    why = require_reason(reason)
    realm, owner = _named(name, "realm"), _brand(brand)
    with transaction.atomic(using=CONTROL):
        DiameterRealm.objects.update_or_create(
            name=realm,
            defaults={"brand_id": owner, "services": {key: dict(value) for key, value in services.items()}},
            create_defaults={
                "brand_id": owner,
                "services": {key: dict(value) for key, value in services.items()},
                "created_at": MachineClock().now(),
            },
        )
        record("realm served", brand=owner, actor=actor, subject_id=realm[:64], subject=realm, reason=why)
    return RealmView(name=realm, brand=owner, services=services)


def drop_realm(name: str, *, actor: Actor, reason: str) -> None:
    """Serve a realm no more. Raises RealmUnknown, AccessReasonMissing."""
    why = require_reason(reason)
    realm = name.strip().lower()
    with transaction.atomic(using=CONTROL):
        row = DiameterRealm.objects.filter(name=realm).first()
        if row is None:
            raise RealmUnknown("no such realm is served", field="realm", value=name, expected="one of the list")
        brand = row.brand_id
        row.delete()
        record("realm dropped", brand=brand, actor=actor, subject_id=realm[:64], subject=realm, reason=why)


def _named(text: str, what: str, *, many: bool = False) -> str:
    name = text.strip().lower()
    plain = name.removeprefix("*.") if many else name
    if len(name) > _LONGEST or not _NAME.fullmatch(plain):
        example = "gw1.brand.example, or *.brand.example for all of a domain" if many else "brand.example"
        raise Invalid(f"this is no Diameter {what}", field=what, value=text, expected=f"a name such as {example}")
    return name


def _brand(key: str) -> str:
    if not Brand.objects.filter(key=key).exists():
        raise Invalid("there is no such brand", field="brand", value=key, expected="the key of a brand")
    return key


def _place(text: str) -> str:
    if text and not _PLACE.fullmatch(text):
        raise Invalid("this is no address", field="connect", value=text, expected="host:port, such as gw1.example:3868")
    return text


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise Invalid(
            "this is no address", field="from", value=text, expected="an address or network such as 10.1.0.0/16"
        ) from None
