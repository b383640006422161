"""Removing what nobody needs any more."""

from __future__ import annotations

from linehouse.platform.backup import wal
from linehouse.platform.backup.manifest import Manifest
from linehouse.platform.backup.shelf import Shelf, single_brand


def prune(shelf: Shelf, keep: int) -> tuple[list[Manifest], int]:
    """Remove the backups of the installation beyond the newest `keep`, and the log that no backup needs any more.

    Returns the backups that went and how many segments. Backups of single brands stay until a person removes them.
    """
    gone = shelf.superfluous(keep)
    for each in gone:
        shelf.remove(each)
    needed: dict[str, str] = {}
    for each in shelf.all():
        if each.incarnation and not single_brand(each):
            needed[each.incarnation] = min(needed.get(each.incarnation, each.first_segment), each.first_segment)
    return gone, sum(wal.Archive(shelf.root, life).forget_before(first) for life, first in needed.items())
