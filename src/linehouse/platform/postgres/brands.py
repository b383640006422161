"""What an operator does with brands of an installation: freezing, host names, and the end of one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linehouse.kernel.error import DomainError, Kind, NotFound
from linehouse.platform.control.models import Brand, BrandHost
from linehouse.platform.postgres.databases import Installation, drop_brand

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$")
_IN_USE_SECONDS = 10
"""A session that did something within this time counts as somebody who works."""


class HostTaken(DomainError, code="platform.host_taken", kind=Kind.CONFLICT):
    """The host name stands for another brand, or for the desk."""


class HostInvalid(DomainError, code="platform.host_invalid", kind=Kind.INVALID):
    """That is no host name."""


class BrandInUse(DomainError, code="platform.brand_in_use", kind=Kind.CONFLICT):
    """Somebody works with the brand: it is not frozen, or a session is at work in its database."""


def brand_of(key: str) -> Brand:
    """The brand's entry. Raises NotFound."""
    row = Brand.objects.filter(key=key).first()
    if row is None:
        known = ", ".join(Brand.objects.order_by("key").values_list("key", flat=True))
        raise NotFound(
            f"there is no brand {key}", field="brand", value=key, expected=known or "`linehouse brand create`"
        )
    return row


def set_frozen(key: str, *, frozen: bool) -> bool:
    """Freeze a brand or open it again; whether that changed anything. Raises NotFound.

    Processes remember for some seconds that a brand was open: it is closed everywhere after that.
    """
    brand_of(key)
    return bool(Brand.objects.filter(key=key).exclude(frozen=frozen).update(frozen=frozen))


def hosts_of(key: str) -> list[str]:
    """The host names of a brand. Raises NotFound."""
    return sorted(brand_of(key).hosts.values_list("host", flat=True))


def add_host(key: str, host: str, reserved: frozenset[str] = frozenset()) -> None:
    """Let a host name stand for the brand; a second time changes nothing. Raises NotFound, HostInvalid, HostTaken."""
    name = host.strip().lower().rstrip(".")
    if not _HOST.match(name):
        raise HostInvalid("that is no host name", field="host", value=host, expected="such as my.brand.example")
    taken = BrandHost.objects.filter(host=name).exclude(brand_id=key).first()
    if taken is not None or name in reserved:
        whose = taken.brand_id if taken is not None else "the desk"
        raise HostTaken(f"{name} stands for {whose}", field="host", value=name, expected="another host name")
    BrandHost.objects.get_or_create(host=name, defaults={"brand": brand_of(key)})


def remove_host(key: str, host: str) -> None:
    """Let a host name stand for the brand no more. Raises NotFound."""
    removed, _ = BrandHost.objects.filter(host=host.strip().lower(), brand_id=key).delete()
    if not removed:
        known = ", ".join(hosts_of(key))
        raise NotFound(f"{host} does not stand for {key}", field="host", value=host, expected=known or "a host name")


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at work in a database."""

    application: str
    state: str


def sessions_of(installation: Installation, database: str) -> list[Session]:
    """Who works in a database at this moment: a running statement, an open transaction, or one of a moment ago."""
    with installation.maintenance() as connection:
        rows = connection.execute(
            "SELECT coalesce(nullif(application_name, ''), 'a session'), state FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            " AND (state <> 'idle' OR state_change > clock_timestamp() - make_interval(secs => %s))",
            [database, _IN_USE_SECONDS],
        ).fetchall()
    return [Session(application, state or "") for application, state in rows]


def require_unused(installation: Installation, key: str) -> Brand:
    """The brand, if it is frozen and nobody works in its database. Raises NotFound, BrandInUse."""
    brand = brand_of(key)
    if not brand.frozen:
        raise BrandInUse(
            f"{brand.name} is not frozen", field="brand", value=key, expected=f"`linehouse brand freeze {key}` first"
        )
    working = sessions_of(installation, brand.database)
    if working:
        raise BrandInUse(
            f"{len(working)} sessions work in the database of {brand.name}",
            field="brand",
            value=", ".join(sorted({each.application for each in working})),
            expected="to try again in some seconds",
        )
    return brand


def end_brand(installation: Installation, key: str) -> None:
    """Remove a brand: database, hosts, memberships, clients. Nothing of it stays here. Raises NotFound, BrandInUse."""
    require_unused(installation, key)
    drop_brand(installation, key)
