"""Tables of the control database."""

from __future__ import annotations

from django.db import models

from linehouse.kernel.ids import new_id


class Brand(models.Model):
    """A brand and the database that holds it; the physical name stands only here."""

    key = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=120)
    database = models.CharField(max_length=63, unique=True)
    url = models.CharField(
        max_length=500,
        blank=True,
        help_text="server of the database where it is not the control database's",
    )
    schema_version = models.CharField(max_length=64, blank=True)
    frozen = models.BooleanField(default=False)
    created_at = models.DateTimeField(help_text="machine clock")

    def __str__(self) -> str:
        return self.name


class BrandHost(models.Model):
    """A host name under which subscribers and API clients reach a brand."""

    host = models.CharField(primary_key=True, max_length=253)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="hosts")

    def __str__(self) -> str:
        return self.host


class Membership(models.Model):
    """The role in which a member of staff works for a brand."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField(db_index=True)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(max_length=30)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user_id", "brand", "role"), name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.role} at {self.brand_id}"


class ApiClient(models.Model):
    """A program that calls the APIs of one brand; of its token only a hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="api_clients")
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(help_text="machine clock")
    revoked_at = models.DateTimeField(null=True, help_text="machine clock")

    def __str__(self) -> str:
        return self.name
