"""A receiver of webhooks in a thread of the tests, and an endpoint that sends to it."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import connection
from django.utils import timezone

from techport_cms.changes.log import latest
from techport_cms.webhooks import signing
from techport_cms.webhooks.models import Endpoint


@dataclass
class Received:
    headers: dict[str, str]
    body: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.payload["type"]


class Receiver(ThreadingHTTPServer):
    """Answers with `statuses`, one after the other, and then with the last of them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = [200]
        self.delay = 0.0
        self.answer_headers: dict[str, str] = {}
        self.answer = b"thank you"
        self.received: list[Received] = []
        self.accepted: list[Received] = []  # those that were answered with 2xx
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?from=techport"

    def take(self, received: Received) -> int:
        with self.lock:
            self.received.append(received)
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            if 200 <= status < 300:
                self.accepted.append(received)
        return status

    def wait_for(self, count: int, seconds: float = 20) -> list[Received]:
        end = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < end:
            time.sleep(0.02)
        assert len(self.received) >= count, f"{len(self.received)} of {count} came"
        return self.received


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers["content-length"])).decode()
        headers["path"] = self.path
        status = self.server.take(Received(headers, body))
        time.sleep(self.server.delay)
        self.send_response(status)
        for name, value in self.server.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def handle(self) -> None:
        with suppress(OSError):  # the sender has gone
            super().handle()

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    server = Receiver()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def number_at_once() -> None:
    """PostgreSQL numbers the log at the commit, which a test in a transaction never comes to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS techport_changes_number IMMEDIATE")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)


def make_endpoint(url: str, **fields: Any) -> Endpoint:
    """One that begins at the end of the log."""
    secret = fields.pop("secret", None) or signing.new_secret()
    fields = {"name": "Scherm", "cursor": latest(), **fields}
    return Endpoint.objects.create(url=url, sealed_secret=signing.seal(secret), **fields)


def free_port() -> int:
    """Where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
