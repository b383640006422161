"""The frame around a mail's HTML: the brand's colours above, the company below, as the law of the seller demands."""

from __future__ import annotations

from html import escape

from linehouse.catalog.values import BrandProfile


def framed(html: str, language: str, brand: BrandProfile) -> str:
    """A whole HTML document. The inner part is a wording that was checked and filled in; everything else is escaped."""
    look, company = brand.look, brand.legal_entity
    foot = ", ".join(
        part
        for part in (
            company.name,
            company.street,
            f"{company.postcode} {company.city}",
            company.registration_number,
            company.vat_id,
            company.email,
        )
        if part
    )
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(brand.name)}</title></head>'
        '<body style="margin:0;background:#f4f4f4;font-family:Arial,Helvetica,sans-serif;font-size:16px;color:#222">'
        '<div style="max-width:600px;margin:0 auto;background:#ffffff">'
        f'<div style="background:{escape(look.primary)};color:{escape(look.on_primary)};padding:16px 24px;'
        f'font-size:22px;font-weight:bold">{escape(look.logo_text)}</div>'
        f'<div style="padding:8px 24px 16px;line-height:1.5">{html}</div>'
        f'<div style="padding:12px 24px;font-size:12px;color:#595959;border-top:1px solid #dddddd">{escape(foot)}</div>'
        "</div></body></html>"
    )
