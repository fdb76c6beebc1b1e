"""A project as `wagtail start` makes it, in a temporary directory, to compare with."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = "stock.settings.production"
# Production's settings need a key, a host and static files without a manifest; the rest is as it comes.
LOCAL = """
SECRET_KEY = "only-for-measuring"
ALLOWED_HOSTS = ["*"]
SECURE_SSL_REDIRECT = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
"""


@contextmanager
def stock_project() -> Iterator[Path]:
    """Its directory, with an empty SQLite database that is migrated."""
    with tempfile.TemporaryDirectory(prefix="techport-stock-") as name:
        directory = Path(name)
        wagtail = Path(sys.executable).with_name("wagtail")
        subprocess.run([wagtail, "start", "stock", name], check=True, stdout=subprocess.DEVNULL)
        (directory / "stock" / "settings" / "local.py").write_text(LOCAL)
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=directory, env=environment(directory), check=True)
        yield directory


def environment(directory: Path) -> dict[str, str]:
    ours = {"DATABASE_URL", "DATA_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": str(directory)}
