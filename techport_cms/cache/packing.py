"""An answer as bytes, for other processes; and which of them may read it."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django import __version__ as django_version
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from wagtail import __version__ as wagtail_version

from .entries import Answer

SOURCES = {".py", ".html", ".mo"}


def pack(answer: Answer) -> bytes:
    head = json.dumps([answer.status, answer.headers]).encode()
    return b"%d\n%b%b" % (len(head), head, answer.body)


def unpack(value: bytes) -> Answer:
    """Raises ValueError or TypeError where it is no answer."""
    length, separator, rest = value.partition(b"\n")
    if not separator:
        raise ValueError("no length")
    status, headers = json.loads(rest[: int(length)])
    return Answer(status, tuple((name, text) for name, text in headers), rest[int(length) :])


@cache
def release() -> str:
    """A digest of the code, the templates, the settings and the names of static files: a new release does not
    find what the old one has rendered."""
    versions = f"{django_version} {wagtail_version} {_static_files()} {_settings()}"
    digest = hashlib.blake2b(versions.encode(), digest_size=8)
    for directory in sorted(_own_directories()):
        for file in sorted(file for file in directory.rglob("*") if file.suffix in SOURCES):
            digest.update(f"{file.relative_to(directory)}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def _static_files() -> str:
    """A digest of their names, which pages hold, where these change with the content; else empty."""
    if not apps.is_installed("django.contrib.staticfiles"):
        return ""
    return getattr(staticfiles_storage, "manifest_hash", "")


def _settings() -> str:
    """What is written in them. Of an object it is the name of its class, which all processes give alike."""
    values = {name: getattr(settings, name) for name in sorted(dir(settings)) if name.isupper()}
    return json.dumps(values, default=_as_written, skipkeys=True)


def _as_written(value: Any) -> str:
    return str(value) if isinstance(value, Path) else type(value).__qualname__


def _own_directories() -> set[Path]:
    """Of the apps and templates that are not installed packages."""
    engines: list[dict[str, Any]] = settings.TEMPLATES
    templates = [directory for engine in engines for directory in engine.get("DIRS", ())]
    given = [*(config.path for config in apps.get_app_configs()), *templates, *settings.LOCALE_PATHS]
    return {path for path in map(Path, given) if "site-packages" not in path.parts}
