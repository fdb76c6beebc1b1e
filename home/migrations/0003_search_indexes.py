from django.db import migrations

# Wagtail's search on PostgreSQL asks for words in title and body together, for which it has no
# index, and finds the pages of what it found by their number as text. Without these two all is
# as it is, only slower: every search would read every page.
CREATE = (
    "CREATE INDEX techport_search_words ON wagtailsearch_indexentry USING gin ((title || body))",
    "CREATE INDEX techport_page_number ON wagtailcore_page ((id::varchar(50)))",
)
DROP = ("DROP INDEX IF EXISTS techport_search_words", "DROP INDEX IF EXISTS techport_page_number")


def create(apps, schema_editor):
    run(schema_editor, CREATE)


def drop(apps, schema_editor):
    run(schema_editor, DROP)


def run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0002_channels"),
        ("wagtailcore", "0001_initial"),
        ("wagtailsearch", "0006_customise_indexentry"),
    ]

    operations = [migrations.RunPython(create, drop)]
