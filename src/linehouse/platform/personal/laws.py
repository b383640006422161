"""The laws of personal values: closed where they are declared so, keys with owners, nothing left of who was erased."""

from __future__ import annotations

from uuid import UUID

from django.apps import apps
from psycopg import sql

from linehouse.platform.checks import Finding, Verdict, check
from linehouse.platform.personal import erasures
from linehouse.platform.personal.cipher import PREFIX, Purpose
from linehouse.platform.personal.declare import OnErasure, tables
from linehouse.platform.personal.fields import EncryptedTextField
from linehouse.platform.personal.masters import masters
from linehouse.platform.personal.models import NameSearch, SubjectKey
from linehouse.platform.sql import brand_cursor


@check("personal.sealed", "No value of an encrypted column, or of its history, can be read without its key.")
def encrypted_columns_hold_ciphertext() -> Verdict:
    """Looks at every encrypted column for a value that has not the form of ciphertext."""
    examined, findings = 0, []
    with brand_cursor() as cursor:
        for model in apps.get_models():
            columns = [field.attname for field in model._meta.fields if isinstance(field, EncryptedTextField)]
            if not columns:
                continue
            counts: list[sql.Composable] = [
                sql.SQL("count(*) FILTER (WHERE {0} <> '' AND NOT starts_with({0}, {1}))").format(
                    sql.Identifier(name), sql.Literal(PREFIX)
                )
                for name in columns
            ]
            plain = sql.SQL(" + ").join(counts)
            table = model._meta.db_table
            cursor.execute(sql.SQL("SELECT count(*), {} FROM {}").format(plain, sql.Identifier(table)))
            rows, wrong = cursor.fetchone() or (0, 0)
            examined += rows
            if wrong:
                findings.append(Finding(table, "ciphertext alone", f"{wrong} plain values"))
    return Verdict(examined, tuple(findings), {"rows": str(examined)})


@check("personal.masters", "Every key is wrapped by a master key that the keys folder holds.")
def wrapping_keys_are_there() -> Verdict:
    """Compares the names of master keys in the table with the files of the folder."""
    used = SubjectKey.objects.filter(wrapped__isnull=False).order_by("master").values_list("master", flat=True)
    names = list(dict.fromkeys(used.distinct()))
    known = set(masters().ids())
    return Verdict(
        len(names),
        tuple(Finding(name, "a file of the keys folder", "no such file") for name in names if name not in known),
    )


@check("personal.erased", "Of who was erased nothing is found or read, and the log of erasures outside knows it.")
def the_erased_are_gone() -> Verdict:
    """Looks for names that are still found, keys that are still there, and values that should have been emptied."""
    destroyed = set(
        SubjectKey.objects.filter(purpose=Purpose.PERSONAL, wrapped__isnull=True).values_list("subject", flat=True)
    )
    noted = {one.subject for one in erasures.noted()}
    found = NameSearch.objects.filter(subject__in=destroyed).values_list("subject", flat=True)
    findings = [Finding(str(one), "not found by a name", "still found") for one in sorted(found)]
    alive = SubjectKey.objects.filter(subject__in=noted - destroyed, purpose=Purpose.PERSONAL, wrapped__isnull=False)
    findings += [
        Finding(str(one), "erased, as the log says", "its key is there")
        for one in sorted(alive.values_list("subject", flat=True))
    ]
    findings += [Finding(str(one), "a line in the log of erasures", "none") for one in sorted(destroyed - noted)]
    findings += _left_of(sorted(destroyed))
    return Verdict(len(destroyed | noted), tuple(findings), {"erased": str(len(destroyed))})


def _left_of(subjects: list[UUID]) -> list[Finding]:
    party = [table for table in tables() if "%(party)s" in table.of and "%(customers)s" not in table.of]
    findings = []
    with brand_cursor() as cursor:
        for table in party:
            blanks = [name for name, column in table.columns.items() if column.erasure is OnErasure.BLANK]
            if not blanks or not subjects:
                continue
            full = sql.SQL(" OR ").join(sql.SQL("t.{}::text <> ''").format(sql.Identifier(name)) for name in blanks)
            cursor.execute(
                sql.SQL("SELECT count(*) FROM {} t WHERE ({}) AND ({})").format(
                    sql.Identifier(table.name), sql.SQL(table.of), full
                ),
                {"party": subjects},
            )
            row = cursor.fetchone()
            if row and row[0]:
                findings.append(Finding(table.name, "emptied", f"{row[0]} rows with values"))
    return findings
