"""The reference page says what is declared."""

from __future__ import annotations

from pathlib import Path

from linehouse.edge.tmf.apis import APIS
from linehouse.edge.tmf.kit.reference import page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "tmf-apis.md"


def test_the_page_holds_every_declared_resource() -> None:
    text = PAGE.read_text(encoding="utf-8")
    made = page(APIS)
    body = made[made.index("Every API answers") :]
    assert body.strip() in text
