"""A pytest plugin for the previous release's tests: its databases are made from templates that this release made."""

import json
import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """As if another worker had started the server: the previous release's fixtures then use what it tells."""
    # What the workers of pytest-xdist are given; the previous release's fixtures look for it there.
    vars(config)["workerinput"] = {"postgres": json.loads(os.environ["NEW_SCHEMA"])}
