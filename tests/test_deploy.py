"""What deploy/ holds is taken by the programs that it is for, and does what it is for."""

import datetime
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from demo_site import free_port, wait_for
from installed import installed

from benchmarks.servers import MAIN, deployed

CONFIGURATION = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"


def make_certificate(certificate: Path, key: Path) -> None:
    """One that nobody trusts, and its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def with_places_of(directory: Path) -> str:
    """The configuration, on a port and in a directory of our own."""
    make_certificate(directory / "example.org.pem", directory / "example.org.key")
    text = CONFIGURATION.read_text()
    for there, here in (
        ("listen 443 ", f"listen 127.0.0.1:{free_port()} "),
        ("/etc/ssl/", f"{directory}/"),
        ("/var/cache/nginx/", f"{directory}/"),
    ):
        assert there in text
        text = text.replace(there, here)
    return text


@pytest.mark.parametrize(
    "written",
    [with_places_of, lambda directory: deployed(free_port(), directory, 8000)],
    ids=["site", "bench"],
)
def test_nginx_takes_the_configuration(tmp_path: Path, written) -> None:
    nginx = installed("nginx")
    file = tmp_path / "nginx.conf"
    file.write_text(MAIN.format(directory=tmp_path, server=written(tmp_path)))
    command = [nginx, "-t", "-c", str(file), "-e", str(tmp_path / "error.log")]
    result = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
    assert result.returncode == 0, result.stderr


@pytest.fixture
def media(tmp_path: Path) -> Iterator[str]:
    """The address of /media/ of an nginx with our configuration, with a file in each directory."""
    nginx, port = installed("nginx"), free_port()
    for name in ("documents", "images"):
        (tmp_path / "media" / name).mkdir(parents=True)
        (tmp_path / "media" / name / "a.txt").touch()
    written = deployed(port, tmp_path, 8000)
    assert "/srv/techport/var/media/" in written
    server = written.replace("/srv/techport/var/media/", f"{tmp_path}/media/")
    (tmp_path / "nginx.conf").write_text("user root;" + MAIN.format(directory=tmp_path, server=server))
    log = tmp_path / "error.log"
    command = [nginx, "-c", str(tmp_path / "nginx.conf"), "-e", str(log)]
    process = subprocess.Popen(command)  # noqa: S603
    try:
        wait_for(f"http://127.0.0.1:{port}/media/images/a.txt", process, log)
        yield f"http://127.0.0.1:{port}/media"
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_nginx_sends_no_document_past_the_application(media: str) -> None:
    for path in ("/documents/a.txt", "//documents/a.txt", "/images/../documents/a.txt", "/%64ocuments/a.txt"):
        with pytest.raises(HTTPError, match="404"):
            urllib.request.urlopen(media + path)  # noqa: S310
