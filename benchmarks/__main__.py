"""make bench: the whole table in one run, or parts of it: make bench ARGS="uncached growth".

A part is a function that yields rows (report.Row); a new one is a line in PARTS.
"""

import sys
from collections.abc import Callable, Iterable

from . import cached, publish, start, uncached
from .databases import url_of_scale
from .report import Row, write
from .setup import configure

SMALL, BIG = 100, 10_000  # articles and partners together, in each language


def main(names: list[str]) -> None:
    if unknown := set(names) - PARTS.keys():
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. Choose among: {', '.join(PARTS)}")
    configure()
    import run
    from django.conf import settings
    from django.db import connection, connections

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    run.prepare(collect=True)
    database = f"{connection.vendor} {'.'.join(map(str, connection.get_database_version()))}"
    connections.close_all()
    rows = [row for name in names or PARTS for row in announced(PARTS[name]())]
    print(write(rows, settings.DATA_DIR, database))
    missed = sum(row.met is False for row in rows)
    print(f"Also in {settings.DATA_DIR}/bench.json and bench.md. Not met: {missed}")


def announced(rows: Iterable[Row]) -> Iterable[Row]:
    for row in rows:
        print(f"{row.name}: {row.value:g} {row.unit} {row.detail}", file=sys.stderr, flush=True)
        yield row


def of_two_sizes(rows: Callable[[str, str], Iterable[Row]]) -> Callable[[], Iterable[Row]]:
    """The rows of a part that compares a small site with a big one."""

    def measure() -> Iterable[Row]:
        from django.conf import settings

        return rows(*(url_of_scale(number, settings.DATA_DIR) for number in (SMALL, BIG)))

    return measure


PARTS: dict[str, Callable[[], Iterable[Row]]] = {
    "uncached": uncached.rows,
    "cached": cached.rows,
    "start": start.rows,
    "growth": of_two_sizes(uncached.growth_rows),
    "publish": of_two_sizes(publish.rows),
}

if __name__ == "__main__":
    main(sys.argv[1:])
