"""API clients of a brand as its administrators see them: registered, changed, given new secrets, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.error import Invalid
from linehouse.platform.access.changes import record, require_reason
from linehouse.platform.access.clients import forget_identities, token_hash
from linehouse.platform.access.errors import ClientUnknown, ScopeUnknown
from linehouse.platform.access.grants import Sight
from linehouse.platform.access.permissions import PERMISSIONS
from linehouse.platform.access.policy import FIELD_GROUPS, SHARED_WITH_DEALERS, owned
from linehouse.platform.control.models import AccessToken, ApiClient, ClientSecret
from linehouse.platform.scope import CONTROL
from linehouse.platform.work import Actor

SECRET_PREFIX = "lhs_"  # noqa: S105 - tells secrets from tokens when one turns up in a wrong place; no secret
DEFAULT_PER_MINUTE = 600
DEFAULT_TOKEN_SECONDS = 3600
_TOKEN_SECONDS = range(60, 86_401)
_HINT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientWishes:
    """What a program is to be given. Field groups that are not named in ``sights`` are masked.

    ``per_minute`` and ``monthly_quota`` are calls, None without an end; ``token_seconds`` is how long an access token
    lives; ``dealer`` binds the program to that dealer's customers and orders.
    """

    name: str
    scopes: frozenset[str]
    sights: Mapping[str, Sight] = field(default_factory=dict)
    dealer: str = ""
    per_minute: int | None = DEFAULT_PER_MINUTE
    monthly_quota: int | None = None
    token_seconds: int = DEFAULT_TOKEN_SECONDS
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SecretView:
    """A secret without itself: its last characters and how long it holds."""

    id: UUID
    hint: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def holds_at(self, now: datetime) -> bool:
        """Whether a client proves itself by it at the machine's instant."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramView:
    """An API client with what it was given; ``long_lived`` says that it has a bearer token that does not end."""

    id: UUID
    name: str
    brand: str
    scopes: tuple[str, ...]
    sights: Mapping[str, Sight]
    dealer: str
    per_minute: int | None
    monthly_quota: int | None
    token_seconds: int
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    long_lived: bool
    secrets: tuple[SecretView, ...] = ()
    live_tokens: int = 0

    @property
    def state(self) -> str:
        """active, expired or revoked, by the machine's clock."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= MachineClock().now() else "active"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret, told this once, with the id of the client that it belongs to."""

    client_id: UUID
    secret: str
    hint: str


def programs(brand: str) -> Sequence[ProgramView]:
    """The brand's API clients by name, revoked ones last."""
    rows = ApiClient.objects.filter(brand_id=brand).order_by("name", "id")
    return sorted((_view(row) for row in rows), key=lambda one: one.state == "revoked")


def program(brand: str, client_id: UUID) -> ProgramView:
    """One client of the brand with its secrets. Raises ClientUnknown, also for another brand's."""
    row = _row(brand, client_id)
    kept = tuple(
        SecretView(s.id, s.hint, s.created_at, s.expires_at, s.revoked_at) for s in row.secrets.order_by("-created_at")
    )
    live = AccessToken.objects.filter(client=row, revoked_at=None, expires_at__gt=MachineClock().now()).count()
    return _view(row, kept, live)


def register_program(brand: str, wishes: ClientWishes, *, actor: Actor, reason: str) -> NewSecret:
    """Register a client of OAuth with its first secret. Raises Invalid, ScopeUnknown, AccessReasonMissing."""
    why = require_reason(reason)
    values = _checked(wishes)
    with transaction.atomic(using=CONTROL):
        row = ApiClient.objects.create(brand_id=brand, created_at=MachineClock().now(), **values)
        made = _new_secret(row)
        _record("client registered", row, actor, why, " ".join(row.scopes))
    return made


def change_program(brand: str, client_id: UUID, wishes: ClientWishes, *, actor: Actor, reason: str) -> ProgramView:
    """Change what a client is given; tokens that it holds lose what was taken. Raises as register_program does."""
    why = require_reason(reason)
    values = _checked(wishes)
    with transaction.atomic(using=CONTROL):
        row = _row(brand, client_id, lock=True)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        _record("client changed", row, actor, why, " ".join(row.scopes))
    forget_identities()
    return program(brand, client_id)


