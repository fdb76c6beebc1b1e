"""How the crawler asks: this process itself, or a server over HTTP."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit

from django.test import Client

from ..limits import buckets

TEXTUAL = ("text/", "json", "xml", "javascript")
PORTS = {"http": "80", "https": "443"}
TIMEOUT, PATIENCE, TRIES = 60, 60, 5  # seconds for an answer, for a Retry-After; how often


@dataclass(frozen=True)
class Answer:
    """Header names in small letters. No status: there was no answer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_text(self) -> bool:
        kind = self.headers.get("content-type", "")
        return not kind or any(textual in kind for textual in TEXTUAL)

    @property
    def is_json(self) -> bool:
        return "json" in self.headers.get("content-type", "")

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace") if self.is_text else ""


# Asks for an address as somebody who has no cookies, and follows no redirect.
Transport = Callable[[str, Mapping[str, str]], Answer]


class InProcess:
    """Asks Django in this process: no server, no cache in front, and no limit of how often."""

    def __init__(self) -> None:
        self._client = Client(raise_request_exception=False)

    def __call__(self, url: str, headers: Mapping[str, str]) -> Answer:
        buckets.clear()  # those of this process, which serves nobody else
        self._client.cookies.clear()
        parts = urlsplit(url)
        response: Any = self._client.generic(
            "GET",
            f"{parts.path or '/'}?{parts.query}",
            secure=parts.scheme == "https",
            headers={**headers, "host": parts.netloc},
            SERVER_NAME=parts.hostname or "",
            SERVER_PORT=str(parts.port or PORTS.get(parts.scheme, "80")),
        )
        streaming = getattr(response, "streaming", False)
        body = b"".join(response.streaming_content) if streaming else response.content
        return Answer(response.status_code, {name.lower(): value for name, value in response.items()}, body)


class OverHttp:
    """Asks the server at this address, whatever host a URL names: that is told as the host of the request.
    Waits where the server says that it is asked too often."""

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self._connection = self._connect()

    def __call__(self, url: str, headers: Mapping[str, str]) -> Answer:
        for _ in range(TRIES):
            answer = self._ask(url, headers)
            if answer.status not in (429, 503):
                break
            wait = answer.headers.get("retry-after", "")
            time.sleep(min(int(wait) if wait.isdecimal() else 1, PATIENCE))
        return answer

    def _ask(self, url: str, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        target = quote(parts.path or "/", safe="/%~:@!$&'()*+,;=") + (
            f"?{parts.query}" if parts.query else ""
        )
        try:
            self._connection.request("GET", target, headers={**headers, "Host": parts.netloc})
            response = self._connection.getresponse()
            body = response.read()
        except (HTTPException, OSError):
            self._connection.close()
            self._connection = self._connect()
            return Answer(503)
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, body)

    def _connect(self) -> HTTPConnection:
        kind = HTTPSConnection if self._server.scheme == "https" else HTTPConnection
        return kind(self._server.netloc, timeout=TIMEOUT)
