"""The laws of parties: whose keys there are."""

from __future__ import annotations

from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.personal.declare import key_owners
from linehouse.platform.sql import brand_cursor


@check("party.keys", "Every personal key belongs to a person, an organisation or another declared owner of keys.")
def keys_have_owners() -> Verdict:
    """Compares the subjects of personal keys with those who may have one."""
    known = " ".join(
        f"AND NOT EXISTS (SELECT 1 FROM {table} o WHERE o.{column} = k.subject)"  # noqa: S608  # declared in code
        for table, column in key_owners().items()
    )
    with brand_cursor() as cursor:
        cursor.execute("SELECT count(*) FROM personal_subjectkey WHERE purpose = 'personal'")
        examined = int((cursor.fetchone() or (0,))[0])
        cursor.execute(
            f"SELECT k.subject FROM personal_subjectkey k WHERE k.purpose = 'personal' {known} ORDER BY 1"  # noqa: S608  # names of tables, declared in code
        )
        strays = [str(row[0]) for row in cursor.fetchall()]
    return Verdict(examined, tuple(Finding(one, "an owner", "none of that id") for one in strays))
