"""Values that the timeline and the milestone tracker draw."""

from dataclasses import dataclass
from datetime import datetime

from django_stubs_ext import StrOrPromise

from linehouse.edge.ui.status import Tone


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline."""

    at: datetime
    title: StrOrPromise
    text: StrOrPromise = ""
    icon: str = "event"
    tone: Tone = Tone.QUIET
    url: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One station on the way of an order or a run."""

    name: StrOrPromise
    tone: Tone
    note: str = ""

    @property
    def icon(self) -> str:
        """The mark of the station; empty shows its number."""
        return {Tone.GOOD: "check", Tone.BAD: "close", Tone.INFO: "retry"}.get(self.tone, "")
