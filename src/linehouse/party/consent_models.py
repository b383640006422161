"""The ledger of consents."""

from __future__ import annotations

import pgtrigger
from django.db import models

from linehouse.kernel.ids import new_id
from linehouse.party.consent_values import ConsentChannel, ConsentSource, Purpose


class Consent(models.Model):
    """One line: somebody agreed to a purpose, or withdrew. Lines are added and never changed.

    Only the words of the evidence may be emptied, which is what an erasure does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    party_id = models.UUIDField()
    purpose = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Purpose])
    channel = models.CharField(
        max_length=10, blank=True, choices=[(one.value, one.value) for one in ConsentChannel], help_text="empty: all"
    )
    given = models.BooleanField()
    source = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ConsentSource])
    evidence = models.CharField(max_length=500, blank=True, help_text="how it can be shown that it was said")
    at = models.DateTimeField(help_text="business clock")
    actor = models.CharField(max_length=200)

    class Meta:
        indexes = (models.Index(fields=("party_id", "purpose", "-at"), name="consent_of_party"),)
        triggers = (
            pgtrigger.Protect(name="consent_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="consent_never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "((OLD.id, OLD.party_id, OLD.purpose, OLD.channel, OLD.given, OLD.source, OLD.at, OLD.actor) "
                    "IS DISTINCT FROM (NEW.id, NEW.party_id, NEW.purpose, NEW.channel, NEW.given, NEW.source, NEW.at, "
                    "NEW.actor) OR NEW.evidence <> '')"
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
