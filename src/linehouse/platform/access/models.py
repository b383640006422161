"""The log-in: staff in the control database, subscribers in their brand's."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models

from linehouse.kernel.clock import MachineClock
from linehouse.kernel.ids import new_id


def machine_now() -> datetime:
    """The machine's instant; a named function, so that migrations can refer to it."""
    return MachineClock().now()


class UserManager(BaseUserManager["User"]):
    """Makes log-ins by e-mail address."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A log-in that may sign in; without a password it must first set one."""
        user: User = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A log-in of a realm. What it may do for a brand says its membership, not this row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(
        max_length=8, blank=True, default="", db_default="", help_text="of the screens; empty: not chosen"
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(default=machine_now, help_text="machine clock")

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """The name shown to colleagues."""
        return self.name

    def get_short_name(self) -> str:
        """The first part of the name."""
        return self.name.split(" ")[0]


class LogInFailures(models.Model):
    """Failed log-ins with one address, whoever has it or nobody; kept by a hash, since people also type passwords."""

    address_hash = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0, help_text="since first_at")
    first_at = models.DateTimeField(help_text="machine clock")
    locked_until = models.DateTimeField(null=True, help_text="machine clock")

    def __str__(self) -> str:
        return f"{self.failures} failures"
