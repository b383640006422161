"""Backups: sealed files, what a backup consists of, the archive of the write-ahead log, and putting it all back."""
