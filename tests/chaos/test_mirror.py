"""A copy that is made from the API alone, and killed while it is, is what the site is in the end.

`make test` makes 100 edits, `make chaos` 1,000.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from chaos_seed import SEED

HERE = Path(__file__).parent
MIRROR = HERE.parents[1] / "examples" / "sync" / "mirror.py"
EDITS = 2 * int(os.environ.get("CHAOS_KILLS") or 50)
WRITERS = 4
LONGEST = 3.0  # seconds that a copy is made until it is killed

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]

Rows = dict[tuple[str, str, str], Any]


def start(script: Path, *arguments: Any, stderr: Any = subprocess.PIPE, **variables: str) -> subprocess.Popen:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, str(script), *map(str, arguments)],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
    )


def finish(process: subprocess.Popen) -> str:
    output, errors = process.communicate()
    assert process.returncode == 0, f"seed {SEED}: {errors[-5000:]}"
    return output


@pytest.fixture
def server(scratch: str, tmp_path: Path) -> Iterator[subprocess.Popen]:
    """A site that runs over the scratch database. What it says goes to a file: a pipe that nobody reads is
    full some day, and then it waits. The end of the file stands below a test that fails."""
    finish(start(HERE / "writer.py", 0, 0, SEED, DATABASE_URL=scratch))
    log = tmp_path / "server.log"
    with log.open("w") as errors:
        server = start(
            HERE / "site_server.py", stderr=errors, DATABASE_URL=scratch, PYTHONPATH=str(HERE.parents[1])
        )
    try:
        yield server
    finally:
        server.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
        server.terminate()
        server.communicate()
        said = log.read_text()
        sys.stderr.write(said[-10_000:])
    assert "Traceback" not in said, f"seed {SEED}: {said[:5000]}"


@pytest.fixture
def site(server: subprocess.Popen) -> str:
    """Its address."""
    assert server.stdout is not None
    return f"http://localhost:{server.stdout.readline().strip()}"


def documents(copy: Path) -> Rows:
    """What the copy has, by type, id and language."""
    with closing(sqlite3.connect(copy)) as db:
        found = db.execute("SELECT type, id, locale, body FROM document WHERE body IS NOT NULL")
        return {tuple(key): json.loads(body) for *key, body in found}


def listed(site: str, name: str) -> set[str]:
    with urlopen(f"{site}/api/v2/{name}/?limit=100") as answer:  # noqa: S310
        body = json.load(answer)
    assert body["meta"]["total_count"] == len(body["items"])
    return {str(item["id"]) for item in body["items"]}


def test_the_copy_is_what_the_site_is(
    site: str, scratch: str, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    chance = random.Random(SEED)  # noqa: S311
    copy, fresh = tmp_path / "copy.sqlite3", tmp_path / "fresh.sqlite3"
    share = EDITS // WRITERS
    writers = [start(HERE / "writer.py", n, share, SEED, DATABASE_URL=scratch) for n in range(WRITERS)]
    kills = 0
    while any(writer.poll() is None for writer in writers):
        mirror = start(MIRROR, site, copy, "--limit", chance.choice([1, 3, 20, 100]), "--every", 0.1)
        try:
            mirror.communicate(timeout=chance.uniform(0.1, LONGEST))
        except subprocess.TimeoutExpired:
            mirror.send_signal(signal.SIGKILL)
            mirror.communicate()
            kills += 1
    made = [json.loads(finish(writer)) for writer in writers]
    finish(start(MIRROR, site, copy))
    finish(start(MIRROR, site, fresh))
    assert json.loads(finish(start(HERE / "tree.py", DATABASE_URL=scratch))) == [[]] * 5, f"seed {SEED}"
    there, wanted = documents(copy), documents(fresh)
    tell(f"{kills} kills, {len(wanted)} objects, {made}")
    assert kills, f"seed {SEED}"
    assert there.keys() == wanted.keys(), f"seed {SEED}"
    assert [key for key in wanted if there[key] != wanted[key]] == [], f"seed {SEED}"
    for name, word in (("images", "Image"), ("documents", "Document"), ("pages", "Page")):
        assert {id_ for type_, id_, _ in there if type_.endswith(word)} == listed(site, name), f"seed {SEED}"
