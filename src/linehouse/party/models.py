"""Tables of people and organisations."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from linehouse.party.consent_models import Consent  # noqa: F401 - a table of this room
from linehouse.party.lifecycle import INDIVIDUAL, ORGANIZATION
from linehouse.party.values import DocumentKind, MediumKind
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked


@tracked
class Individual(BusinessModel):
    """A person (TMF632 Individual)."""

    given_name = models.CharField(max_length=80)
    middle_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80)
    title = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField(null=True)
    nationality = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=20, default="initialized")

    class Meta:
        constraints = (state_constraint(INDIVIDUAL),)
        triggers = (state_trigger(INDIVIDUAL),)

    def __str__(self) -> str:
        return str(self.id)


@tracked
class Organization(BusinessModel):
    """A company or another body (TMF632 Organization)."""

    trading_name = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=120, blank=True)
    registration_number = models.CharField(max_length=80, blank=True)
    vat_id = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=20, default="initialized")

    class Meta:
        constraints = (state_constraint(ORGANIZATION),)
        triggers = (state_trigger(ORGANIZATION),)

    def __str__(self) -> str:
        return str(self.id)


@tracked
class Medium(BusinessModel):
    """One way to reach a party, for as long as it was right: a change closes the row and opens another."""

    individual = models.ForeignKey(Individual, null=True, on_delete=models.PROTECT, related_name="media")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="media")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in MediumKind])
    value = models.CharField(max_length=320, blank=True, help_text="e-mail address or number in international form")
    street1 = models.CharField(max_length=120, blank=True)
    street2 = models.CharField(max_length=120, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2")
    preferred = models.BooleanField(default=False)
    valid_from = models.DateTimeField(help_text="business clock")
    valid_to = models.DateTimeField(null=True, help_text="business clock; the first instant at which it is not right")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="medium_of_one_party",
                condition=models.Q(individual__isnull=True) ^ models.Q(organization__isnull=True),
            ),
            models.CheckConstraint(
                name="medium_valid_forward",
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
            ),
            # One preferred of a kind at a time, so that "the address" has one answer.
            models.UniqueConstraint(
                fields=("individual", "kind"),
                condition=models.Q(valid_to__isnull=True, preferred=True),
                name="medium_individual_preferred",
            ),
            models.UniqueConstraint(
                fields=("organization", "kind"),
                condition=models.Q(valid_to__isnull=True, preferred=True),
                name="medium_organization_preferred",
            ),
        )
        indexes = (models.Index(Lower("value"), "kind", name="medium_by_value"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@tracked
class IdentityDocument(BusinessModel):
    """A document by which a person was identified."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in DocumentKind])
    number = models.CharField(max_length=20)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2; the issuer")
    valid_until = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=("number", "country", "kind"), name="document_by_number"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
