"""How allauth behaves here: nobody signs up by themselves, and cache keys are kept apart by realm."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from linehouse.platform.scope import realm_or_none


class StaffAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Log-ins are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No."""
        return False


def realm_key(key: str, key_prefix: str, version: int) -> str:
    """Cache keys name their realm, so that a log-in limit or session of one never answers for another."""
    return f"{realm_or_none() or '-'}:{key_prefix}:{version}:{key}"
