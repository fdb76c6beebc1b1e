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
DATABASE = """
from environs import Env
from .base import INSTALLED_APPS
DATABASES = {"default": Env().dj_db_url("STOCK_DATABASE_URL")}
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.postgres"]  # its search index is Wagtail's
"""


@contextmanager
def stock_project(models: str = "", database: str = "") -> Iterator[Path]:
    """Its directory, with `models` beside its home page, and an empty database that is migrated:
    SQLite, or where the address `database` says."""
    with tempfile.TemporaryDirectory(prefix="techport-stock-") as name:
        directory = Path(name)
        wagtail = Path(sys.executable).with_name("wagtail")
        subprocess.run([wagtail, "start", "stock", name], check=True, stdout=subprocess.DEVNULL)
        settings = LOCAL + DATABASE * bool(database)
        (directory / "stock" / "settings" / "local.py").write_text(settings)
        with (directory / "home" / "models.py").open("a") as file:
            file.write(models)
        for command in ("makemigrations", "migrate"):
            line = [sys.executable, "manage.py", command, "--verbosity", "0"]
            subprocess.run(line, cwd=directory, env=environment(directory, database), check=True)
        yield directory


def environment(directory: Path, database: str = "") -> dict[str, str]:
    ours = {"DATABASE_URL", "DATA_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    theirs = {"DJANGO_SETTINGS_MODULE": SETTINGS, "PYTHONPATH": str(directory)}
    return {**kept, **theirs, "STOCK_DATABASE_URL": database}
