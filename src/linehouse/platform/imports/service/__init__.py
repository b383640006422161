"""Use cases of imports."""

from linehouse.platform.imports.service.look import find_import, imports, preview, result_file, results, sheet_of
from linehouse.platform.imports.service.prepare import receive, set_mapping
from linehouse.platform.imports.service.run import start_run, start_try, start_undo

__all__ = [
    "find_import",
    "imports",
    "preview",
    "receive",
    "result_file",
    "results",
    "set_mapping",
    "sheet_of",
    "start_run",
    "start_try",
    "start_undo",
]
