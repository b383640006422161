"""What the first screen of a running installation says, and how long steps report."""

from typing import Protocol

import msgspec


class Progress(Protocol):
    """Told by long steps how far they are."""

    def __call__(self, text: str, done: int = 0, total: int = 0) -> None:
        """A new step, or more of the same: `done` of `total` where they can be counted."""
        ...


class Address(msgspec.Struct, frozen=True):
    """A place to go in a browser."""

    name: str
    url: str


class LogIn(msgspec.Struct, frozen=True):
    """A log-in of the demo. Never one that a person chose."""

    where: str
    name: str
    password: str


class Welcome(msgspec.Struct, frozen=True):
    """Addresses and demo log-ins, for the panel that ends a start."""

    addresses: tuple[Address, ...] = ()
    log_ins: tuple[LogIn, ...] = ()
    hints: tuple[str, ...] = ()
