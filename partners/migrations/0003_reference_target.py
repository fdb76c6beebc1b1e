from django.db import migrations

# Which pages point to a partner is asked of Wagtail's reference index, which has an index on the
# source of a reference and none on its target. Without this one all is as it is, only slower.
CREATE = """
CREATE INDEX IF NOT EXISTS techport_reference_target
ON wagtailcore_referenceindex (to_object_id, to_content_type_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_channels"),
        ("wagtailcore", "0078_referenceindex"),
    ]

    operations = [
        migrations.RunSQL(CREATE, "DROP INDEX IF EXISTS techport_reference_target"),
    ]
