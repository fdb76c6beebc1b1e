"""Prepare the demo site and serve it: run.py serve|dev

Every step may be repeated and none is skipped because an earlier run ended half-way.
The server forks its workers from this process, where Django is loaded already.
"""

import argparse
import gc
import hashlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

from dotenv import load_dotenv
from environment import only_one

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
WORKERS = 2
IO_THREADS = 2  # per worker, outside of Python: one is busy before the Python that it feeds
THREADS = 4  # per worker: requests that wait for the database do not hold up the others
DEMO_COMMANDS = ("load_demo", "create_groups")


def main(mode):
    load_dotenv(ROOT / ".env")
    port = read_port()
    check_port_is_free(port)
    configure(mode, port)
    from django.conf import settings

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with only_one(settings.DATA_DIR):
        users, password = prepare(collect=mode == "serve")
    check_port_is_free(port)  # once more: with granian two servers would share it, without a word
    print_addresses(port, users, password)
    if mode == "dev":
        os.execv(sys.executable, [sys.executable, "manage.py", "runserver", str(port)])  # noqa: S606
    serve(port)


def read_port():
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def check_port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}). Choose another one: make run PORT=8001")


def configure(mode, port):
    """Set Django up. Ends here with the settings of a real site, whose database is none to fill."""
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techport_cms.settings.development")
    os.environ.setdefault("DEBUG", "0" if mode == "serve" else "1")
    os.environ.setdefault("SITE_URL", f"http://localhost:{port}")
    import django

    django.setup()
    from home.people.demo import is_demo_site

    if not is_demo_site():
        module = os.environ["DJANGO_SETTINGS_MODULE"]
        sys.exit(
            f"This is for a demo site. {module} is for a real one: it does not have DEMO_USERS. "
            "Nothing was changed. Unset DJANGO_SETTINGS_MODULE, in .env too, for a site to try."
        )


def prepare(collect):
    """Bring database, static files and demo content up to date; return its users and their password."""
    from django.core.management import call_command

    step("Database", lambda: call_command("migrate", verbosity=0, interactive=False))
    if collect:
        step("Static files", collect_static_files)
    for command in DEMO_COMMANDS:
        step(command, lambda command=command: call_command(command, verbosity=0))
    give_site_its_port()
    return make_demo_users()


def give_site_its_port():
    """Full addresses (canonical, sitemap, feeds) name the port that the site is served on."""
    from wagtail.models import Site

    port = read_port()
    site = Site.objects.filter(is_default_site=True, hostname="localhost").exclude(port=port).first()
    if site:
        site.port = port
        site.save()


def step(name, action):
    started = time.monotonic()
    action()
    if (seconds := time.monotonic() - started) >= 1:
        print(f"{name}: {seconds:.1f} s", flush=True)


def collect_static_files():
    """Collect and compress, which takes seconds, only if a source file has changed."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = settings.DATA_DIR / "static-files.sha256"
    fingerprint = fingerprint_static_files()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text() == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(fingerprint)


def fingerprint_static_files():
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def make_demo_users():
    """Return the names of the demo users who have the demo password, and that password."""
    from django.conf import settings

    from home.people.demo import create_demo_users

    password = kept_password(settings.DATA_DIR / "admin-password")
    return create_demo_users(password), password


def kept_password(file):
    file.touch(mode=0o600)
    if not file.read_text():
        file.write_text(secrets.token_urlsafe(12))
    return file.read_text()


def print_addresses(port, users, password):
    site = f"http://localhost:{port}"
    sign_in = f"password {password}" if "admin" in users else "with the password you gave it"
    addresses = {
        "Nederlands": f"{site}/",
        "English": f"{site}/en/",
        "API": f"{site}/api/v2/pages/",
        "Admin": f"{site}/admin/  (user admin, {sign_in})",
    }
    others = [name for name in users if name != "admin"]
    if others:
        addresses[""] = f"{', '.join(others)}: the other demo users, password {password}"
    lines = [f"  {name:<12}{address}" for name, address in addresses.items()]
    print("", *lines, "", "Ctrl-C stops the site.", sep="\n", flush=True)


def serve(port):
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from techport_cms.wsgi import application  # noqa: F401 - loaded before the workers are forked

    connections.close_all()  # a connection must not be shared between processes
    gc.collect()
    gc.freeze()  # what is loaded stays: workers share it, and their collectors pass over it
    server = Granian(
        "techport_cms.wsgi:application",
        port=port,
        interface=Interfaces.WSGI,
        workers=WORKERS,
        runtime_threads=IO_THREADS,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    )

    @server.on_startup
    def stop_when_the_terminal_closes():
        signal.signal(signal.SIGHUP, server.signal_handler_interrupt)

    pictures, worker = make_pictures(), start_worker()
    try:
        server.serve(target_loader=partial(load_application, os.getpid()), wrap_loader=False)
    finally:
        pictures.terminate()
        worker.terminate()
        worker.wait()  # it finishes what it is sending


def start_worker():
    """Send webhooks and publish what is scheduled, for as long as this process lives."""
    command = [sys.executable, "manage.py", "run_worker", "--stop-with-parent", "--verbosity", "0"]
    return subprocess.Popen(command)


def make_pictures():
    """Make the picture files that are missing, behind everything else that the machine does.

    A page can do so itself, but its first visitor would wait: AVIF takes a while to write.
    """
    command = [sys.executable, "manage.py", "make_renditions", "--verbosity", "0"]
    return subprocess.Popen(command, preexec_fn=lambda: os.nice(19))


def load_application(server):
    """Called in each worker. A worker of granian may hang when Ctrl-C and the server's own
    signal to stop come together, so it leaves the terminal's process group."""
    os.setpgrp()
    threading.Thread(target=exit_with, args=(server,), daemon=True).start()
    from techport_cms.wsgi import application

    return application


def exit_with(server):
    """Do not outlive a server that was killed: the port would stay taken."""
    while os.getppid() == server:
        time.sleep(1)
    os._exit(1)


def read_mode():
    parser = argparse.ArgumentParser(description="Prepare the demo site and serve it on PORT (8000).")
    parser.add_argument("mode", choices=("serve", "dev"), help="serve: as in production; dev: runserver")
    return parser.parse_args().mode


if __name__ == "__main__":
    try:
        main(read_mode())
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; the next run goes on from here.")
