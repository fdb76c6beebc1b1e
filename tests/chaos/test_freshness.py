"""After every edit, what two processes answer is what is rendered now: `make chaos` makes 1,000 edits, the
suite a tenth of them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from chaos_seed import SEED

HARNESS = Path(__file__).with_name("freshness.py")
EDITS = int(os.environ.get("CHAOS_EDITS") or 100)
SAMPLE = 24 if "CHAOS_KILLS" in os.environ else 6  # addresses that are looked at after each edit

pytestmark = [
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
]


def test_no_edit_leaves_a_stale_answer(scratch: str, tmp_path: Path, tell: Callable[[str], None]) -> None:
    result = subprocess.run(  # noqa: S603
        [sys.executable, str(HARNESS), str(EDITS), str(SEED), str(tmp_path), str(SAMPLE)],
        env={**os.environ, "DATABASE_URL": scratch},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"seed {SEED}: {result.stderr[-5000:]}"
    report = json.loads(result.stdout.splitlines()[-1])
    stale = report["stale"]
    summary = f"{len(stale)} of {report['compared']} answers were stale after {EDITS} edits"
    tell(summary)
    sys.stdout.write(f"{json.dumps(report, indent=1)}\n")
    assert not stale, "\n".join([f"seed {SEED}: {summary}", *stale[:20]])
    assert sum(report["edits"].values()) == EDITS
    assert report["kept"] > report["compared"] / 3  # else little was put to the test
