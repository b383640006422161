"""Brings the readers of usage files to the usage room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linehouse.edge.network.cdr_csv.layout import parse_layout
from linehouse.edge.network.cdr_csv.reader import read as read_csv
from linehouse.edge.network.nrtrde.codec import is_nrtrde
from linehouse.edge.network.nrtrde.reader import read as read_nrtrde
from linehouse.edge.network.tap3.codec import is_tap
from linehouse.edge.network.tap3.reader import check_settings
from linehouse.edge.network.tap3.reader import read as read_tap
from linehouse.usage.errors import FeedInvalid
from linehouse.usage.service import install_format
from linehouse.usage.values import UsageFormat


def _no_settings(settings: Mapping[str, Any]) -> None:
    for word in settings:
        raise FeedInvalid(f"{word!r} is no setting of this format", field=f"settings.{word}", value=settings[word])


def _is_text(data: bytes) -> bool:
    first = data[:4096].splitlines()[:1]
    return bool(first) and any(separator in first[0] for separator in (b";", b",", b"\t", b"|"))


def install_formats() -> None:
    """Make TAP, NRTRDE and CSV known; called once when a process starts."""
    install_format(UsageFormat("tap3", "TAP 3 (GSMA TD.57)", read_tap, is_tap, check_settings))
    install_format(
        UsageFormat("nrtrde", "NRTRDE 2 (GSMA TD.35)", read_nrtrde, is_nrtrde, _no_settings, chargeable=False)
    )
    install_format(UsageFormat("csv", "Host operator's CDRs as text", read_csv, _is_text, parse_layout))
