"""What the log-in library knows of a member of staff: second factors, sessions, and a link to set a password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.urls import reverse

from linehouse.edge.web.sessions import device
from linehouse.kernel.clock import MachineClock
from linehouse.platform.access.models import User


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Where somebody is logged in."""

    id: int
    device: str
    ip: str
    since: datetime


def with_second_factor(users: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the log-ins that have an authenticator app or a security key; one query."""
    factors = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    rows = Authenticator.objects.filter(user_id__in=list(users), type__in=factors)
    return frozenset(rows.values_list("user_id", flat=True))


def open_sessions(user_id: UUID) -> list[OpenSession]:
    """Where a log-in is open now, the latest first."""
    rows = UserSession.objects.purge_and_list(User.objects.get(id=user_id))
    found = [OpenSession(row.pk, device(row.user_agent), row.ip, row.created_at) for row in rows]
    return sorted(found, key=lambda one: one.since, reverse=True)


def end_sessions(user_id: UUID) -> int:
    """Log somebody out everywhere; returns how many sessions there were.

    Every session that holds is looked into: one from before sessions were listed ends as well.
    """
    UserSession.objects.filter(user_id=user_id).delete()
    open_ones = Session.objects.filter(expire_date__gt=MachineClock().now())
    theirs = [one for one in open_ones.iterator() if one.get_decoded().get(SESSION_KEY) == str(user_id)]
    for one in theirs:
        one.delete()
    return len(theirs)


def forget_second_factor(user_id: UUID) -> None:
    """Take away authenticator apps, keys and recovery codes, for somebody who has lost them."""
    Authenticator.objects.filter(user_id=user_id).delete()


def password_link(request: HttpRequest, user: User) -> str:
    """A link by which the person sets a password; it holds once, and for the days that such links do."""
    kwargs = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs=kwargs))


def send_password_link(request: HttpRequest, user: User, link: str) -> bool:
    """Mail the link; False when no mail could be sent, so that it must be handed over otherwise."""
    try:
        get_adapter().send_mail("account/email/invitation", user.email, {"link": link, "name": user.name})
    except OSError:
        return False
    return True
