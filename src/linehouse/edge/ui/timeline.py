"""Values that the timeline and the milestone tracker draw."""

from dataclasses import dataclass
from datetime import datetime

from linehouse.edge.ui.status import Tone


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline."""

    at: datetime
    title: str
    text: str = ""
    icon: str = "event"
    tone: Tone = Tone.QUIET
    url: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """One station on the way of an order or a run."""

    name: str
    tone: Tone
    note: str = ""

    @property
    def icon(self) -> str:
        """The mark of the station; empty shows its number."""
        return {Tone.GOOD: "check", Tone.BAD: "close", Tone.INFO: "retry"}.get(self.tone, "")
