"""Databases of a stated size, made of the demo content and kept for the next run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from .setup import ROOT


def url_of_scale(number: int, data_dir: Path) -> str:
    """The address of a database with `load_demo --scale <number>` in it; made where it is not there."""
    given = os.environ.get("DATABASE_URL", "")
    url = _postgresql(given, number) if given.startswith("postgres") else _sqlite(data_dir, number)
    environment = {**os.environ, "DATABASE_URL": url}
    for command in (["migrate"], ["load_demo", "--scale", str(number)]):
        line = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(line, cwd=ROOT, env=environment, check=True)
    return url


def empty_beside(url: str) -> str:
    """The address of an empty PostgreSQL database beside the one at `url`; nothing beside a SQLite file."""
    return _postgresql(url, "stock", empty=True) if url.startswith("postgres") else ""


def _sqlite(data_dir: Path, number: int) -> str:
    file = data_dir / f"bench-{number}.sqlite3"
    if not file.exists():
        shutil.copy(data_dir / "db.sqlite3", file)
    return f"sqlite:///{file}"


def _postgresql(given: str, suffix: int | str, empty: bool = False) -> str:
    import psycopg

    parts = urlsplit(given)
    name = f"{parts.path.strip('/')}_bench_{suffix}"
    with psycopg.connect(given, autocommit=True) as connection:
        if empty:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(parts._replace(path=f"/{name}"))
