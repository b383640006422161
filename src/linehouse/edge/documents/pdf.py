"""Typesetting: a view and a template become an accessible PDF/A-3 (ISO 19005-3) and PDF/UA-1 (ISO 14289-1) file.

Only the fonts that the product brings are used, so every machine gives the same bytes; a warning of the typesetter is
an error, because a missing glyph on an invoice is one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from linehouse.edge.documents.errors import TemplateRefused
from linehouse.edge.documents.facturx_metadata import with_facturx_metadata

FACTURX_FILENAME = "factur-x.xml"
_STANDARDS: list[typst.PDFStandard] = ["a-3a", "ua-1"]
_TEMPLATES = Path(__file__).parent / "templates"
"""What a brand's template may import."""
# EN 16931 calls the attachment an alternative of the page content.
_ATTACH = """
#if "invoice-xml" in sys.inputs {
  pdf.attach("factur-x.xml", bytes(sys.inputs.at("invoice-xml")), relationship: "alternative",
    mime-type: "text/xml", description: "Structured invoice, EN 16931")
}
"""


@dataclass(frozen=True, slots=True)
class Template:
    """A typst source; ``name`` is what an error message calls it."""

    name: str
    source: str


DEFAULT_INVOICE = Template("invoice.typ", '#import "/invoice.typ": invoice\n#invoice()\n')
"""What a brand gets that has no template of its own."""


def read_template(path: Path) -> Template:
    """A template from a file of the brand."""
    return Template(path.name, path.read_text(encoding="utf-8"))


@cache
def _fonts() -> typst.Fonts:
    package = find_spec("font_source_sans_pro")
    if package is None or package.origin is None:
        raise RuntimeError("the package font-source-sans-pro is not installed")
    files = Path(package.origin).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[files])


def typeset(
    template: Template,
    view: Mapping[str, Any],
    *,
    on: date,
    qr_svg: str = "",
    invoice_xml: bytes | None = None,
    logo_svg: str = "",
) -> bytes:
    """The PDF. ``on`` becomes its creation date; ``invoice_xml`` is embedded as Factur-X. Raises TemplateRefused."""
    inputs = {"view": json.dumps(view, ensure_ascii=False, sort_keys=True), "qr": qr_svg}
    if logo_svg:
        inputs["logo"] = logo_svg
    if invoice_xml is not None:
        inputs["invoice-xml"] = invoice_xml.decode("utf-8")
    source = (template.source + _ATTACH).encode("utf-8")
    created = datetime.combine(on, time.min, tzinfo=UTC)
    try:
        compiler = typst.Compiler(source, root=_TEMPLATES, font_paths=_fonts(), sys_inputs=inputs)
        pdf, warnings = compiler.compile_with_warnings(format="pdf", pdf_standards=_STANDARDS, timestamp=created)
    except typst.TypstError as error:
        hints = "; ".join(error.hints)
        raise TemplateRefused(
            f"{template.name}: {error.message}{f' ({hints})' if hints else ''}", field="template", value=template.name
        ) from error
    if warnings or not isinstance(pdf, bytes):
        said = "; ".join(warning.message for warning in warnings) or "no single PDF"
        raise TemplateRefused(f"{template.name}: {said}", field="template", value=template.name)
    return pdf if invoice_xml is None else with_facturx_metadata(pdf, FACTURX_FILENAME)
