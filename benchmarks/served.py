"""The site as scripts/run.py serves it, with a few addresses for measuring."""

import os
import time

from .setup import configure

SLOW_PATH, SLOW_SECONDS = "/admin/measured/slow/", 10
PID_PATH, PAGES_PATH = "/admin/measured/pid/", "/measured/"


def serve() -> None:
    configure()
    import run
    from django.core.wsgi import get_wsgi_application

    from techport_cms import wsgi
    from techport_cms.cache.wsgi import cached

    wsgi.application = cached(with_measured_addresses(get_wsgi_application()))
    run.serve(run.read_port())


def with_measured_addresses(application):
    """An admin request that computes, which process answers, and 10,000 different pages."""
    filler = "".join(f"<p>Paragraph {number}</p>" for number in range(1400)).encode()

    def answer(environ, start_response):
        path = environ["PATH_INFO"]
        if not path.startswith((SLOW_PATH, PID_PATH, PAGES_PATH)):
            return application(environ, start_response)
        if path == SLOW_PATH:
            compute(SLOW_SECONDS)
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [str(os.getpid()).encode()] if path == PID_PATH else [path.encode() + filler]

    return answer


def compute(seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        sum(range(1000))


if __name__ == "__main__":
    serve()
