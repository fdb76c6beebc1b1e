"""The site of this checkout in this process, and other processes that measure."""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]


def configure() -> None:
    """As a worker of `make run`: settings, no debugging, nothing of the start left to the collector."""
    import run

    run.configure("serve", run.read_port())
    gc.collect()
    gc.freeze()


def measured(module: str, *arguments: str, **environment: str) -> dict:
    """What this module of ours prints as JSON, run in a process of its own."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command[2:])} failed.")
    return json.loads(done.stdout.splitlines()[-1])
