"""Files read as a catalogue, the last ones kept: a draft is read for its page, its check and its publication."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from linehouse.catalog.files import Written, read_catalogue

_KEPT = 3
_last: deque[tuple[dict[str, str], Written]] = deque(maxlen=_KEPT)


def parsed(files: Mapping[str, str]) -> Written:
    """The catalogue that the files write; the same value for the same texts. Raises FilesInvalid."""
    wanted = dict(files)
    for held, written in tuple(_last):
        if held == wanted:
            return written
    written = read_catalogue(wanted)
    _last.append((wanted, written))
    return written
