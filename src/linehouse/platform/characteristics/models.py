"""Tables of custom characteristics."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linehouse.platform.characteristics.lifecycle import CHARACTERISTIC
from linehouse.platform.characteristics.values import ValueKind
from linehouse.platform.models import BusinessModel, state_constraint, state_trigger, tracked

_COLUMNS = ("text", "number", "day", "yes")


def _only(column: str) -> Q:
    return Q(**{f"{name}__isnull": name != column for name in _COLUMNS})


@tracked
class CharacteristicSpec(BusinessModel):
    """A declared characteristic of an entity."""

    entity = models.CharField(max_length=40)
    key = models.CharField(max_length=40)
    label = models.JSONField(help_text="text by language; the empty language for all others")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ValueKind])
    description = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=20, blank=True)
    choices = models.JSONField(default=dict, help_text="allowed value → what people read, in order")
    minimum = models.DecimalField(max_digits=30, decimal_places=9, null=True)
    maximum = models.DecimalField(max_digits=30, decimal_places=9, null=True)
    pattern = models.CharField(max_length=200, blank=True)
    required = models.BooleanField(default=False)
    searchable = models.BooleanField(default=True)
    personal = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    state = models.CharField(max_length=10, default="active")

    class Meta:
        constraints = (
            state_constraint(CHARACTERISTIC),
            models.UniqueConstraint(fields=("entity", "key"), name="characteristic_once"),
        )
        triggers = (state_trigger(CHARACTERISTIC),)

    def __str__(self) -> str:
        return f"{self.entity}.{self.key}"


@tracked
class CharacteristicValue(BusinessModel):
    """The value of one characteristic for one object, in the column of its kind."""

    spec = models.ForeignKey(CharacteristicSpec, on_delete=models.PROTECT, related_name="values")
    object_id = models.UUIDField()
    text = models.CharField(max_length=600, null=True, help_text="null where another column holds the value")
    number = models.DecimalField(max_digits=30, decimal_places=9, null=True)
    day = models.DateField(null=True)
    yes = models.BooleanField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("object_id", "spec"), name="characteristic_value_once"),
            models.CheckConstraint(
                name="characteristic_value_in_one_column",
                condition=_only("text") | _only("number") | _only("day") | _only("yes"),
            ),
        )
        indexes = (
            models.Index(fields=("spec", "text"), name="characteristic_by_text"),
            models.Index(fields=("spec", "number"), name="characteristic_by_number"),
            models.Index(fields=("spec", "day"), name="characteristic_by_day"),
        )

    def __str__(self) -> str:
        return f"value {self.pk}"
