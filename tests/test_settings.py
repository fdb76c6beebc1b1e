"""Settings are documented, complete and safe by default."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from django.db import OperationalError, connections
from django.db.transaction import atomic
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[1]
READERS = [
    *sorted((ROOT / "techport_cms/settings").glob("*.py")),
    ROOT / "scripts/run.py",
    ROOT / "techport_cms/wsgi.py",
]
READ = re.compile(r'(?:env\.\w+|environ\.\w+)\(\s*"([A-Z_]+)"')
DOCUMENTED = re.compile(r"^# ([A-Z_]+)=", re.MULTILINE)


def test_example_lists_every_variable() -> None:
    read = {name for file in READERS for name in READ.findall(file.read_text())}
    documented = DOCUMENTED.findall((ROOT / ".env.example").read_text())
    assert sorted(documented) == sorted(read)


def test_example_changes_nothing() -> None:
    """Copied as it is, it leaves every default alone."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def start(code: str = "import techport_cms.wsgi", **variables: str) -> subprocess.CompletedProcess:
    """Load the application with production's settings and this environment."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "techport_cms.settings.base"}
    command = [sys.executable, "-c", code]
    return subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment | variables, capture_output=True, text=True
    )


def test_production_does_not_start_without_a_secret_key() -> None:
    refused = start(SECRET_KEY="")
    assert refused.returncode != 0
    assert "The SECRET_KEY setting must not be empty." in refused.stderr


def test_production_does_not_start_with_mail_that_would_not_be_encrypted() -> None:
    refused = start(SECRET_KEY="x" * 50, EMAIL_URL="smtp+tls://user:password@mail.example.org")
    assert refused.returncode != 0
    assert "EMAIL_URL must be submission://" in refused.stderr


def test_production_starts_with_a_secret_key() -> None:
    started = start(SECRET_KEY="x" * 50, EMAIL_URL="submission://user:password@mail.example.org")
    assert started.returncode == 0, started.stderr


def value(name: str, **variables: str) -> Any:
    """This setting of production, in this environment."""
    show = f"import json; from django.conf import settings; print(json.dumps(settings.{name}))"
    shown = start(show, SECRET_KEY="x" * 50, **variables)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


@pytest.mark.parametrize(
    ("address", "seconds"),
    [("smtp://localhost:25", 10), ("submission://user:password@mail.example.org/?timeout=30", 30)],
)
def test_a_mail_server_may_be_silent_for_so_long(address: str, seconds: int) -> None:
    assert value("EMAIL_TIMEOUT", EMAIL_URL=address) == seconds


def test_shared_caches_in_front_are_emptied_where_there_are_any() -> None:
    front = {
        "varnish": {"BACKEND": "techport_cms.cache.frontend.SurrogateKeyBackend", "LOCATION": "http://x/"}
    }
    given = {"FRONTEND_CACHE": json.dumps(front)}
    assert value("WAGTAILFRONTENDCACHE", **given) == front
    assert value("TECHPORT_CACHE", **given)["PURGE"] == "techport_cms.cache.frontend.purge"
    assert value("TECHPORT_CACHE")["PURGE"] == ""


@pytest.mark.parametrize(("query", "seconds"), [("", 60), ("?conn_max_age=5", 5), ("?conn_max_age=0", 0)])
def test_a_connection_to_postgresql_is_kept(query: str, seconds: int) -> None:
    database = value("DATABASES", DATABASE_URL=f"postgresql://techport@localhost/techport{query}")["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (seconds, True)
    assert "conn_max_age" not in database["OPTIONS"]  # which the driver would not know


def test_other_options_of_postgresql_are_handed_on() -> None:
    address = "postgresql://techport@localhost/techport?sslmode=require&conn_max_age=5"
    ours = value("DATABASES", DATABASE_URL=address.partition("?")[0])["default"]["OPTIONS"]
    assert value("DATABASES", DATABASE_URL=address)["default"]["OPTIONS"] == {**ours, "sslmode": "require"}


def test_a_silent_postgresql_is_noticed_within_seconds() -> None:
    url = "postgresql://techport@localhost/techport?connect_timeout=9"
    options = value("DATABASES", DATABASE_URL=url)["default"]["OPTIONS"]
    assert options["connect_timeout"] == 9 and options["tcp_user_timeout"] == 10_000
    assert options["keepalives_idle"] + options["keepalives_interval"] * options["keepalives_count"] <= 11


# SQLite: two server processes and a worker share the file.


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "site.sqlite3"


@pytest.fixture
def processes(
    file: Path, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """The aliases of two connections to a file, as two processes of the site have them."""
    databases = connections.configure_settings(value("DATABASES", DATABASE_URL=f"sqlite:///{file}"))
    aliases = ["first", "second"]
    for alias in aliases:
        monkeypatch.setitem(connections.settings, alias, databases["default"])
    with django_db_blocker.unblock():
        ask("first", "CREATE TABLE page (title TEXT)")
        yield aliases
        for alias in aliases:
            connections[alias].close()
            del connections[alias]


def ask(alias: str, sql: str) -> Any:
    """The first value of the answer, if there is any."""
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return row and row[0]


def test_sqlite_is_in_wal_mode_and_waits(processes: list[str]) -> None:
    for alias in processes:
        assert ask(alias, "PRAGMA journal_mode") == "wal"
        assert ask(alias, "PRAGMA synchronous") == 1  # NORMAL, which is safe with WAL
        assert ask(alias, "PRAGMA busy_timeout") == 20_000  # milliseconds


def test_a_transaction_on_sqlite_is_a_writer_from_its_beginning(processes: list[str]) -> None:
    """Else what two of them have read could not be written any more, however long they waited."""
    first, second = processes
    ask(second, "PRAGMA busy_timeout=0")
    with atomic(using=first), pytest.raises(OperationalError, match="locked"), atomic(using=second):
        pass
    with atomic(using=second):
        pass


def test_a_reader_of_sqlite_waits_for_no_writer(processes: list[str]) -> None:
    first, second = processes
    ask(second, "PRAGMA busy_timeout=0")
    with atomic(using=first):
        ask(first, "INSERT INTO page VALUES ('Vragen')")
        assert ask(second, "SELECT count(*) FROM page") == 0
    assert ask(second, "SELECT count(*) FROM page") == 1


def test_a_writer_of_sqlite_waits_for_another_one(processes: list[str], file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO page VALUES ('Vragen')")
        Timer(0.2, other.execute, ["COMMIT"]).start()
        with atomic(using=processes[0]):
            assert ask(processes[0], "SELECT count(*) FROM page") == 1
