"""The laws of usage: no record is lost, none counts twice, and the money in a file is the money of its records."""

from __future__ import annotations

from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.sql import brand_cursor, dict_rows


@check(
    "usage.records",
    "Every record of a processed file is taken in, waiting, discarded or a repeat: exactly one of them.",
)
def every_record_is_somewhere() -> Verdict:
    """Counts what lies in the tables against what the file brought."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            SELECT f.name, f.records, f.summed_charge, f.charge_decimals,
                   (SELECT count(*) FROM usage_record r WHERE r.file_id = f.id AND r.state <> 'rejected')
                   + (SELECT count(*) FROM usage_suspense s WHERE s.file_id = f.id AND s.state <> 'resolved')
                   + (SELECT count(*) FROM usage_duplicate d WHERE d.file_id = f.id) AS found
            FROM usage_file f WHERE f.state = 'processed'
            """
        )
        rows = dict_rows(cursor)
    wrong = [row for row in rows if row["records"] != row["found"]]
    return Verdict(
        len(rows),
        tuple(Finding(row["name"], f"{row['records']} records", f"{row['found']} records") for row in wrong),
        {"records": str(sum(row["records"] for row in rows))},
    )


@check("usage.charges", "What a processed file's records cost is what the file declares, exactly.")
def every_charge_is_somewhere() -> Verdict:
    """Adds the wholesale charges in the tables, at the finest scale that any record has."""
    with brand_cursor() as cursor:
        cursor.execute(
            """
            WITH parts AS (
                SELECT file_id, charge, charge_decimals FROM usage_record WHERE state <> 'rejected'
                UNION ALL SELECT file_id, charge, charge_decimals FROM usage_suspense WHERE state <> 'resolved'
                UNION ALL SELECT file_id, charge, charge_decimals FROM usage_duplicate
            ), summed AS (
                SELECT file_id, sum(charge::numeric * ('1e' || (18 - charge_decimals))::numeric) AS charge
                FROM parts WHERE charge IS NOT NULL GROUP BY file_id
            )
            SELECT f.name, f.declared_charge::numeric * ('1e' || (18 - f.charge_decimals))::numeric AS declared,
                   coalesce(s.charge, 0) AS summed
            FROM usage_file f LEFT JOIN summed s ON s.file_id = f.id
            WHERE f.state = 'processed' AND f.declared_charge IS NOT NULL
            """
        )
        rows = dict_rows(cursor)
    wrong = [row for row in rows if row["declared"] != row["summed"]]
    return Verdict(
        len(rows),
        tuple(Finding(row["name"], f"{row['declared']} e-18", f"{row['summed']} e-18") for row in wrong),
    )
