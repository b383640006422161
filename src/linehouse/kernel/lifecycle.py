"""Lifecycles: the states of a thing and the moves allowed between them, declared once as data."""

from __future__ import annotations

from collections.abc import Iterable

from linehouse.kernel.error import DomainError, Kind

_registry: dict[str, Lifecycle] = {}


class IllegalTransition(DomainError, code="kernel.illegal_transition", kind=Kind.CONFLICT):
    """The state may not move there from where it is; the error names the moves that are allowed."""


class Lifecycle:
    """A state machine as data. Checks, database constraints, diagrams and the reference follow from it.

    ``transitions`` are (from, to) pairs; ``initial`` the states in which a thing may begin. A state without a way out
    is final. Raises ValueError when a pair names an unknown state or a state cannot be reached.
    """

    __slots__ = ("initial", "name", "states", "transitions")

    def __init__(
        self, name: str, *, states: Iterable[str], initial: str | Iterable[str], transitions: Iterable[tuple[str, str]]
    ) -> None:
        self.name = name
        self.states = tuple(states)
        self.initial = frozenset((initial,) if isinstance(initial, str) else initial)
        self.transitions = tuple(transitions)
        known = set(self.states)
        unknown = {s for pair in self.transitions for s in pair} | set(self.initial)
        if unknown - known:
            raise ValueError(f"lifecycle {name}: unknown states {sorted(unknown - known)}")
        if lost := known - self._reachable():
            raise ValueError(f"lifecycle {name}: states never reached {sorted(lost)}")
        if name in _registry and _registry[name].transitions != self.transitions:
            raise ValueError(f"lifecycle {name} is declared twice")
        _registry[name] = self

    def _reachable(self) -> set[str]:
        reached = set(self.initial)
        grown = True
        while grown:
            more = {new for old, new in self.transitions if old in reached} - reached
            reached |= more
            grown = bool(more)
        return reached

    @property
    def final(self) -> frozenset[str]:
        """States without a way out."""
        return frozenset(self.states) - {old for old, _ in self.transitions}

    def allowed(self, old: str) -> tuple[str, ...]:
        """Where a thing may move from ``old``, in declared order."""
        return tuple(new for was, new in self.transitions if was == old)

    def permits(self, old: str, new: str) -> bool:
        """Whether that move is declared."""
        return (old, new) in self.transitions

    def require(self, old: str, new: str) -> str:
        """Return ``new``, or raise IllegalTransition that names what is allowed."""
        if not self.permits(old, new):
            allowed = ", ".join(self.allowed(old)) or "nothing: the state is final"
            raise IllegalTransition(
                f"{self.name} cannot move from {old} to {new}", field="state", value=new, expected=allowed
            )
        return new

    def mermaid(self) -> str:
        """The diagram as Mermaid text, for the reference."""
        names = {state: state.replace(" ", "_") for state in self.states}
        lines = ["stateDiagram-v2"]
        lines += [f"    [*] --> {names[state]}" for state in self.states if state in self.initial]
        lines += [f"    {names[old]} --> {names[new]}" for old, new in self.transitions]
        lines += [f"    {names[state]} --> [*]" for state in self.states if state in self.final]
        return "\n".join(lines)


def all_lifecycles() -> dict[str, Lifecycle]:
    """Every declared lifecycle by name."""
    return dict(sorted(_registry.items()))
