from typing import Any

from django.db import migrations, models

from techport_cms.changes.tombstones import digest_of


def bury_what_the_log_names(apps: Any, schema_editor: Any) -> None:
    changes = apps.get_model("techport_changes", "Change").objects.exclude(old_url_path="")
    paths = changes.order_by("old_url_path").values_list("old_url_path", flat=True).distinct()
    tombstones = apps.get_model("techport_changes", "Tombstone")
    tombstones.objects.bulk_create(
        [tombstones(digest=digest_of(path), url_path=path) for path in paths.iterator()],
        batch_size=1000,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("techport_changes", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                ("digest", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("url_path", models.TextField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name": "tombstone"},
        ),
        migrations.RunPython(bury_what_the_log_names, migrations.RunPython.noop),
    ]
