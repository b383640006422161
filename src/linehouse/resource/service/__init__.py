"""Use cases of the stock."""

from linehouse.resource.service.hold import (
    assign,
    quarantine_number,
    release_number,
    release_sim,
    reserve_number,
    reserve_sim,
    retire_sim,
)
from linehouse.resource.service.look import (
    find_number,
    find_sim,
    history,
    holders_at,
    holding,
    holdings,
    numbers_by_id,
    reveal_puk,
    search_numbers,
    search_sims,
    sims_by_id,
    stock_levels,
)
from linehouse.resource.service.stock import import_numbers, import_sims, seed_stock

__all__ = [
    "assign",
    "find_number",
    "find_sim",
    "history",
    "holders_at",
    "holding",
    "holdings",
    "import_numbers",
    "import_sims",
    "numbers_by_id",
    "quarantine_number",
    "release_number",
    "release_sim",
    "reserve_number",
    "reserve_sim",
    "retire_sim",
    "reveal_puk",
    "search_numbers",
    "search_sims",
    "seed_stock",
    "sims_by_id",
    "stock_levels",
]
