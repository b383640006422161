"""What HTML a wording may hold: text, tables, links and colours; nothing that runs, loads or sends."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from linehouse.kernel.outcome import Problem

_TAGS: Final = frozenset(
    {"a", "b", "blockquote", "br", "div", "em", "h1", "h2", "h3", "hr", "i", "li", "ol", "p", "small", "span", "strong"}
    | {"table", "tbody", "td", "th", "thead", "tr", "u", "ul"}
)
_VOID: Final = frozenset({"br", "hr"})
_ATTRIBUTES: Final = frozenset(
    {"style", "href", "title", "lang", "dir", "align", "width", "colspan", "rowspan", "role", "cellpadding"}
)
_LINKS: Final = ("https://", "mailto:", "tel:", "{")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.problems.append(f"<{tag}> is not allowed")
            return
        if tag not in _VOID:
            self._open.append(tag)
        for name, value in attrs:
            text = (value or "").strip().lower()
            if name not in _ATTRIBUTES:
                self.problems.append(f"the attribute {name} of <{tag}> is not allowed")
            elif name == "href" and not text.startswith(_LINKS):
                self.problems.append(f"a link to {text[:40]!r} is not allowed")
            elif name == "style" and any(word in text for word in ("url(", "expression", "@import", "\\", "/*", "{")):
                self.problems.append(f"the style of <{tag}> may only hold sizes and colours")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in _TAGS:
            return
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.problems.append("comments are not allowed")

    def handle_decl(self, decl: str) -> None:
        self.problems.append("<!…> is not allowed: the frame around the text is added by itself")

    def handle_pi(self, data: str) -> None:
        self.problems.append("<?…> is not allowed")

    def unknown_decl(self, data: str) -> None:
        self.problems.append("<![…]> is not allowed")

    def finish(self) -> list[str]:
        self.close()
        return self.problems + [f"<{tag}> is not closed" for tag in self._open]


def html_problems(html: str) -> list[Problem]:
    """Everything in the HTML that a mail may not hold; refused by name, never stripped in silence."""
    reader = _Reader()
    reader.feed(html)
    expected = "the tags " + ", ".join(sorted(_TAGS)) + "; links to https, mailto or tel"
    return [Problem("notify.html_not_allowed", text, "html", "", expected) for text in dict.fromkeys(reader.finish())]
