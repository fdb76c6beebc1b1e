"""`make run` that is killed while it loads the demo content goes on from there: in the end all is as if
it had not been. The suite kills it 8 times, `make chaos` 80 times."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chaos_seed import IS_WHOLE, SEED

HARNESS = Path(__file__).with_name("demo_kills.py")
KILLS = 80 if IS_WHOLE else 8

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


def test_it_ends_with_what_an_undisturbed_run_makes(
    scratch: str, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    result = subprocess.run(  # noqa: S603
        [sys.executable, str(HARNESS), str(KILLS), str(SEED), str(tmp_path)],
        env={**os.environ, "DATABASE_URL": scratch},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"seed {SEED}: {result.stderr[-5000:]}"
    report = json.loads(result.stdout.splitlines()[-1])
    kills = sum(report["places"].values())
    tell(
        f"{kills} kills of load_demo, create_groups and create_demo_users, which take {report['steps']} steps"
    )
    assert report["differs"] == [], f"seed {SEED}: see wanted.json and found.json in {tmp_path}"
    assert kills > KILLS / 2  # else little was put to the test
