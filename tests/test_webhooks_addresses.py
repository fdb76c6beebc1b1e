"""Where webhooks may go, and how long they wait there."""

import socket
import ssl
import threading
import time

import pytest
from django.core.exceptions import ValidationError
from webhook_receiver import free_port, receiving

from techport_cms.webhooks import addresses, transport
from techport_cms.webhooks.addresses import RefusedAddressError, check, resolve, split
from techport_cms.webhooks.models import validate_url
from techport_cms.webhooks.transport import TimedOutError, post

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "::1", "0.0.0.0", "::", "10.0.0.1", "172.16.0.1", "192.168.1.1",  # noqa: S104
    "fc00::1", "fec0::1", "192.0.2.1", "198.18.0.1", "240.0.0.1", "255.255.255.255", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "100.64.0.1", "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "192.0.0.9", "192.88.99.1", "2001:1::1", "3fff::1", "2606:4700::5efe:a00:1", "2606:4700::200:5efe:7f00:1",
]  # fmt: skip
NEVER = [
    "169.254.169.254", "169.254.170.2", "168.63.129.16", "192.0.0.192", "100.100.100.200", "fd00:ec2::254",
    "fd20:ce::254", "fe80::1", "fe80::1%eth0", "224.0.0.1", "ff02::1", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
]  # fmt: skip
SPELLINGS = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "::ffff:7f00:1"]


@pytest.fixture
def public_only(settings) -> None:
    settings.TECHPORT_WEBHOOKS = {}


@pytest.mark.parametrize("address", [*PRIVATE, *NEVER])
def test_only_the_public_internet(public_only, address: str) -> None:
    with pytest.raises(RefusedAddressError):
        check(address)


@pytest.mark.parametrize("address", NEVER)
def test_never_a_metadata_service(settings, address: str) -> None:
    assert settings.TECHPORT_WEBHOOKS["ALLOW_PRIVATE"]
    with pytest.raises(RefusedAddressError):
        check(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "2001:4860:4860::8888"]
)
def test_public_addresses(public_only, address: str) -> None:
    check(address)


@pytest.mark.parametrize("host", SPELLINGS)
def test_other_spellings_of_this_machine(public_only, host: str) -> None:
    with pytest.raises(RefusedAddressError):
        resolve(host, 443, numeric=True)
    url = f"https://[{host}]/" if ":" in host else f"https://{host}/"
    with pytest.raises(RefusedAddressError):
        post(url, b"{}", {}, 1)
    with pytest.raises(ValidationError):
        validate_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://", "https:///hook", "example.org", "https://a:b@example.org/",
        "https://example.org:99999/", "https://example.org:0/", "https://[::1/", "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_addresses_that_cannot_be_used(public_only, url: str) -> None:
    with pytest.raises(RefusedAddressError):
        split(url)
    with pytest.raises(ValidationError):
        validate_url(url)


def test_a_name_is_not_looked_up_while_somebody_fills_in_the_form(public_only, monkeypatch) -> None:
    monkeypatch.setattr(socket, "gethostbyname", None)
    validate_url("https://hooks.example.org/techport?a=b")


