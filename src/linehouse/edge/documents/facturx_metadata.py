"""Says in a PDF's metadata that it carries a Factur-X invoice (Factur-X 1.0, section 6.2.2, the XMP extension schema).

The typesetter embeds the file and marks the PDF as PDF/A-3, but knows nothing of the four ``fx`` properties by which
readers recognise Factur-X. They are added by an incremental update (ISO 32000-1, 7.5.6): the metadata stream is written
anew behind the file, the rest stays octet by octet as it was, structure tags included.
"""

from __future__ import annotations

import re

from linehouse.edge.documents.errors import TemplateRefused

_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = (
    ("DocumentFileName", "name of the embedded XML invoice file"),
    ("DocumentType", "INVOICE"),
    ("Version", "version of the Factur-X XML schema"),
    ("ConformanceLevel", "conformance level of the embedded Factur-X data"),
)
_SCHEMAS_END = b"</rdf:Bag></pdfaExtension:schemas>"
_RDF_END = b"</rdf:RDF>"


def with_facturx_metadata(pdf: bytes, filename: str, level: str = "EN 16931") -> bytes:
    """The same PDF whose metadata names the embedded invoice. Raises TemplateRefused for a PDF of another make."""
    trailer = re.search(rb"trailer\s*<<(?P<entries>.*?)>>\s*startxref\s+(?P<at>\d+)\s+%%EOF\s*$", pdf, re.DOTALL)
    catalog = re.search(rb"/Type/Catalog\b.*?/Metadata (?P<number>\d+) 0 R", pdf, re.DOTALL)
    if trailer is None or catalog is None:
        raise TemplateRefused("the PDF has no plain cross-reference table and metadata", field="pdf")
    number = int(catalog["number"])
    old = re.search(rb"\n%d 0 obj\n<<.*?>>\nstream\n(?P<xmp>.*?)\nendstream" % number, pdf, re.DOTALL)
    if old is None or old["xmp"].count(_SCHEMAS_END) != 1 or old["xmp"].count(_RDF_END) != 1:
        raise TemplateRefused("the PDF's metadata has no extension schemas to add to", field="pdf")
    xmp = (
        old["xmp"]
        .replace(_SCHEMAS_END, _schema() + _SCHEMAS_END)
        .replace(_RDF_END, _values(filename, level) + _RDF_END)
    )
    begin = len(pdf) + 1
    body = b"%d 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n%s\nendstream\nendobj\n" % (
        number,
        len(xmp),
        xmp,
    )
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (number, begin)
    entries = trailer["entries"] + b"/Prev " + trailer["at"]
    tail = b"trailer\n<<%s>>\nstartxref\n%d\n%%%%EOF" % (entries, begin + len(body))
    return pdf + b"\n" + body + table + tail


def _schema() -> bytes:
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description>"
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType></rdf:li>"
        for name, meaning in _PROPERTIES
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{_NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    ).encode()


def _values(filename: str, level: str) -> bytes:
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{_NAMESPACE}"><fx:DocumentType>INVOICE</fx:DocumentType>'
        f"<fx:DocumentFileName>{filename}</fx:DocumentFileName><fx:Version>1.0</fx:Version>"
        f"<fx:ConformanceLevel>{level}</fx:ConformanceLevel></rdf:Description>"
    ).encode()
