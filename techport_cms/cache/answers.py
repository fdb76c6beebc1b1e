"""What goes out: a kept entry in the client's encoding, or what the application has just answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from techport_cms.core.surrogate_keys import HEADER, header_value

from .entries import Answer, Entry, choose, is_not_modified, is_settled
from .policy import Headers
from .requests import Environ

HIT = ("Cache-Status", "techport; hit")
STORED = ("Cache-Status", "techport; fwd=miss; stored")
NOT_STORED = ("Cache-Status", "techport; fwd=miss")
STALE = ("Cache-Status", 'techport; hit; detail="the database is away"')
WARNING = ("Warning", '110 - "Response is Stale"')


@dataclass(frozen=True)
class Stream:
    """An answer that is not in memory as a whole: a file, or something without an end."""

    status: str
    headers: list[tuple[str, str]]
    body: Any

    def send(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        start_response(self.status, self.headers)
        if environ["REQUEST_METHOD"] != "HEAD":
            return self.body
        close = getattr(self.body, "close", None)
        if close:
            close()
        return []


def capture(application: Callable[..., Iterable[bytes]], environ: Environ) -> Answer | Stream:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        started[:] = [status, headers]

    response: Any = application(environ, start_response)
    status, headers = started
    if getattr(response, "streaming", not isinstance(response, list)):
        return Stream(status, headers, response)
    body = b"".join(response)
    if hasattr(response, "close"):
        response.close()
    keys = (HEADER, header_value([*_page_key(response), *_said(headers)]))
    return Answer(status, (*_without_keys(headers), keys), body)


def _page_key(response: Any) -> list[str]:
    """Of the page that the answer shows, if it shows one."""
    context = getattr(response, "context_data", None) or {}
    page = getattr(context.get("page"), "pk", None)
    return [f"page-{page}"] if page else []


def _said(headers: Headers) -> list[str]:
    """The keys that the application names itself."""
    return [key for name, value in headers if name.lower() == HEADER.lower() for key in value.split()]


def _without_keys(headers: Headers) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() != HEADER.lower()]


def send(entry: Entry, environ: Environ, start_response: Any, status: tuple[str, str]) -> Iterable[bytes]:
    entry.referenced = True
    variant = choose(entry, environ.get("HTTP_ACCEPT_ENCODING"))
    extra = [status, WARNING] if status is STALE else [status]
    if is_settled(entry):
        extra.append(entry.last_modified)
    if is_not_modified(entry, variant, environ):
        start_response("304 Not Modified", variant.not_modified + extra)
        return []
    start_response("200 OK", variant.headers + extra)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [variant.body]


def send_once(answer: Answer, environ: Environ, start_response: Any) -> Iterable[bytes]:
    """What is not kept. Its surrogate key stays here: nobody in front keeps it either."""
    start_response(answer.status, [*_without_keys(answer.headers), NOT_STORED])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]
