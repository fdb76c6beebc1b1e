"""What is chosen by chance can be chosen again: the seed stands in the report of every run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from chaos_seed import SEED

TESTS = Path(__file__).parent
SOME_TESTS = """
from chaos_seed import SEED

def test_first(tell):
    tell("50 kills")

def test_second(tell):
    tell("100 edits")
    assert SEED == 0

def test_without_chance():
    pass
"""


@pytest.fixture
def seeds(tmp_path: Path) -> dict[str, str]:
    """What a run of two processes, whose output is captured, tells of what was done with which seed."""
    (tmp_path / "test_some.py").write_text(SOME_TESTS)
    (tmp_path / "pytest.ini").touch()
    plugins = ["-p", "xdist.plugin", "-p", "at_the_end", "-p", "chaos_seed"]
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", "-n2", "-c", str(tmp_path / "pytest.ini"), *plugins, str(tmp_path)],
        cwd=TESTS.parent,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "DJANGO_SETTINGS_MODULE": "techport_cms.settings.test",
            "CHAOS_KILLS": "500",  # so that the seed is a chance one
        },
        capture_output=True,
        text=True,
    )
    lines = [line for line in result.stdout.splitlines() if line.startswith("test_some.py")]
    assert len(lines) == 2, result.stdout + result.stderr
    told = (line.partition("CHAOS_SEED=")[2].split(": ") for line in lines)
    return {done: seed for seed, done in told}


def test_every_test_tells_the_seed_that_all_processes_share(seeds: dict[str, str]) -> None:
    assert seeds.keys() == {"50 kills", "100 edits"}
    assert len(set(seeds.values())) == 1


def test_the_seed_stands_at_the_top_too(request: pytest.FixtureRequest) -> None:
    config = request.config
    header = config.hook.pytest_report_header(config=config, start_path=config.rootpath)
    assert f"seed of tests/chaos: {SEED}" in str(header)
