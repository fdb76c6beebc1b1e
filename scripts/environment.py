"""Make the virtual environment and keep it in step with the lock files: environment.py site|dev

Needs nothing but Python's standard library. The stamp file is removed before anything
changes and written when everything is done, so an environment without a stamp was
interrupted and is made anew.
"""

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK_FILES = {"site": "requirements.txt", "dev": "requirements-dev.txt"}  # dev holds all of site
INSTALLER = "requirements-uv.txt"
OLDEST_PYTHON = (3, 11)
EXACT = ("--require-hashes",)
HALF_MADE = {"bin", "include", "lib", "lib64"}  # what venv writes before pyvenv.cfg


class EnvironmentSetupError(Exception):
    """What a person has to mend; the message says how."""


class Environment:
    def __init__(self, path, root=ROOT):
        self.path = path
        self.root = root
        self.python = path / "bin" / "python"
        self.stamp = path / "techport-stamp.json"

    def fingerprint(self, group):
        lock = (self.root / LOCK_FILES[group]).read_bytes()
        return {"group": group, "lock": hashlib.sha256(lock).hexdigest(), "python": sys.version}

    def is_current(self, group):
        return self.python.exists() and self.read_stamp() in (
            self.fingerprint(group),
            self.fingerprint("dev"),
        )

    def read_stamp(self):
        try:
            return json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return None

    def ensure(self, group):
        if self.is_current(group):
            return
        with only_one(self.root):
            if not self.is_current(group):  # another one may have made it while we waited
                self.build(group)

    def build(self, group):
        started = time.monotonic()
        stamp = self.read_stamp()
        self.stamp.unlink(missing_ok=True)
        if not stamp or stamp["python"] != sys.version:
            self.create()
        print(f"Installing the packages of {LOCK_FILES[group]} ...", flush=True)
        self.install(self.root / LOCK_FILES[group])
        self.stamp.write_text(json.dumps(self.fingerprint(group)))
        print(f"{self.path} is ready after {time.monotonic() - started:.0f} s", flush=True)

    def create(self):
        check_venv_module()
        self.check_is_ours()
        print(f"Making {self.path} with Python {sys.version.split()[0]} ...", flush=True)
        run(sys.executable, "-m", "venv", "--clear", self.path)

    def check_is_ours(self):
        """`venv --clear` empties the directory, so it must hold an environment or nothing."""
        names = {entry.name for entry in self.path.iterdir()} if self.path.exists() else set()
        if "pyvenv.cfg" not in names and not names <= HALF_MADE:
            raise EnvironmentSetupError(
                f"{self.path} is not a virtual environment. Name another directory: make VENV=..."
            )

    def install(self, lock_file):
        """With uv, which takes a fifth of the time; with pip where uv cannot, as it reads no pip.conf."""
        try:
            self.install_with_pip(self.root / INSTALLER)
            uv = self.path / "bin" / "uv"
            run(uv, "pip", "install", "--quiet", "--python", self.python, *EXACT, "--requirement", lock_file)
        except EnvironmentSetupError as problem:
            print(f"{problem}\nTrying pip instead ...", flush=True)
            self.install_with_pip(lock_file)

    def install_with_pip(self, lock_file):
        quiet = ("-qq", "--no-input", "--disable-pip-version-check", "--no-warn-script-location")
        lazy = "--no-compile"  # what is imported is compiled then: a small part of it
        run(self.python, "-m", "pip", "install", *quiet, lazy, *EXACT, "--requirement", lock_file)


def run(*command):
    try:
        subprocess.run([str(part) for part in command], check=True)
    except subprocess.CalledProcessError as error:
        raise EnvironmentSetupError(f"That failed (see above): {' '.join(error.cmd)}") from None


@contextlib.contextmanager
def only_one(directory):
    """Two `make` at once build the environment once."""
    import fcntl

    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def check_python(version):
    if tuple(version[:2]) < OLDEST_PYTHON:
        oldest, this = (".".join(map(str, numbers[:2])) for numbers in (OLDEST_PYTHON, version))
        raise EnvironmentSetupError(
            f"Python {oldest} or newer is needed, this one is {this}. Try: make PYTHON=python3.13 ..."
        )


def check_venv_module():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise EnvironmentSetupError(
            "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"
        ) from None


def main(group):
    try:
        check_python(sys.version_info)
        Environment(Path(os.environ.get("VENV") or ROOT / ".venv")).ensure(group)
    except EnvironmentSetupError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next `make` starts this step over.")


if __name__ == "__main__":
    main(sys.argv[1])
