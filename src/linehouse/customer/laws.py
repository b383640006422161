"""The laws of customers: whose documents the law's keys open."""

from __future__ import annotations

from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.sql import brand_cursor


@check("customer.law_keys", "Every key of what the law keeps belongs to a customer of the brand or to its party.")
def law_keys_have_owners() -> Verdict:
    """Compares the subjects of such keys with the customers."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM personal_subjectkey WHERE purpose = 'law'")
        examined = int((cursor.fetchone() or (0,))[0])
        cursor.execute(
            """
            SELECT k.subject FROM personal_subjectkey k WHERE k.purpose = 'law'
            AND NOT EXISTS (SELECT 1 FROM customer_customer c WHERE k.subject IN (c.id, c.party_id)) ORDER BY 1
            """
        )
        strays = [str(row[0]) for row in cursor.fetchall()]
    return Verdict(examined, tuple(Finding(one, "a customer", "none of that id") for one in strays))
