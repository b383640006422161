"""What is recorded of people is encrypted, and found by keyed indexes."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linehouse.platform.personal import names
from linehouse.platform.personal.conversion import Plain, encrypt_table
from linehouse.platform.personal.seal import unseal

INDIVIDUAL = ("given_name", "middle_name", "family_name", "title", "birth_date", "nationality")
ORGANIZATION = ("trading_name", "legal_name", "registration_number", "vat_id")
MEDIUM = ("value", "street1", "street2", "postcode", "city", "region")


def places(table: str, columns: tuple[str, ...]) -> dict[str, str]:
    """Each column with the place of its values."""
    return {column: f"{table}.{column}" for column in columns}


TABLES = (
    Plain(table="party_individual", columns=places("party_individual", INDIVIDUAL), subject="t.id"),
    Plain(table="party_organization", columns=places("party_organization", ORGANIZATION), subject="t.id"),
    Plain(
        table="party_medium",
        columns=places("party_medium", MEDIUM),
        subject="coalesce(t.individual_id, t.organization_id)",
        indexes={"value_index": ("value", "party_medium.value")},
    ),
    Plain(
        table="party_identitydocument",
        columns=places("party_identitydocument", ("number", "valid_until")),
        subject="t.individual_id",
        indexes={"number_index": ("number", "party_identitydocument.number")},
    ),
)


def encrypt(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there."""
    for table in TABLES:
        encrypt_table(schema_editor.connection, table)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id, given_name, middle_name, family_name FROM party_individual")
        for key, given, middle, family in cursor.fetchall():
            parts = [
                unseal(given, "party_individual.given_name"),
                unseal(middle, "party_individual.middle_name"),
                unseal(family, "party_individual.family_name"),
            ]
            name = " ".join(part for part in parts if part)
            names.remember(key, name, {"given": parts[0], "family": parts[2], "full": name})
        cursor.execute("SELECT id, trading_name FROM party_organization")
        for key, sealed in cursor.fetchall():
            name = unseal(sealed, "party_organization.trading_name")
            names.remember(key, name, {"trading": name, "full": name})


class Migration(migrations.Migration):
    phase = "switch"
    why = "the previous release cannot read what is encrypted"

    dependencies = [("party", "0003_encrypted_columns"), ("clock", "0001_initial")]

    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
