"""Buyers on invoices and the invoices' files are encrypted under a key that the law's retention ends."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from linehouse.platform.personal.cipher import Purpose
from linehouse.platform.personal.conversion import Plain, encrypt_table
from linehouse.platform.personal.file_conversion import encrypt_files


def encrypt(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Seal what is there."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE billing_invoice SET buyer = '' WHERE buyer = '{}'")
        cursor.execute("UPDATE billing_invoiceevent SET buyer = '' WHERE buyer = '{}'")
    encrypt_table(
        schema_editor.connection,
        Plain(
            table="billing_invoice",
            columns={"buyer": "billing_invoice.buyer"},
            subject="t.customer_id",
            purpose=Purpose.LAW,
        ),
    )
    owner = "(SELECT i.customer_id FROM billing_invoice i WHERE i.number = t.subject)"
    encrypt_files(schema_editor.connection, ["invoice.pdf", "invoice.xml"], owner, Purpose.LAW)


class Migration(migrations.Migration):
    phase = "switch"
    why = "values are encrypted from here on; the previous release can neither read nor write them"

    dependencies = [("billing", "0003_encrypted_buyer"), ("documents", "0003_encrypt_files")]

    operations = [migrations.RunPython(encrypt, migrations.RunPython.noop)]
