"""GSMA TAP 3.01 to 3.12 (TD.57): roaming usage files, read and written, checked, mapped to usage values."""
