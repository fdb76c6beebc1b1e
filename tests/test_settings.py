"""Settings are documented, complete and safe by default."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
READERS = [
    *sorted((ROOT / "techport_cms/settings").glob("*.py")),
    ROOT / "scripts/run.py",
    ROOT / "techport_cms/wsgi.py",
]
READ = re.compile(r'(?:env\.\w+|environ\.\w+)\(\s*"([A-Z_]+)"')
DOCUMENTED = re.compile(r"^# ([A-Z_]+)=", re.MULTILINE)


def test_example_lists_every_variable() -> None:
    read = {name for file in READERS for name in READ.findall(file.read_text())}
    documented = DOCUMENTED.findall((ROOT / ".env.example").read_text())
    assert sorted(documented) == sorted(read)


def test_example_changes_nothing() -> None:
    """Copied as it is, it leaves every default alone."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def start(**variables: str) -> subprocess.CompletedProcess:
    """Load the application with production's settings and this environment."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "techport_cms.settings.base"}
    command = [sys.executable, "-c", "import techport_cms.wsgi"]
    return subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment | variables, capture_output=True, text=True
    )


def test_production_does_not_start_without_a_secret_key() -> None:
    refused = start(SECRET_KEY="")
    assert refused.returncode != 0
    assert "The SECRET_KEY setting must not be empty." in refused.stderr


def test_production_does_not_start_with_mail_that_would_not_be_encrypted() -> None:
    refused = start(SECRET_KEY="x" * 50, EMAIL_URL="smtp+tls://user:password@mail.example.org")
    assert refused.returncode != 0
    assert "EMAIL_URL must be submission://" in refused.stderr


def test_production_starts_with_a_secret_key() -> None:
    started = start(SECRET_KEY="x" * 50, EMAIL_URL="submission://user:password@mail.example.org")
    assert started.returncode == 0, started.stderr
