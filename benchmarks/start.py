"""From the start of a process to its first answer, here and in a stock project: CPU seconds."""

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

from .report import Row
from .setup import ROOT
from .stock import environment, stock_project

RUNS = 7
MOST = 1.5  # times as long
ANSWER = """
import io, importlib, sys
application = importlib.import_module(sys.argv[1]).application
environ = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "SCRIPT_NAME": "",
    "HTTP_HOST": "localhost",
    "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
    "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
}
statuses = []
body = b"".join(application(environ, lambda status, headers, exc_info=None: statuses.append(status)))
assert statuses[0].startswith("200"), statuses
"""


def rows():
    ours = {**os.environ, "DJANGO_SETTINGS_MODULE": "techport_cms.settings.development", "DEBUG": "0"}
    with stock_project() as directory:
        pairs = [
            (cpu_of("techport_cms.wsgi", ROOT, ours), cpu_of("stock.wsgi", directory, environment(directory)))
            for _ in range(RUNS)
        ]
    here, stock = (statistics.median(pair[n] for pair in pairs) for n in (0, 1))
    ratio = round(statistics.median(mine / theirs for mine, theirs in pairs), 2)
    detail = f"{here:.2f} s, stock Wagtail {stock:.2f} s of CPU"
    yield Row("start of a process to the first answer, times stock", ratio, MOST, detail=detail)


def cpu_of(module: str, directory: Path, env: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", ANSWER, module], cwd=directory, env=env, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
