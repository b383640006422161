"""Tests against foreign protocol stacks, run with ``--peers``."""
