"""TypeScript's compiler, and what makes types of an OpenAPI document: installed once for all tests."""

import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent / "typescript"
OPTIONS = ("--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable")


@pytest.fixture(scope="session")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which `npx tsc` works."""
    if shutil.which("npm") is None:
        pytest.skip("no Node.js: npm is not installed")
    directory = tmp_path_factory.mktemp("typescript")
    shutil.copytree(PROJECT, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
    run(directory, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return directory


def run(directory: Path, *command: str) -> str:
    """What it prints. Fails with all that it says, where it fails."""
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
