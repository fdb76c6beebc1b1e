"""A visitor in front of the cache: asks the stage of wsgi.py, in this process."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.test import TestCase
from made_once import made_once

if TYPE_CHECKING:  # models can be imported once the settings are there
    from wagtail.models import Page

    from techport_cms.cache.stage import CacheStage

NEVER = 1e6  # seconds
PARAMETERS = {"/": ["page", "topic"], "/search/": ["q", "p"], "/api/v2/": ["*"]}


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cached(self) -> str:
        """`hit`, `miss`, `stored` or `bypass`."""
        told = self.headers.get("Cache-Status", "bypass")
        return next(word for word in ("stored", "miss", "hit", "bypass") if word in told)


class Visitor:
    def __init__(self, stage: Callable[..., Any]) -> None:
        self.stage = stage

    def get(self, address: str, method: str = "GET", **headers: str) -> Reply:
        """Header names with underscores: `accept_encoding="br"`."""
        started: list[Any] = []
        with open_connections():
            body = self.stage(environ(address, method, headers), lambda *given: started.append(given))
            content = b"".join(body)
            if hasattr(body, "close"):
                body.close()
        status, sent = started[-1][:2]
        return Reply(int(status.split()[0]), dict(sent), content)


@contextmanager
def open_connections() -> Iterator[None]:
    """At the end of a request Django closes connections, and with them the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def environ(address: str, method: str, headers: dict[str, str]) -> dict[str, Any]:
    parts = urlsplit(address)
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(parts.path, "latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": parts.netloc or "localhost",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }


def new_stage(
    directory: Path, application: Any = None, read: Callable[[], Any] | None = None, **options: Any
) -> "CacheStage":
    """A stage with an epoch of its own, which no thread keeps up to date. `read` asks the log."""
    from django.core.handlers.wsgi import WSGIHandler

    from techport_cms.cache.conf import CacheSettings
    from techport_cms.cache.epoch import SharedEpoch
    from techport_cms.cache.stage import CacheStage
    from techport_cms.changes.head import read_head

    given = {"parameters": PARAMETERS, "trust": NEVER, "excluded": ["/admin/"], "host_bytes": 0, **options}
    epoch = SharedEpoch(directory / "epoch", read or read_head)
    epoch.look()
    return CacheStage(application or WSGIHandler(), CacheSettings(enabled=True, **given), epoch)


@made_once
def question() -> "Page":
    """A published page at /vragen/waarom/."""
    from factories import FaqIndexPageFactory, QuestionPageFactory, published_home

    index = FaqIndexPageFactory(parent=published_home(), title="Vragen", slug="vragen")
    page = QuestionPageFactory(parent=index, title="Waarom?", slug="waarom")
    page.save_revision().publish()
    return page


@pytest.fixture
def stage(question: "Page", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "CacheStage":
    """The cache in front of a site with that page; whoever publishes raises its epoch."""
    from techport_cms.cache import receivers

    stage = new_stage(tmp_path)
    monkeypatch.setattr(receivers, "shared_epoch", lambda: stage._epoch)
    return stage


@pytest.fixture
def visitor(stage: "CacheStage") -> Visitor:
    return Visitor(stage)


@contextmanager
def commit() -> Iterator[None]:
    """What is done in there is committed at its end, as far as anybody can tell."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield
        if connection.vendor == "postgresql":
            connection.check_constraints()  # a commit fires the trigger that numbers the log


@pytest.fixture
def committed(db: None) -> Callable[[], Any]:
    """`with committed():`"""
    return commit
