"""The business data that the palette searches; each room answers for its own."""

from typing import Final

from linehouse.edge.desk.palette import Finder

FINDERS: Final[tuple[Finder, ...]] = ()
