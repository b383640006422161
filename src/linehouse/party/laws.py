"""The laws of parties: whose keys there are."""

from __future__ import annotations

from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.sql import brand_cursor


@check("party.keys", "Every personal key belongs to a person or an organisation that the brand knows.")
def keys_have_owners() -> Verdict:
    """Compares the subjects of personal keys with the parties."""
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM personal_subjectkey WHERE purpose = 'personal'")
        examined = int((cursor.fetchone() or (0,))[0])
        cursor.execute(
            """
            SELECT k.subject FROM personal_subjectkey k WHERE k.purpose = 'personal'
            AND NOT EXISTS (SELECT 1 FROM party_individual i WHERE i.id = k.subject)
            AND NOT EXISTS (SELECT 1 FROM party_organization o WHERE o.id = k.subject) ORDER BY 1
            """
        )
        strays = [str(row[0]) for row in cursor.fetchall()]
    return Verdict(examined, tuple(Finding(one, "a party", "none of that id") for one in strays))
