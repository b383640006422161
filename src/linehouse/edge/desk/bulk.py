"""Offering acts on many rows of a desk list, to those who may do them to one."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from linehouse.edge.desk.access import DeskRequest
from linehouse.edge.ui.bulk import BulkAction
from linehouse.edge.ui.table import Table

R = TypeVar("R")


def offering(
    request: DeskRequest,
    table: Table[R],
    *offers: tuple[str, BulkAction[R]],
    row_id: Callable[[R], object],
    row_name: Callable[[R], object],
) -> Table[R]:
    """The table with the actions whose permission the reader holds; each offer is (permission, action).

    Only for lists whose view answers by ``answer_list``: that is where the chosen rows are posted to.
    """
    actions = tuple(action for permission, action in offers if permission in request.desk.permissions)
    return replace(table, actions=actions, row_id=row_id, row_name=row_name) if actions else table
