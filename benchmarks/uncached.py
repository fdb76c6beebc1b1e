"""Answers that nobody keeps: queries and CPU by type, and how both grow with the site."""

from .pages import LIST_OF_PARTNERS, PAGES
from .report import Row
from .setup import measured

MOST_QUERIES, MOST_MS = 8, 6
TARGETS = dict.fromkeys(PAGES, (MOST_QUERIES, MOST_MS)) | {LIST_OF_PARTNERS: (12, 6)}
MOST_GROWTH = 15  # percent
IN_ORDER_OF_RANK = "search of a word that half of the pages have"  # the database looks at each: no target
ROUNDS = 5


def rows():
    for name, found in measured("pages", "all").items():
        detail = f"first after a publication: {found['first_queries']} queries, {found['first_cpu_ms']} ms"
        queries, cpu = TARGETS.get(name, (None, None))
        yield Row(f"{name}, uncached: queries", found["queries"], queries, detail=detail)
        yield Row(f"{name}, uncached: CPU", found["cpu_ms"], cpu, "ms")


def growth_rows(small: str, big: str):
    """Medians of several rounds, since what else the machine does falls on one more than on the other."""
    rounds = [[measured("pages", "growing", DATABASE_URL=url) for url in (small, big)] for _ in range(ROUNDS)]
    for name in rounds[0][0]:
        pairs = [(round_[0][name], round_[1][name]) for round_ in rounds]
        pairs.sort(key=lambda pair: pair[1]["cpu_ms"] / pair[0]["cpu_ms"])
        before, after = pairs[len(pairs) // 2]
        grown = round((after["cpu_ms"] / before["cpu_ms"] - 1) * 100, 1)
        detail = (
            f"{before['cpu_ms']} → {after['cpu_ms']} ms, {before['queries']} → {after['queries']} queries; "
            f"first after a publication: {before['first_cpu_ms']} → {after['first_cpu_ms']} ms"
        )
        target = None if name == IN_ORDER_OF_RANK else MOST_GROWTH
        yield Row(f"{name}, 100 → 10,000 pages", grown, target, "%", detail=detail)
