"""The processes of a run migrate one database, the others copy it: migrations take longer than most files.

with migrated_once(directory, blocker) as hand_on:  # a directory for all processes
    ...  # Django makes the test database
    hand_on()

with handed_on(directory) as copy:  # a file for SQLite, the name of a template for PostgreSQL; None: too late
    ...
"""

import fcntl
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection
from pytest_django import DjangoDbBlocker


@contextmanager
def migrated_once(directory: Path, blocker: DjangoDbBlocker) -> Iterator[Callable[[], None]]:
    """Yields what hands the database on, once it is migrated; the other processes wait for it until then.
    At the end of the process that has migrated, no copy can be had any more."""
    use, keep, forget = COPIES[connection.vendor]
    copy = directory / "migrated"
    with (directory / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_first = not copy.exists()
        if not is_first:
            use(copy)

        def hand_on() -> None:
            if is_first:
                keep(copy)
            fcntl.flock(lock, fcntl.LOCK_UN)

        yield hand_on
        if is_first:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with blocker.unblock():
                forget(copy)


@contextmanager
def handed_on(directory: Path) -> Iterator[Path | str | None]:
    """The migrated database as long as nobody forgets it, to be copied once more."""
    copy = directory / "migrated"
    with (directory / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            yield None
        else:
            yield copy if connection.vendor == "sqlite" else copy.read_text()


def _use_file(copy: Path) -> None:
    """Fills the database in memory, which is there as long as a connection to it is open."""
    name = connection.creation._get_test_db_name()
    _in_memory.append(sqlite3.connect(name, uri=True))
    with closing(sqlite3.connect(copy)) as source:
        source.backup(_in_memory[-1])


def _keep_file(copy: Path) -> None:
    unfinished = copy.with_suffix(".part")
    with closing(sqlite3.connect(unfinished)) as file:
        connection.connection.backup(file)
    unfinished.rename(copy)


_in_memory: list[sqlite3.Connection] = []


def _use_template(copy: Path) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = copy.read_text()


def _keep_template(copy: Path) -> None:
    database = connection.settings_dict["NAME"]
    template = f"{database}_migrated"
    connection.close()  # what is a template may be in use by nobody
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{template}" TEMPLATE "{database}"')
    copy.write_text(template)


def _forget_template(copy: Path) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{copy.read_text()}" WITH (FORCE)')
    copy.unlink()


COPIES = {
    "sqlite": (_use_file, _keep_file, Path.unlink),
    "postgresql": (_use_template, _keep_template, _forget_template),
}
