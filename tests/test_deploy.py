"""What deploy/ holds is taken by the programs that it is for."""

import datetime
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from demo_site import free_port
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
