"""Kept answers against nginx serving a file of the same size, latency beside a slow request, memory.

Figures are for ratios: the site, nginx and wrk share this machine's processors.
"""

import re
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from .report import Row
from .served import PAGES_PATH, PID_PATH, SLOW_PATH, SLOW_SECONDS
from .servers import fetch, in_front, missing_programs, site, static, wrk

PATHS = {"page": "/", "API answer": "/api/v2/pages/"}
ROUNDS = 5
DISTINCT = 10_000  # addresses
SEARCHES = (  # of the site itself: each number is another address
    "/search/?q=staal+{}",
    "/en/search/?q=steel+{}",
    "/partners/?q=voorbeeld+{}",
    "/api/v2/pages/?locale=nl&search=staal+{}&search_operator=or&fields=*",
)
ALONE, BEHIND = 0.35, 0.75  # of nginx
MOST_P99, MOST_MEMORY = 50, 200  # ms, MB


def rows():
    if missing := missing_programs():
        print(f"This needs {' and '.join(missing)}: left out.")
        return
    with tempfile.TemporaryDirectory(prefix="techport-bench-") as name, ExitStack() as running:
        directory = Path(name)
        directory.chmod(0o755)
        url = running.enter_context(site())
        file_url = running.enter_context(static(directory / "static"))
        front_url = running.enter_context(in_front(directory / "front", url))
        for kind, path in PATHS.items():
            file = kind.replace(" ", "-")
            (directory / "static" / file).write_bytes(fetch(url + path))
            for where, base, target in (
                ("the application server alone", url, ALONE),
                ("behind nginx proxy_cache", front_url, BEHIND),
            ):
                yield compared(f"cached {kind}, {where}", base + path, f"{file_url}/{file}", target)
        yield beside_slow_request(url)
        yield memory(url)


def compared(name: str, url: str, file_url: str, target: float) -> Row:
    for _ in range(20):
        body = fetch(url)  # every worker has it
    pairs = [(wrk(url), wrk(file_url)) for _ in range(ROUNDS)]
    ours, theirs = sorted(pairs, key=lambda pair: pair[0]["rps"] / pair[1]["rps"])[ROUNDS // 2]
    ratio = round(ours["rps"] / theirs["rps"], 2)
    detail = f"{ours['rps']:.0f}/s, nginx static {theirs['rps']:.0f}/s, {len(body)} bytes"
    return Row(name, ratio, target, "of nginx", at_least=True, detail=detail)


def beside_slow_request(url: str) -> Row:
    slow = threading.Thread(target=fetch, args=(url + SLOW_PATH,), daemon=True)
    slow.start()
    time.sleep(0.2)
    measured = wrk(url + "/", seconds=SLOW_SECONDS - 2)
    slow.join()
    name = f"p99 of cached hits beside an admin request of {SLOW_SECONDS} s"
    return Row(name, round(measured["p99_ms"], 1), MOST_P99, "ms")


def memory(url: str) -> Row:
    """Ask both workers for each address; they are asked in turn, more or less.

    First long pages, which fill the memory of the cache, then pages of the site, which Django renders.
    """
    pids = {int(fetch(url + PID_PATH)) for _ in range(40)}
    before = max(map(peak_mb, pids))
    for path in (f"{PAGES_PATH}{{}}/", *SEARCHES):
        share = DISTINCT // len(SEARCHES) if path in SEARCHES else DISTINCT
        addresses = (url + path.format(number) for number in range(2 * share))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(fetch, addresses))
    after = max(map(peak_mb, pids))
    name = f"peak memory of a worker after {DISTINCT:,} long pages and {DISTINCT:,} searches of the site"
    return Row(name, after, MOST_MEMORY, "MB", detail=f"before: {before} MB")


def peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]
