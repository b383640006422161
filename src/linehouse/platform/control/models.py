"""Tables of the control database."""

from __future__ import annotations

import pgtrigger
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
    serves = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="schema versions of the releases that may serve it, with blanks between; empty: its own alone",
    )
    frozen = models.BooleanField(default=False)
    created_at = models.DateTimeField(help_text="machine clock")
    second_factor = models.BooleanField(
        default=False, db_default=False, help_text="whoever may move money or unmask must log in with a second factor"
    )

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
    dealer = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="for whom a dealer's staff acts"
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user_id", "brand", "role"), name="membership_once"),)

    def __str__(self) -> str:
        return f"{self.role} at {self.brand_id}"


class ApiClient(models.Model):
    """A program that calls the APIs of one brand; of its secrets and tokens only hashes are kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="api_clients")
    token_hash = models.CharField(
        max_length=64, unique=True, null=True, help_text="of a long-lived token; none for a client of OAuth"
    )
    scopes = models.JSONField(default=list)
    sights = models.JSONField(
        default=dict, db_default={}, help_text="field group to plain, masked or hidden; plain when not named"
    )
    dealer = models.CharField(
        max_length=40, blank=True, default="", db_default="", help_text="for whom the program acts"
    )
    per_minute = models.PositiveIntegerField(null=True, help_text="calls in a minute; none for no end")
    monthly_quota = models.PositiveBigIntegerField(null=True, help_text="calls in a month of UTC; none for no end")
    token_seconds = models.PositiveIntegerField(
        default=3600, db_default=3600, help_text="how long an access token lives"
    )
    created_at = models.DateTimeField(help_text="machine clock")
    expires_at = models.DateTimeField(null=True, help_text="machine clock")
    revoked_at = models.DateTimeField(null=True, help_text="machine clock")

    def __str__(self) -> str:
        return self.name


class ClientSecret(models.Model):
    """A secret of a client of OAuth; while it is rotated, two of them hold."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="secrets")
    secret_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8, help_text="the last characters, to tell secrets apart")
    created_at = models.DateTimeField(help_text="machine clock")
    expires_at = models.DateTimeField(null=True, help_text="machine clock")
    revoked_at = models.DateTimeField(null=True, help_text="machine clock")

    def __str__(self) -> str:
        return f"…{self.hint}"


class AccessToken(models.Model):
    """An access token that a client was given; opaque, short-lived, kept as its hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="tokens")
    secret = models.ForeignKey(ClientSecret, on_delete=models.CASCADE, related_name="tokens")
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    issued_at = models.DateTimeField(help_text="machine clock")
    expires_at = models.DateTimeField(help_text="machine clock")
    revoked_at = models.DateTimeField(null=True, help_text="machine clock")

    class Meta:
        indexes = (models.Index(fields=("client", "expires_at"), name="access_token_by_client"),)

    def __str__(self) -> str:
        return f"token of {self.client_id}"


class ClientUsage(models.Model):
    """How often a client called an API on a day of UTC: the meter behind quotas."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="usage")
    day = models.DateField(help_text="machine clock, UTC")
    api = models.CharField(max_length=60)
    calls = models.PositiveBigIntegerField(default=0, help_text="served, whatever the answer")
    refused = models.PositiveBigIntegerField(default=0, help_text="of them, answered with 4xx")
    failed = models.PositiveBigIntegerField(default=0, help_text="of them, answered with 5xx")
    limited = models.PositiveBigIntegerField(default=0, help_text="turned away by rate limit or quota; not in calls")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("client", "day", "api"), name="client_usage_once"),)

    def __str__(self) -> str:
        return f"{self.api} on {self.day}"


class DiameterPeer(models.Model):
    """A Diameter node that may connect to charging, or to which it connects. Who does not stand here is denied."""

    host = models.CharField(
        primary_key=True, max_length=255, help_text="its identity in small letters; *.domain for many"
    )
    realm = models.CharField(
        max_length=255, blank=True, default="", help_text="only with this Origin-Realm; empty: any"
    )
    brand = models.ForeignKey(
        Brand,
        on_delete=models.CASCADE,
        null=True,
        related_name="diameter_peers",
        help_text="whose subscribers it serves where the realm that it asks for does not say it",
    )
    connect = models.CharField(max_length=270, blank=True, default="", help_text="host:port to which we connect")
    tls = models.BooleanField(default=False, help_text="only over TLS")
    sources = models.JSONField(default=list, help_text="addresses or networks from which it may connect; none: any")
    created_at = models.DateTimeField(help_text="machine clock")

    def __str__(self) -> str:
        return self.host


class DiameterRealm(models.Model):
    """A Diameter realm that is served: whose subscribers, and how its clients are told to treat failures."""

    name = models.CharField(primary_key=True, max_length=255, help_text="in small letters")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="diameter_realms")
    services = models.JSONField(default=dict, help_text="settings by service context")
    created_at = models.DateTimeField(help_text="machine clock")

    def __str__(self) -> str:
        return self.name


class DiameterOrigin(models.Model):
    """The last Origin-State-Id of a host: a larger one says that it began anew and lost its sessions."""

    host = models.CharField(primary_key=True, max_length=255)
    state = models.BigIntegerField()
    seen_at = models.DateTimeField(help_text="machine clock")

    def __str__(self) -> str:
        return self.host


class AccessChange(models.Model):
    """Who gave or took access, from whom, and why: written once, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.CharField(max_length=40, blank=True, db_index=True, help_text="empty for the house as a whole")
    at = models.DateTimeField(help_text="machine clock")
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=64)
    actor = models.CharField(max_length=120)
    what = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64, db_index=True)
    subject = models.CharField(max_length=200)
    detail = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        triggers = (pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.what} {self.subject}"
