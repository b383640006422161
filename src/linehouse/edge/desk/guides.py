"""The guides of the documentation as pages of the desk."""

import re
from pathlib import Path
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

PACKAGE: Final = Path(__file__).resolve().parents[2]
FOLDERS: Final = (PACKAGE / "docs" / "how-to", PACKAGE.parents[1] / "docs" / "how-to")
"""Where guides stand: beside the code of an installed package, or in a checkout."""
_NAME: Final = re.compile(r"^[a-z0-9-]+$")
_NEIGHBOUR: Final = re.compile(r"^([a-z0-9-]+)\.md$")


def guide_file(name: str) -> Path | None:
    """The file of a guide; None where there is none of that name."""
    if not _NAME.match(name):
        return None
    return next((folder / f"{name}.md" for folder in FOLDERS if (folder / f"{name}.md").is_file()), None)


def guide_title(name: str) -> str:
    """The first heading of a guide, else its name in words."""
    file = guide_file(name)
    first = file.read_text(encoding="utf-8").partition("\n")[0] if file else ""
    return first.removeprefix("# ").strip() or name.replace("-", " ").capitalize()


def guide_page(file: Path, brand: str) -> SafeString:
    """A guide as HTML: no markup of its own is taken over, links lead to other guides or are plain text."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(file.read_text(encoding="utf-8"))
    for token in tokens:
        token.attrs.pop("style", None)
        if token.children:
            token.children = _links(token.children, brand)
    return SafeString(reader.renderer.render(tokens, reader.options, {}))


def _links(tokens: list[Token], brand: str) -> list[Token]:
    kept: list[Token] = []
    open_links: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            neighbour = _NEIGHBOUR.match(str(token.attrs.get("href", "")))
            leads = neighbour is not None and guide_file(neighbour.group(1)) is not None
            if leads and neighbour is not None:
                token.attrs["href"] = reverse("desk:guide", args=(brand, neighbour.group(1)))
            open_links.append(leads)
            if leads:
                kept.append(token)
        elif token.type == "link_close":
            if open_links.pop():
                kept.append(token)
        elif token.type != "image":
            kept.append(token)
    return kept
