"""Rules of this house that no tool knows: short files, lock files that hold every requirement."""

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE = 400
COUNTED = {".py", ".html", ".css", ".js"}
LOCKED_GROUPS = {"requirements.txt": ["site"], "requirements-dev.txt": ["site", "dev", "install"]}


def main():
    problems = [*long_files(project_files()), *stale_locks(ROOT)]
    sys.exit("\n".join(problems) or 0)


def project_files():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines()]


def long_files(files):
    for file in files:
        if file.suffix in COUNTED and "migrations" not in file.parts and file.is_file():
            lines = len(file.read_text().splitlines())
            if lines > LONGEST_FILE:
                yield f"{file.relative_to(ROOT)} has {lines} lines, the limit is {LONGEST_FILE}: split it"


def stale_locks(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())
    for name, groups in LOCKED_GROUPS.items():
        pins = read_pins(root / name)
        requirements = list(project["project"]["dependencies"])
        for group in groups:
            requirements += project["dependency-groups"][group]
        for requirement in map(Requirement, requirements):
            versions = pins.get(canonicalize_name(requirement.name), [])
            if not versions or not all(map(requirement.specifier.contains, versions)):
                found = " and ".join(versions) or "nothing"
                yield f"{name} holds {found} for {requirement}: run make lock"


def read_pins(lock_file):
    """Versions by name; a name has several where they differ between Python versions."""
    pins: dict[str, list[str]] = {}
    for line in lock_file.read_text().splitlines():
        name, separator, rest = line.partition("==")
        if separator and not line.startswith((" ", "#")):
            pins.setdefault(canonicalize_name(name.partition("[")[0]), []).append(rest.split()[0])
    return pins


if __name__ == "__main__":
    main()
