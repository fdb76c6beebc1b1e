"""What an answer costs that no cache keeps: queries, and CPU of this process in milliseconds.

Asked of Django itself, in this process. `warm`: this process has answered at this head of the log
before. `first`: it has answered only another page since something was published, which is a page that is not
measured: what is made of all articles or partners outlasts that. The database's
own work is in the figure on SQLite, which runs in this process, and not on PostgreSQL.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

RUNS = 31
BEFORE = "/toegankelijkheid/"  # a page that is not measured
PAGES = {
    "home": "/",
    "standard page": "/over-techport/",
    "join form": "/word-partner/",
    "FAQ": "/veelgestelde-vragen/",
    "question": "/veelgestelde-vragen/wie-hebben-techport-opgericht/",
    "partner directory": "/partners/",
    "partner": "/partners/voorbeeld-staalbouw/",
    "news": "/nieuws/",
    "article": "/nieuws/techport-bestaat-tien-jaar/",
}
PARTNERS = "pages/?type=partners.PartnerPage&locale=nl&fields=*&limit=20"
LIST_OF_PARTNERS = "API list of 20 partners, all fields and pictures"
OTHERS = {
    "search": "/search/?q=techport",
    "sitemap": "/sitemap.xml",
    "API list": "/api/v2/pages/",
    LIST_OF_PARTNERS: f"/api/v2/{PARTNERS}&renditions=card,hero",
    "the same list by Wagtail's own viewset": f"/api/stock/{PARTNERS}",
}
GROWING = {
    **PAGES,
    "article of many": "/nieuws/voorbeeldbericht-7/",
    "partner of many": "/partners/voorbeeldpartner-7/",
    "news, last page": "/nieuws/?page=99999",
    "partner directory, last page": "/partners/?page=99999",
    "search of a rare word": "/search/?q=zeearend",
    "API list": "/api/v2/pages/?locale=nl",
    "API list, last cursor": "/api/v2/pages/?locale=nl&cursor=",  # see last_cursor
    "search of a word that half of the pages have": "/search/?q=voorbeeld",
}


def main(paths: dict[str, str]) -> None:
    """Print what each costs, as JSON: {name: {queries, cpu_ms, first_queries, first_cpu_ms, bytes}}."""
    from benchmarks.setup import configure

    configure()
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.urls"
    with log_as_before():
        results = measure_all(paths)
    for result in results.values():
        result["first_cpu_ms"] = round(statistics.median(result.pop("first")), 2)
        result["cpu_ms"] = round(statistics.median(result.pop("warm")), 2)
    print(json.dumps(results))


def measure_all(paths: dict[str, str]) -> dict[str, dict]:
    paths = {
        name: path + last_cursor(path) if path.endswith("cursor=") else path for name, path in paths.items()
    }
    results = {name: measure(path) for name, path in paths.items()}
    for _ in range(RUNS):  # in turn, so that what else the machine does falls on all alike
        for name, path in paths.items():
            head = publish()
            ask(BEFORE, head)
            results[name]["first"].append(cpu_of(path, head))
            results[name]["warm"].append(cpu_of(path, head))
    return results


@contextmanager
def log_as_before() -> Iterator[None]:
    """Afterwards the log tells of nothing that `publish` has told it."""
    from techport_cms.changes.log import latest
    from techport_cms.changes.models import Change

    newest = latest()
    try:
        yield
    finally:
        page = not_measured()
        Change.objects.filter(sequence__gt=newest, model=page._meta.label, object_id=page.pk).delete()


def publish() -> int:
    """Tell the log that a page was saved; the stamp of its head then."""
    from techport_cms.changes.head import read_head
    from techport_cms.changes.log import record
    from techport_cms.changes.models import Kind

    record(Kind.SAVE, not_measured())
    return read_head().stamp


@cache
def not_measured():
    from home.models import StandardPage

    page = StandardPage.objects.filter(url_path__endswith=BEFORE, locale__language_code="nl").first()
    return page or sys.exit(f"There is no page {BEFORE}. Fill the demo site first: make run")


def last_cursor(path: str) -> str:
    """That of the last page of this list."""
    listed = path.removesuffix("&cursor=")
    total = ask(listed, publish()).json()["meta"]["total_count"]
    return ask(f"{listed}&offset={total - 40}", publish()).json()["meta"]["next"]


def measure(path: str) -> dict:
    response = ask(path, publish())  # makes the files of pictures, fills other caches
    if response.status_code != 200:
        sys.exit(f"{path} answers {response.status_code}. Fill the demo site first: make run")
    head = publish()
    ask(BEFORE, head)
    first, warm = queries_of(path, head), queries_of(path, head)
    return {
        "queries": warm,
        "first_queries": first,
        "bytes": len(response.content),
        "first": [],
        "warm": [],
    }


def queries_of(path: str, head: int) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        ask(path, head)
    return len(queries)


def cpu_of(path: str, head: int) -> float:
    started = time.thread_time()
    ask(path, head)
    return (time.thread_time() - started) * 1000


def ask(path: str, head: int):
    from techport_cms.core.kept import keeping

    with keeping(head):
        return client().get(path)


@cache
def client():
    from django.test import Client

    return Client(headers={"host": "localhost"})  # it makes the chain of middleware once


if __name__ == "__main__":
    main({"growing": GROWING, "all": {**PAGES, **OTHERS}}[sys.argv[1]])
