"""Secrets of ours at listeners, kept so that a copy of the database alone does not tell them."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from linehouse.platform.scope import current_brand


def _box() -> Fernet:
    digest = salted_hmac(f"linehouse.tmf.sealed/{current_brand()}", "listeners", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def sealed(secret: str) -> str:
    """The secret under the installation's key."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def opened(text: str) -> str:
    """The secret again; empty when the installation's key is another one since."""
    try:
        return _box().decrypt(text.encode()).decode() if text else ""
    except InvalidToken:
        return ""
