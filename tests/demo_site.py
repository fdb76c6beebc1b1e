"""The demo site as `make run` starts it, in processes of its own, for tests through HTTP."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from migrated_once import handed_on

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT = 300  # seconds


@dataclass(frozen=True)
class DemoSite:
    url: str
    admin_password: str
    data_dir: Path
    database_url: str

    def get(self, path: str, **headers: str) -> urllib.response.addinfourl:
        return urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers))  # noqa: S310

    def manage(self, *arguments: str) -> str:
        """Run manage.py beside the running site."""
        environment = site_environment(self.data_dir, self.database_url)
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(  # noqa: S603
            command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
        ).stdout


@pytest.fixture(scope="session")
def demo_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoSite]:
    data_dir = tmp_path_factory.mktemp("demo-site")
    shared = tmp_path_factory.getbasetemp().parent
    if hasattr(request.config, "workerinput"):
        request.getfixturevalue("django_db_setup")  # one of the processes migrates, for the site too
    with handed_on(shared) as migrated:
        database_url, drop = make_database(data_dir, migrated)
    try:
        with running_site(data_dir, database_url) as site:
            yield site
    finally:
        drop()


def make_database(data_dir: Path, migrated: Path | str | None) -> tuple[str, Callable[[], object]]:
    """A fresh database on the server that the suite runs on, a file for SQLite; and what drops it."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        file = data_dir / "db.sqlite3"
        if migrated:
            shutil.copy(migrated, file)
        return f"sqlite:///{file}", lambda: None
    name = f"test_demo_site_{os.getpid()}"
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    create = f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{migrated}"' if migrated else "")
    execute(given, drop, create)
    return urlunsplit(urlsplit(given)._replace(path=f"/{name}")), lambda: execute(given, drop)


def execute(database_url: str, *statements: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@contextmanager
def running_site(data_dir: Path, database_url: str) -> Iterator[DemoSite]:
    port = free_port()
    environment = site_environment(data_dir, database_url) | {"PORT": str(port)}
    log = (data_dir / "server.log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "scripts/run.py", "serve"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(f"http://localhost:{port}/en/", process, data_dir / "server.log")
        password = re.search(r"password (\S+)\)", (data_dir / "server.log").read_text())
        assert password, "make run prints the password of the administrator"
        yield DemoSite(f"http://localhost:{port}", password[1], data_dir, database_url)
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def site_environment(data_dir: Path, database_url: str) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "techport_cms.settings.development",
        "DATA_DIR": str(data_dir),
        "CACHE_DIR": str(data_dir),
        "DATABASE_URL": database_url,
    }


def wait_for(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the site ended: {log.read_text()[-3000:]}"
        try:
            urllib.request.urlopen(url, timeout=10).close()  # noqa: S310
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(f"the site did not start: {log.read_text()[-3000:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
