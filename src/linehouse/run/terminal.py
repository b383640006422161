"""What a person sees while something long goes on: a moving line on a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from linehouse.run.welcome import Welcome


class Steps:
    """Shows one step after the other; calling it with a new text ends the step before. A `Progress`."""

    def __init__(self, console: Console) -> None:
        """Write to this console."""
        self._console = console
        self._moving = console.is_terminal
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._text = ""
        self._began = time.monotonic()
        self._task = self._progress.add_task("", total=None, visible=False)

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._moving:
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        """End the last step; it counts as done unless an error passes through."""
        if kind is None:
            self._ended()
        if self._moving:
            self._progress.stop()

    def __call__(self, text: str, done: int = 0, total: int = 0) -> None:
        """A new step, or more of the same."""
        if text != self._text:
            self._ended()
            self._text, self._began = text, time.monotonic()
            if not self._moving:
                self._console.print(Text(f"· {text}"))
            self._progress.reset(self._task, description=text, total=total or None, visible=True)
        if self._moving:
            self._progress.update(self._task, completed=done, total=total or None)

    def pause(self) -> None:
        """Nothing is under way: the last step is done and the moving line goes away until the next."""
        self._ended()
        self._progress.update(self._task, visible=False)
        self._progress.refresh()

    def say(self, text: str) -> None:
        """A line about something that happened by itself."""
        self._console.print(Text(f"! {text}"))

    def _ended(self) -> None:
        if self._text and self._moving:
            seconds = time.monotonic() - self._began
            line = Text.assemble(("✓ ", "green"), self._text, (f"  {seconds:.1f} s", "dim"))
            self._console.print(line)
        self._text = ""


def welcome_panel(welcome: Welcome, seconds: float) -> Panel:
    """Addresses and log-ins in a frame."""
    places = Table.grid(padding=(0, 2))
    for address in welcome.addresses:
        places.add_row(Text(address.name, style="bold"), Text(address.url, style="cyan"))
    parts: list[Table | Text] = [places]
    if welcome.log_ins:
        log_ins = Table.grid(padding=(0, 2))
        for log_in in welcome.log_ins:
            log_ins.add_row(Text(log_in.where, style="bold"), Text(log_in.name), Text(log_in.password))
        parts += [Text(), Text("Demo log-ins", style="dim"), log_ins]
    parts += [Text(hint, style="dim") for hint in ("", *welcome.hints, "Ctrl-C stops everything.")]
    return Panel(Group(*parts), title=f"Linehouse is up ({seconds:.1f} s)", border_style="green", expand=False)
