"""One POST to a checked address: no redirect, no proxy, a time limit for all of it, 2 KB of the answer."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.utils.encoding import iri_to_uri

from .addresses import port_of, resolve, split

KEPT_BYTES = 2048  # of the answer's body
MOST_ADDRESSES = 4  # of one host that are tried


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str
    milliseconds: int


class TimedOutError(OSError):
    """The receiver did not answer in time."""


class PinnedConnection(http.client.HTTPConnection):
    """To one of the addresses that were checked, with the name in `Host`, SNI and certificate check."""

    def __init__(self, host: str, port: int, addresses: list[str], timeout: float, tls: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self.seconds = timeout
        self.addresses = addresses[:MOST_ADDRESSES]
        self.context = ssl.create_default_context() if tls else None
        self.default_port = 443 if tls else 80  # what `Host` does not name
        self.opened: socket.socket | None = None  # also while `sock` is the response's own

    def connect(self) -> None:
        self.sock = self.opened = self._connect_to_any()
        self.sock.settimeout(self.timeout)
        if self.context:
            self.sock = self.opened = self.context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _connect_to_any(self) -> socket.socket:
        """The addresses share the time. Raises what the last of them raised."""
        seconds = self.seconds / len(self.addresses)
        for address in self.addresses[:-1]:
            try:
                return socket.create_connection((address, self.port), seconds)
            except OSError:
                continue  # as with a host that has an IPv6 address while this machine has none
        return socket.create_connection((self.addresses[-1], self.port), seconds)

    def interrupt(self) -> None:
        """Called from another thread: whoever waits for the other side stops waiting."""
        if self.opened:
            with suppress(OSError):  # not connected any more
                # Not the method of an SSL socket, which takes away what the other thread reads from.
                socket.socket.shutdown(self.opened, socket.SHUT_RDWR)


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """Send it and read the answer. A redirect is an answer like any other.

    Raises RefusedAddressError, TimedOutError after `timeout` seconds in all (the name server's
    time besides), OSError or HTTPException where there is no connection or no answer in HTTP,
    ValueError where the address has characters that cannot be sent.
    """
    parts = split(url)
    host, port = parts.hostname or "", port_of(parts)
    connection = PinnedConnection(host, port, resolve(host, port), timeout, parts.scheme == "https")
    target = iri_to_uri((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    started = time.monotonic()
    with _limit(connection, timeout) as expired:
        connection.request("POST", target, body, dict(headers))
        response = connection.getresponse()
        if expired.is_set():  # the headers end there, for all that http.client knows
            raise TimedOutError
        kept = _read(response)
    milliseconds = round((time.monotonic() - started) * 1000)
    return Answer(response.status, dict(response.getheaders()), _as_text(kept), milliseconds)


def _read(response: http.client.HTTPResponse) -> bytes:
    """The status decides what became of the event, so a body that does not come changes nothing."""
    try:
        return response.read(KEPT_BYTES)
    except (OSError, http.client.HTTPException):
        return b""
    finally:
        response.close()


@contextmanager
def _limit(connection: PinnedConnection, seconds: float) -> Iterator[threading.Event]:
    """A socket's own time-out begins anew with each byte; a receiver could go on for ever."""
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        connection.interrupt()

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    except (OSError, http.client.HTTPException) as error:
        if expired.is_set() or isinstance(error, TimeoutError):
            raise TimedOutError(f"No answer within {seconds:g} seconds.") from error
        raise
    finally:
        timer.cancel()
        connection.close()


def _as_text(body: bytes) -> str:
    return printable(body.decode(errors="replace"))


def printable(text: str) -> str:
    """What a stranger sent, without NUL, which PostgreSQL does not keep."""
    return text.replace("\0", "\ufffd")
