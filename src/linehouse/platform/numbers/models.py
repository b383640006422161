"""The series of a brand."""

from __future__ import annotations

from django.db import models


class NumberSeries(models.Model):
    """A series: its pattern and the number that comes next."""

    name = models.CharField(primary_key=True, max_length=60)
    pattern = models.CharField(max_length=60, help_text="with {n} for the number, such as C-{n:06d}")
    next = models.BigIntegerField(default=1)

    class Meta:
        constraints = (models.CheckConstraint(name="series_next_positive", condition=models.Q(next__gte=1)),)

    def __str__(self) -> str:
        return self.name
