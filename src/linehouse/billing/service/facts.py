"""What billing must know of an account, and of seller and buyer on the day of issue."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from linehouse.billing.document import Buyer, Seller
from linehouse.billing.values import AccountFacts
from linehouse.catalog.values import BrandProfile
from linehouse.customer.values import BillingAccountView, CustomerView
from linehouse.party.values import OrganizationView


def facts_of(account: BillingAccountView) -> AccountFacts:
    """The account's terms, frozen for one bill."""
    return AccountFacts(
        account=account.number,
        currency=account.currency,
        zone=account.zone,
        cycle_day=account.cycle_day,
        tax_country=account.tax_country,
        language=account.language,
        payment_days=account.payment_terms_days,
    )


def seller_of(brand: BrandProfile) -> dict[str, Any]:
    """The legal entity as it stands on documents from now on."""
    entity, bank = brand.legal_entity, brand.bank_account
    return asdict(
        Seller(
            name=entity.name,
            trade_name=brand.look.logo_text or brand.name,
            street=entity.street,
            postcode=entity.postcode,
            city=entity.city,
            country=entity.country,
            registration=entity.registration_number,
            vat_id=entity.vat_id,
            email=entity.email,
            phone=entity.phone,
            iban=bank.iban,
            bic=bank.bic,
            account_holder=bank.holder,
        )
    ) | {"colours": {"primary": brand.look.primary, "on_primary": brand.look.on_primary, "accent": brand.look.accent}}


def buyer_of(customer: CustomerView, account: BillingAccountView) -> dict[str, Any]:
    """The customer as it stands on documents from now on."""
    party = customer.party
    address = party.address
    vat_id = party.vat_id if isinstance(party, OrganizationView) else ""
    return asdict(
        Buyer(
            name=account.name or customer.name,
            street=", ".join(part for part in (address.street1, address.street2) if part) if address else "",
            postcode=address.postcode if address else "",
            city=address.city if address else "",
            country=address.country if address else account.tax_country,
            vat_id=vat_id,
            email=party.email,
            customer_number=customer.number,
            account_number=account.number,
        )
    )
