"""The site as `make run` serves it, nginx beside and in front of it, and wrk: all on loopback."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from .setup import ROOT

CONNECTIONS, THREADS = 16, 2
SECONDS = 5  # of each measurement
MAIN = """
worker_processes 2; daemon off; pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; keepalive_requests 1000000; open_file_cache max=10;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    {server}
}}
"""
STATIC = "server {{ listen 127.0.0.1:{port}; root {directory}; }}"
Measurement = dict[str, float]  # rps, p99_ms


def missing_programs() -> list[str]:
    return [name for name in ("wrk", "nginx") if not shutil.which(name)]


@contextmanager
def site() -> Iterator[str]:
    """The site's address."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.served"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORT": str(port)})
    try:
        wait_for(f"http://localhost:{port}", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def static(directory: Path):
    """nginx with the files of this directory; its address."""
    directory.mkdir(exist_ok=True)
    (directory / "index.html").touch()
    return nginx(directory, lambda port: STATIC.format(port=port, directory=directory))


def in_front(directory: Path, site_url: str):
    """nginx as deploy/nginx.conf says, but for names, certificates and places; its address."""
    return nginx(directory, lambda port: deployed(port, directory, urlsplit(site_url).port or 80))


def deployed(port: int, directory: Path, site_port: int) -> str:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    text = re.sub(r"^\s*(ssl_certificate|ssl_certificate_key|server_name)\b.*$", "", text, flags=re.M)
    for there, here in (
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        ("/var/cache/nginx/techport", f"{directory}/cache"),
        ("127.0.0.1:8000", f"127.0.0.1:{site_port}"),
    ):
        if there not in text:
            sys.exit(f"deploy/nginx.conf no longer says {there}")
        text = text.replace(there, here)
    return text


@contextmanager
def nginx(directory: Path, server) -> Iterator[str]:
    directory.mkdir(exist_ok=True)
    directory.chmod(0o777)  # nginx may run its workers as somebody else
    port = free_port()
    write_configuration(directory, server(port))
    process = subprocess.Popen(nginx_command(directory))
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


def write_configuration(directory: Path, server: str) -> None:
    (directory / "nginx.conf").write_text(MAIN.format(directory=directory, server=server))


def nginx_command(directory: Path) -> list[str]:
    return ["nginx", "-c", f"{directory}/nginx.conf", "-e", f"{directory}/error.log"]


def wrk(url: str, seconds: int = SECONDS) -> Measurement:
    command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"{url} answers with errors:\n{output}")
    rps = re.search(r"Requests/sec:\s+([\d.]+)", output)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", output)
    if not rps or not p99:
        sys.exit(f"wrk says something else than it used to:\n{output}")
    return {"rps": float(rps[1]), "p99_ms": float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]]}


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own address
        return answer.read()


def wait_for(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            fetch(url + "/")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    sys.exit(f"{url} did not start. Fill the demo site first: make run")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
