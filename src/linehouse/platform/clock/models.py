"""The row that holds the business clock."""

from __future__ import annotations

from django.db import models


class BusinessClock(models.Model):
    """The brand's clock: live (the machine's), offset (runs ahead of it) or manual (stands until it is moved)."""

    class Mode(models.TextChoices):
        """How the clock runs."""

        LIVE = "live"
        OFFSET = "offset"
        MANUAL = "manual"

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.LIVE)
    instant = models.DateTimeField(null=True, help_text="business clock; where it stands in manual mode")
    offset = models.DurationField(null=True, help_text="how far it runs ahead in offset mode")
    target = models.DateTimeField(null=True, help_text="business clock; where an advance under way is going")
    generation = models.BigIntegerField(default=0, help_text="grows with every move")

    class Meta:
        constraints = (
            models.CheckConstraint(name="clock_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="clock_mode_complete",
                condition=models.Q(mode="live")
                | models.Q(mode="manual", instant__isnull=False)
                | models.Q(mode="offset", offset__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.mode
