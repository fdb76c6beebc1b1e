"""A database of its own for processes that write and die."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection


@pytest.fixture
def scratch(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The address of a copy of the migrated test database, to be written to by processes that die."""
    if connection.vendor == "sqlite":
        file = tmp_path / "scratch.sqlite3"
        with closing(sqlite3.connect(file)) as copy:
            connection.connection.backup(copy)
        yield f"sqlite:///{file}"
        return
    given, original = os.environ["DATABASE_URL"], connection.settings_dict["NAME"]
    name = f"{original}_chaos"
    connection.close()  # what is a template may be in use by nobody
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        # The event loop of a browser test leaves another connection of this process open.
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        server.execute(others, [original])
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        try:
            yield urlunsplit(urlsplit(given)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
