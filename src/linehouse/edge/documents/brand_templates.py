"""A brand's own templates: kept in its database, the newest counts, and one that does not compile is never kept."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from linehouse.edge.documents.invoice import invoice_pdf
from linehouse.edge.documents.pdf import DEFAULT_INVOICE, Template, read_template
from linehouse.edge.documents.sample import sample_invoice
from linehouse.platform.documents.models import StoredDocument
from linehouse.platform.documents.service import load, store
from linehouse.platform.work import Actor, unit_of_work

_KIND = "template"
INVOICE = "invoice"
"""The subject of the invoice template."""


def invoice_template() -> Template:
    """The brand's invoice template in force, or the house's own."""
    newest = (
        StoredDocument.objects.filter(kind=_KIND, subject=INVOICE).order_by("-id").values_list("id", flat=True).first()
    )
    if newest is None:
        return DEFAULT_INVOICE
    kept = load(newest)
    return Template(kept.name, kept.content.decode("utf-8"))


def keep_invoice_template(template: Template, *, actor: Actor, reason: str = "invoice template") -> UUID | None:
    """Let new invoices be printed by this template; None when it is in force already. Raises TemplateRefused.

    It is tried on a sample first. Invoices that are printed already stay as they are.
    """
    if template.source == invoice_template().source:
        return None
    for document in (sample_invoice(), sample_invoice(credit=True)):
        invoice_pdf(document, template=template)
    with unit_of_work(actor, reason):
        return store(template.name, "text/plain", template.source.encode("utf-8"), kind=_KIND, subject=INVOICE)


def keep_templates(folder: Path, *, actor: Actor) -> int:
    """Take the templates of a brand's folder (``templates/invoice.typ``); returns how many are new."""
    path = folder / "templates" / "invoice.typ"
    return int(path.is_file() and keep_invoice_template(read_template(path), actor=actor) is not None)
