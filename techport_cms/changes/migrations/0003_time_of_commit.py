from typing import Any

from django.db import migrations

from techport_cms.changes import numbering


def replace_function(apps: Any, schema_editor: Any) -> None:
    numbering.replace_function(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("techport_changes", "0002_tombstone")]

    operations = [migrations.RunPython(replace_function, migrations.RunPython.noop)]
