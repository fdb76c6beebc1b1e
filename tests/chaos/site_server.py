"""The site on a free port, over the database of DATABASE_URL: site_server.py. Writes its port, and on SIGUSR1
to its errors where each thread is."""

import faulthandler
import os
import signal
import sys
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request."""

    daemon_threads = True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        from django.db import connections

        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()  # the thread's own, which CONN_MAX_AGE keeps open

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client that was killed is none of ours
            super().handle_error(request, client_address)


class Handler(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing: who fails tells it himself."""


def tell_the_port(port: int) -> None:
    """The addresses in the API's answers are those of the site in the database, which has port 80."""
    from wagtail.models import Site

    site = Site.objects.get(is_default_site=True)
    site.port = port
    site.save()


def main() -> None:
    faulthandler.register(signal.SIGUSR1)
    os.environ["DJANGO_SETTINGS_MODULE"] = "techport_cms.settings.test"
    from django.core.wsgi import get_wsgi_application

    server = make_server("localhost", 0, get_wsgi_application(), Server, Handler)
    tell_the_port(server.server_port)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
