"""Write the lock files anew from pyproject.toml: lock.py [arguments for uv pip compile]

requirements-uv.txt holds what installs the other two (see environment.py).
One file serves every supported Python, so Django is in it twice: 5.2 for Python 3.11,
the newest for 3.12 and later. `make lock ARGS=--upgrade` takes newer versions.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")


def compile_lock(output, *options):
    command = [
        str(UV),
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
    ]
    command += ["--generate-hashes", "--no-header", "--output-file", output, *options]
    subprocess.run(command, cwd=ROOT, check=True)


def main(options):
    site = ("pyproject.toml", "--group", "site")
    compile_lock("requirements.txt", *site, *options)
    dev = ("--group", "dev", "--group", "install", "--constraint", "requirements.txt")
    compile_lock("requirements-dev.txt", *site, *dev, *options)
    compile_lock(
        "requirements-uv.txt", "--group", "install", "--constraint", "requirements-dev.txt", *options
    )


if __name__ == "__main__":
    main(sys.argv[1:])
