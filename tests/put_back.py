"""The database as it was before the first test, put back after a test that commits.

Django empties every table instead, and makes the rows anew one by one, which takes seconds. On SQLite the
whole database is copied; on PostgreSQL the rows of those tables that have any.
"""

import sqlite3
from typing import Protocol

from django.db import connection, transaction


class Copy(Protocol):
    def put_back(self) -> None: ...


def copied() -> Copy:
    return SqliteCopy() if connection.vendor == "sqlite" else PostgresCopy()


class SqliteCopy:
    def __init__(self) -> None:
        self._copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(self._copy)

    def put_back(self) -> None:
        connection.ensure_connection()
        self._copy.backup(connection.connection)


class PostgresCopy:
    def __init__(self) -> None:
        tables = [table for table in connection.introspection.table_names() if table != "django_migrations"]
        self._having_rows = " UNION ALL ".join(
            f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")"  # noqa: S608 - no input
            for table in tables
        )
        self._rows = {table: _read(table) for table in self._filled()}

    def put_back(self) -> None:
        with transaction.atomic():  # foreign keys are looked at in the end
            for table in self._filled():
                _execute(f'DELETE FROM "{table}"')  # noqa: S608 - no input
            for table, rows in self._rows.items():
                _write(table, rows)

    def _filled(self) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(self._having_rows)
            return [name for (name,) in cursor.fetchall()]


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _read(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
        return b"".join(rows)


def _write(table: str, rows: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as target:
        target.write(rows)
