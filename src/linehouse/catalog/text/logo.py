"""``logo.svg``: a brand's logo. A drawing and nothing else: what runs, loads or styles from elsewhere is refused."""

from __future__ import annotations

import re

from lxml import etree

from linehouse.catalog.errors import FilesInvalid
from linehouse.kernel.outcome import Problem

LOGO_FILE = "logo.svg"
LARGEST_LOGO = 32 * 1024
"""Octets."""
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    """svg g path circle ellipse rect line polyline polygon defs linearGradient radialGradient stop clipPath
    title desc""".split()  # noqa: SIM905  # a list of words reads best as one
)  # fmt: skip
_ATTRIBUTES = frozenset(
    [
        "id",
        "d",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "fx",
        "fy",
        "width",
        "height",
        "points",
        "viewBox",
        "version",
        "transform",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "stroke-opacity",
        "opacity",
        "offset",
        "stop-color",
        "stop-opacity",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "clip-path",
        "clip-rule",
        "clipPathUnits",
        "preserveAspectRatio",
        "role",
    ]
)
_OWN_PART = re.compile(r"url\(#[\w-]+\)")
_BOX = re.compile(r"-?[\d.]+([ ,]+-?[\d.]+){3}")


def checked_logo(text: str) -> str:
    """The logo as it was handed in. Raises FilesInvalid naming what is not allowed in it."""
    if len(text.encode()) > LARGEST_LOGO:
        raise _refused(f"{len(text.encode())} octets", "it is too large", f"at most {LARGEST_LOGO} octets")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _refused("<!DOCTYPE", "a document type is not allowed", "a plain <svg>")
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise _refused(text[:40], f"it is no XML: {error.msg}", "an SVG file") from error
    if root.tag != f"{_SVG}svg" or not _BOX.fullmatch(root.get("viewBox", "")):
        raise _refused(str(root.tag), "it is no <svg> with a viewBox", 'such as <svg viewBox="0 0 32 32">')
    for element in root.iter():
        if element.tag is etree.Comment:
            continue
        name = str(element.tag).removeprefix(_SVG)
        if name not in _SHAPES:
            raise _refused(f"<{name}>", "this element is not allowed", "shapes and gradients")
        for given, value in element.attrib.items():
            attribute = given if isinstance(given, str) else given.decode()
            if attribute not in _ATTRIBUTES:
                raise _refused(f"{name} {attribute}", "this attribute is not allowed", "geometry, fill and stroke")
            if "url" in _OWN_PART.sub("", str(value)).lower() or "\\" in str(value):
                raise _refused(str(value)[:80], "it refers to something outside", "url(#id) of the same file")
    return text


def _refused(value: str, message: str, expected: str) -> FilesInvalid:
    return FilesInvalid((Problem("catalog.files_invalid", f"{LOGO_FILE}: {message}", LOGO_FILE, value, expected),))