def test_one_private_address_among_public_ones_is_enough(public_only, monkeypatch) -> None:
    answer = [(socket.AF_INET, 0, 0, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer)
    with pytest.raises(RefusedAddressError):
        resolve("rebinding.example.org", 443)


def test_the_connection_is_made_to_the_address_that_was_checked(monkeypatch) -> None:
    """A name server that answers with another address the second time is not asked a second time."""
    asked = []
    real = socket.getaddrinfo

    def answer(host, port, *args, **kwargs):
        if host != "rebinding.example.org":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1" if len(asked) == 1 else "169.254.169.254", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with receiving() as receiver:
        url = f"http://rebinding.example.org:{receiver.server_port}/"
        assert post(url, b"{}", {}, 5).status == 200
    assert asked == ["rebinding.example.org"]
    assert receiver.received[0].headers["host"] == f"rebinding.example.org:{receiver.server_port}"


def test_a_second_address_is_tried(monkeypatch) -> None:
    real = socket.getaddrinfo

    def answer(host, port, *args, **kwargs):
        if host != "two.example.org":
            return real(host, port, *args, **kwargs)
        return real("127.0.0.9", port, *args, **kwargs) + real("127.0.0.1", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with receiving() as receiver:
        assert post(f"http://two.example.org:{receiver.server_port}/", b"{}", {}, 5).status == 200


def test_tls_is_asked_for_by_name(monkeypatch) -> None:
    """SNI and the certificate are those of the name, though the connection is made to a number."""
    names = []
    monkeypatch.setattr(transport, "resolve", lambda host, port: ["127.0.0.1"])

    def wrap(self, sock, server_hostname=None, **options):
        names.append((server_hostname, self.check_hostname, self.verify_mode))
        raise ssl.SSLCertVerificationError("not this one")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    with receiving() as receiver, pytest.raises(OSError, match="not this one"):
        post(f"https://hooks.example.org:{receiver.server_port}/", b"{}", {}, 5)
    assert names == [("hooks.example.org", True, ssl.CERT_REQUIRED)]


def test_redirects_are_not_followed() -> None:
    with receiving() as elsewhere, receiving() as receiver:
        receiver.statuses, receiver.answer_headers = [307], {"Location": elsewhere.url}
        assert post(receiver.url, b"{}", {}, 5).status == 307
    assert not elsewhere.received


def test_letters_that_an_address_spells_out() -> None:
    with receiving() as receiver:
        assert post(receiver.url.replace("/hook", "/hôok"), b"{}", {}, 5).status == 200
    assert receiver.received[0].headers["path"].startswith("/h%C3%B4ok?")


def test_proxies_of_the_environment_are_not_used(monkeypatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    with receiving() as receiver:
        assert post(receiver.url, b"{}", {}, 5).status == 200


class TestTimeOut:
    def test_of_a_slow_answer(self) -> None:
        with receiving() as receiver:
            receiver.delay = 3
            self.expect_time_out(receiver.url)

    def test_of_an_answer_that_never_ends(self) -> None:
        """A byte now and then keeps a socket's own time-out from ending."""
        with dripping(b"HTTP/1.1 200 OK\r\n", b"X") as url:
            self.expect_time_out(url)

    def test_of_a_handshake_that_does_not_come(self) -> None:
        with dripping(b"", b"") as url:
            self.expect_time_out(url.replace("http:", "https:"))

    def test_a_body_that_never_ends_is_not_waited_for(self) -> None:
        with dripping(b"HTTP/1.1 202 Accepted\r\n\r\n", b"X") as url:
            started = time.monotonic()
            assert post(url, b"{}", {}, 0.5).status == 202
        assert time.monotonic() - started < 2

    def expect_time_out(self, url: str) -> None:
        started = time.monotonic()
        with pytest.raises(TimedOutError):
            post(url, b"{}", {}, 0.5)
        assert time.monotonic() - started < 2


class dripping:  # noqa: N801 - used as a context manager
    """Sends the beginning, then this byte every 50 ms."""

    def __init__(self, beginning: bytes, byte: bytes) -> None:
        self.beginning, self.byte = beginning, byte
        self.socket = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        threading.Thread(target=self.drip, daemon=True).start()
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/"

    def drip(self) -> None:
        connection, _ = self.socket.accept()
        try:
            connection.sendall(self.beginning)
            for _ in range(100):
                time.sleep(0.05)
                connection.sendall(self.byte)
        except OSError:
            pass  # the sender has gone

    def __exit__(self, *args: object) -> None:
        self.socket.close()


def test_port_of_the_scheme() -> None:
    assert addresses.port_of(split("https://example.org/")) == 443
    assert addresses.port_of(split("http://example.org/")) == 80
