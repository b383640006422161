"""Tables of people and organisations."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from linehouse.party.consent_models import Consent  # noqa: F401 - a table of this room
from linehouse.party.lifecycle import INDIVIDUAL, ORGANIZATION, SUBJECT_REQUEST
from linehouse.party.values import DocumentKind, MediumKind, RequestKind
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked
from linehouse.platform.personal.fields import BlindIndexField, EncryptedDateField, EncryptedTextField

ERASED = "[erased]"
"""What stands for the name of somebody who was erased."""


@tracked
class Individual(BusinessModel):
    """A person (TMF632 Individual)."""

    given_name = EncryptedTextField(of="party_individual.given_name", subject="id")
    middle_name = EncryptedTextField(of="party_individual.middle_name", subject="id", blank=True)
    family_name = EncryptedTextField(of="party_individual.family_name", subject="id", erased=ERASED)
    title = EncryptedTextField(of="party_individual.title", subject="id", blank=True)
    birth_date = EncryptedDateField(of="party_individual.birth_date", subject="id", null=True)
    nationality = EncryptedTextField(
        of="party_individual.nationality", subject="id", blank=True, help_text="ISO 3166-1 alpha-2"
    )
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

    trading_name = EncryptedTextField(of="party_organization.trading_name", subject="id", erased=ERASED)
    legal_name = EncryptedTextField(of="party_organization.legal_name", subject="id", blank=True)
    registration_number = EncryptedTextField(of="party_organization.registration_number", subject="id", blank=True)
    vat_id = EncryptedTextField(of="party_organization.vat_id", subject="id", blank=True)
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
    value = EncryptedTextField(
        of="party_medium.value", subject="party_id", blank=True, help_text="e-mail address or international number"
    )
    value_index = BlindIndexField(of="party_medium.value", source="value")
    street1 = EncryptedTextField(of="party_medium.street1", subject="party_id", blank=True)
    street2 = EncryptedTextField(of="party_medium.street2", subject="party_id", blank=True)
    postcode = EncryptedTextField(of="party_medium.postcode", subject="party_id", blank=True)
    city = EncryptedTextField(of="party_medium.city", subject="party_id", blank=True)
    region = EncryptedTextField(of="party_medium.region", subject="party_id", blank=True)
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
        indexes = (models.Index(fields=("value_index", "kind"), name="medium_by_value_index"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def party_id(self) -> UUID | None:
        """Whose medium it is."""
        return self.individual_id or self.organization_id


@tracked
class IdentityDocument(BusinessModel):
    """A document by which a person was identified."""

    individual = models.ForeignKey(Individual, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in DocumentKind])
    number = EncryptedTextField(of="party_identitydocument.number", subject="individual_id")
    number_index = BlindIndexField(of="party_identitydocument.number", source="number")
    country = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2; the issuer")
    valid_until = EncryptedDateField(of="party_identitydocument.valid_until", subject="individual_id", null=True)

    class Meta:
        indexes = (models.Index(fields=("number_index", "country", "kind"), name="document_by_number_index"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@tracked
class SubjectRequest(BusinessModel):
    """What a person asks of us about their own data (GDPR 12 to 22)."""

    number = models.CharField(max_length=40, unique=True)
    party_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in RequestKind])
    state = models.CharField(max_length=20, default="received")
    due_at = models.DateTimeField(help_text="business clock; a month after it came")
    channel = models.CharField(max_length=20)
    note = EncryptedTextField(of="party_subjectrequest.note", subject="party_id", blank=True)
    identity = EncryptedTextField(of="party_subjectrequest.identity", subject="party_id", blank=True)
    outcome = models.CharField(max_length=1000, blank=True)
    document_id = models.UUIDField(null=True)
    taken_by = models.CharField(max_length=200)
    settled_at = models.DateTimeField(null=True, help_text="business clock")

    class Meta:
        constraints = (
            state_constraint(SUBJECT_REQUEST),
            models.CheckConstraint(
                name="subject_request_settled_iff_final",
                condition=models.Q(state__in=("answered", "refused"), settled_at__isnull=False)
                | (~models.Q(state__in=("answered", "refused")) & models.Q(settled_at__isnull=True)),
            ),
        )
        triggers = (state_trigger(SUBJECT_REQUEST),)
        indexes = (models.Index(fields=("state", "due_at"), name="subject_request_by_due"),)

    def __str__(self) -> str:
        return self.number
