"""How allauth behaves here: nobody signs up by themselves, repeated failures lock, secrets are kept encrypted."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from linehouse.platform.access import lockout
from linehouse.platform.access.changes import record_of_person
from linehouse.platform.access.models import User
from linehouse.platform.scope import CONTROL, realm_or_none
from linehouse.platform.work import Actor


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Log-ins are made by an administrator, and locked for a while after repeated failures."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse, before the password is looked at, an address that is locked."""
        until = lockout.locked_until(str(credentials.get("email", "")))
        if until is not None:
            raise ValidationError(
                _(
                    "Too many failed log-ins: this address is locked until %(time)s UTC. "
                    "Whoever gives access in your brand can unlock it."
                )
                % {"time": f"{until:%H:%M}"},
                code="locked",
            )
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the failure."""
        lockout.note_failure(str(credentials.get("email", "")))
        super().authentication_failed(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """A right password ends the count of failures."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            lockout.note_success(user.email)
        return user

    def set_password(self, user: User, password: str) -> None:
        """A password set by a link that was sent ends the count of failures, too."""
        super().set_password(user, password)
        lockout.note_success(user.email)
        _on_record("password set", user)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """Called with each change of a second factor: it goes on record, whether or not a mail is sent."""
        what = FACTOR_CHANGES.get(template_prefix.rpartition("/")[2])
        if what is not None:
            _on_record(what, user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keys of authenticator apps and recovery codes are encrypted by a key that is derived from the secret key."""

    def encrypt(self, text: str) -> str:
        """The text as it is kept."""
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The text as it was given."""
        return self._box().decrypt(encrypted_text.encode()).decode()

    def _box(self) -> Fernet:
        realm = realm_or_none() or "-"
        key = hmac.new(settings.SECRET_KEY.encode(), f"linehouse.second-factor/{realm}".encode(), hashlib.sha256)
        return Fernet(base64.urlsafe_b64encode(key.digest()))


FACTOR_CHANGES: Final = {
    "totp_activated": "authenticator app set up",
    "totp_deactivated": "authenticator app switched off",
    "webauthn_added": "security key added",
    "webauthn_removed": "security key removed",
    "recovery_codes_generated": "recovery codes made",
}
"""What the log-in library tells of a second factor, in the words of the record."""


def _on_record(what: str, user: User) -> None:
    """A line on record by the person themselves; subscribers' log-ins keep none here."""
    if realm_or_none() == CONTROL:
        name = user.name or user.email
        record_of_person(what, user.id, name, actor=Actor("staff", str(user.id), name))


def realm_key(key: str, key_prefix: str, version: int) -> str:
    """Cache keys name their realm, so that a log-in limit or session of one never answers for another."""
    return f"{realm_or_none() or '-'}:{key_prefix}:{version}:{key}"