def rotate_secret(brand: str, client_id: UUID, *, overlap: timedelta, actor: Actor, reason: str) -> NewSecret:
    """Give the client a new secret; those that hold now end after ``overlap``, and the tokens given for them, too."""
    why = require_reason(reason)
    if overlap < timedelta(0) or overlap > timedelta(days=90):
        raise Invalid("the overlap is out of range", field="overlap", value=str(overlap), expected="0 to 90 days")
    now = MachineClock().now()
    with transaction.atomic(using=CONTROL):
        row = _row(brand, client_id, lock=True)
        if row.revoked_at is not None:
            raise ClientUnknown("the client is revoked", field="client", value=str(client_id))
        ends = now + overlap
        for old in row.secrets.filter(revoked_at=None):
            if old.expires_at is None or old.expires_at > ends:
                old.expires_at = ends
                old.save(update_fields=["expires_at"])
        made = _new_secret(row)
        _record("secret rotated", row, actor, why, f"new …{made.hint}, the old ones end {ends:%Y-%m-%d %H:%M} UTC")
    forget_identities()
    return made


def revoke_program(brand: str, client_id: UUID, *, actor: Actor, reason: str) -> None:
    """End a client for good: its secrets, access tokens and long-lived token no longer hold. Raises ClientUnknown."""
    why = require_reason(reason)
    now = MachineClock().now()
    with transaction.atomic(using=CONTROL):
        row = _row(brand, client_id, lock=True)
        if row.revoked_at is None:
            row.revoked_at = now
            row.save(update_fields=["revoked_at"])
            row.secrets.filter(revoked_at=None).update(revoked_at=now)
            row.tokens.filter(revoked_at=None).update(revoked_at=now)
            _record("client revoked", row, actor, why)
    forget_identities()


def _row(brand: str, client_id: UUID, *, lock: bool = False) -> ApiClient:
    rows = ApiClient.objects.select_for_update() if lock else ApiClient.objects.all()
    row = rows.filter(id=client_id, brand_id=brand).first()
    if row is None:
        raise ClientUnknown("there is no such API client", field="client", value=str(client_id))
    return row


def _checked(wishes: ClientWishes) -> dict[str, object]:
    name = wishes.name.strip()
    if not name or len(name) > 120:
        raise Invalid("a client needs a name", field="name", value=wishes.name, expected="1 to 120 characters")
    if unknown := wishes.scopes - PERMISSIONS.keys():
        raise ScopeUnknown(
            "there is no such permission",
            field="scopes",
            value=" ".join(sorted(unknown)),
            expected="declared permissions",
        )
    dealer = wishes.dealer.strip()
    if dealer:
        closed = sorted(scope for scope in wishes.scopes if not owned(scope) and scope not in SHARED_WITH_DEALERS)
        if closed:
            raise ScopeUnknown(
                "a program of a dealer is not given these",
                field="scopes",
                value=" ".join(closed),
                expected="permissions on customers and orders, " + ", ".join(sorted(SHARED_WITH_DEALERS)),
            )
    for label, number in (("per_minute", wishes.per_minute), ("monthly_quota", wishes.monthly_quota)):
        if number is not None and number < 1:
            raise Invalid("a limit is at least one call", field=label, value=number, expected="a whole number from 1")
    if wishes.token_seconds not in _TOKEN_SECONDS:
        raise Invalid(
            "an access token lives between a minute and a day",
            field="token_seconds",
            value=wishes.token_seconds,
            expected=f"{_TOKEN_SECONDS.start} to {_TOKEN_SECONDS.stop - 1}",
        )
    if strange := wishes.sights.keys() - FIELD_GROUPS.keys():
        raise ScopeUnknown("there is no such field group", field="sights", value=" ".join(sorted(strange)))
    return {
        "name": name,
        "scopes": sorted(wishes.scopes),
        "sights": {group: wishes.sights.get(group, Sight.MASKED).value for group in FIELD_GROUPS},
        "dealer": dealer[:40],
        "per_minute": wishes.per_minute,
        "monthly_quota": wishes.monthly_quota,
        "token_seconds": wishes.token_seconds,
        "expires_at": wishes.expires_at,
    }


def _new_secret(row: ApiClient) -> NewSecret:
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    hint = secret[-_HINT:]
    ClientSecret.objects.create(client=row, secret_hash=token_hash(secret), hint=hint, created_at=MachineClock().now())
    return NewSecret(row.id, secret, hint)


def _record(what: str, row: ApiClient, actor: Actor, reason: str, detail: str = "") -> None:
    record(what, brand=row.brand_id, actor=actor, subject_id=row.id, subject=row.name, detail=detail, reason=reason)


def _view(row: ApiClient, kept: tuple[SecretView, ...] = (), live: int = 0) -> ProgramView:
    return ProgramView(
        id=row.id,
        name=row.name,
        brand=row.brand_id,
        scopes=tuple(row.scopes),
        sights={group: Sight(row.sights.get(group, Sight.PLAIN)) for group in FIELD_GROUPS},
        dealer=row.dealer,
        per_minute=row.per_minute,
        monthly_quota=row.monthly_quota,
        token_seconds=row.token_seconds,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        long_lived=row.token_hash is not None,
        secrets=kept,
        live_tokens=live,
    )
