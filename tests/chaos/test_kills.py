"""A publish that is killed is done or has not begun: `make chaos` kills 500, the suite a tenth of them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chaos_seed import SEED

HARNESS = Path(__file__).with_name("harness.py")
KILLS = int(os.environ.get("CHAOS_KILLS") or 50)

pytestmark = pytest.mark.django_db(transaction=True)


def kill(database_url: str, kills: int, *options: str) -> dict[str, Any]:
    """The report of the harness."""
    result = subprocess.run(  # noqa: S603
        [sys.executable, str(HARNESS), str(kills), str(SEED), *options],
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"seed {SEED}: {result.stderr[-5000:]}"
    return json.loads(result.stdout)


def test_no_kill_leaves_a_publish_half_done(scratch: str, tell: Callable[[str], None]) -> None:
    report = kill(scratch, KILLS)
    half_done = report["half_done"]
    summary = f"{len(half_done)} of {report['kills']} kills left a publish half-done"
    tell(summary)
    sys.stdout.write(f"{json.dumps(report, indent=1)}\n")
    assert report["kills"] == KILLS
    assert not half_done, "\n".join([f"seed {SEED}: {summary}", *half_done])


@pytest.mark.either
def test_the_harness_finds_what_is_half_done(scratch: str) -> None:
    """Without transactions, as stock Wagtail and wagtail-localize publish, about one in two is."""
    report = kill(scratch, 20, "unsafe")
    assert report["half_done"], f"seed {SEED}"
