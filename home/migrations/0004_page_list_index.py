from django.db import migrations

# The API's list of pages in one language comes as they stand in the tree. Without this index the
# database reads the pages of the other languages too to find where the list ends.
CREATE = "CREATE INDEX techport_page_of_language ON wagtailcore_page (locale_id, path)"
DROP = "DROP INDEX IF EXISTS techport_page_of_language"


class Migration(migrations.Migration):
    dependencies = [("home", "0003_search_indexes"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunSQL(CREATE, DROP)]
