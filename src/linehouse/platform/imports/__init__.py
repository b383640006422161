"""Taking data in from files: mapped, tried without effect, run row by row, once, and undone."""
