from typing import Any

from django.db import migrations, models


def lengthen(apps: Any, schema_editor: Any) -> None:
    # SQLite knows no length. It would make the table anew, and lose the trigger that numbers the rows.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE techport_changes_change ALTER COLUMN object_id TYPE varchar(255)")


class Migration(migrations.Migration):
    dependencies = [("techport_changes", "0003_time_of_commit")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(lengthen, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField("change", "object_id", models.CharField(max_length=255)),
            ],
        ),
    ]
