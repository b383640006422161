"""What a restore must do before anybody is served: repeat the erasures that the restored state does not know."""

from __future__ import annotations

from collections.abc import Iterable

from linehouse.platform.personal.erase import repeat
from linehouse.platform.personal.erasures import Erasure, erasures_since

__all__ = ["Erasure", "apply_erasures", "erasures_since"]


def apply_erasures(wanted: Iterable[Erasure]) -> int:
    """Erase again, in the current brand's restored database, whom it still knows; returns how many were asked for.

    Contracts and money do not stand in the way: who was erased once stays erased. Repeating changes nothing.
    """
    count = 0
    for one in wanted:
        repeat(one.subject, one.at)
        count += 1
    return count
