"""How the database numbers the log in commit order. Run by the migration.

PostgreSQL: a deferred trigger numbers the rows at COMMIT, under a lock that the transaction
keeps until it has committed, so that who gets the next number commits later. A counter
that is locked at the insert instead deadlocks with the rows of pages. The time of a row is
that of the commit too: it grows with the number.
SQLite: there is one writer at a time, so the order of the inserts is that of the commits.
"""

from django.db import NotSupportedError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# The advisory lock has any number that nobody else takes.
FUNCTION = """
CREATE OR REPLACE FUNCTION techport_changes_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7319824650132);
    UPDATE techport_changes_change
        SET sequence = nextval('techport_changes_sequence'), made_at = clock_timestamp()
        WHERE id = NEW.id;
    RETURN NULL;
END $$;
"""

POSTGRESQL = f"""
CREATE SEQUENCE techport_changes_sequence;
{FUNCTION}

CREATE CONSTRAINT TRIGGER techport_changes_number AFTER INSERT ON techport_changes_change
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION techport_changes_number();
"""

POSTGRESQL_UNDO = """
DROP TRIGGER techport_changes_number ON techport_changes_change;
DROP FUNCTION techport_changes_number();
DROP SEQUENCE techport_changes_sequence;
"""

SQLITE = """
CREATE TRIGGER techport_changes_number AFTER INSERT ON techport_changes_change
BEGIN
    UPDATE techport_changes_change SET sequence = NEW.id WHERE id = NEW.id;
END;
"""

SQLITE_UNDO = "DROP TRIGGER techport_changes_number"


def create(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """NotSupportedError on a database other than PostgreSQL and SQLite."""
    _execute(schema_editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def replace_function(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For databases that were made with an earlier one."""
    _execute(schema_editor, {"postgresql": FUNCTION, "sqlite": "SELECT 1"})


def drop(schema_editor: BaseDatabaseSchemaEditor) -> None:
    _execute(schema_editor, {"postgresql": POSTGRESQL_UNDO, "sqlite": SQLITE_UNDO})


def _execute(schema_editor: BaseDatabaseSchemaEditor, statements: dict[str, str]) -> None:
    connection = schema_editor.connection
    if connection.vendor not in statements:
        raise NotSupportedError(
            f"The publication log does not know how to number rows on {connection.vendor}."
        )
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor])
