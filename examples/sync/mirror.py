"""A copy of everything that a techport-cms site publishes, kept up to date from its API alone.

    python mirror.py https://www.example.org copy.sqlite3            # once
    python mirror.py https://www.example.org copy.sqlite3 --every 5  # for ever, every five seconds

Needs Python 3.11, nothing else. The copy is one SQLite file; its table `document` has a row per object:
`type`, `id`, `locale`, `url` (where it was fetched), `etag` and `body` (its JSON; NULL while it is not
to be had). Kill it whenever you like: each step is one transaction, and the next run goes on from there.

How it works: the change feed names the objects that changed, and each is fetched. What an object shows of
others (the title of a page that it links to) may have changed too, so after any change every document is
asked for with its ETag; what is the same costs a 304 without a body. Once nothing has changed during that
round, the copy is what the site was at that moment.
"""

import argparse
import json
import sqlite3
import sys
import time
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    type TEXT, id TEXT, locale TEXT, url TEXT, etag TEXT, body TEXT,
    walk INTEGER,   -- the last walk through all that is public in which it was met
    round INTEGER,  -- the last round in which it was compared with the site
    PRIMARY KEY (type, id, locale)
);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value);
"""
# What nobody can have any more, or not now: it is kept as empty until the feed says more.
ABSENT = (400, 401, 403, 404, 410)


class Mirror:
    def __init__(self, site: str, path: str, limit: int = 100) -> None:
        self.changes = f"{site.rstrip('/')}/api/v2/changes/"
        self.limit = limit
        self.db = sqlite3.connect(path, isolation_level=None)  # see Transaction
        self.db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {SCHEMA}")

    def sync(self) -> None:
        """Bring the copy up to date. Raises OSError where the site does not answer."""
        self.follow()
        while self.not_compared():
            self.compare()
            self.follow()

    def follow(self) -> None:
        """Read the feed to its end."""
        more = True
        while more:
            cursor = self.get("cursor")
            query = {"limit": self.limit, **({"after": cursor} if cursor else {})}
            status, _etag, body = fetch(f"{self.changes}?{urlencode(query)}")
            if status in (400, 410) and cursor:
                self.start_over()
            elif status != 200:
                raise OSError(f"the change feed answered {status}")
            else:
                page = json.loads(body or "")
                self.apply(page["items"], cursor, page["next"])
                more = page["more"]
        self.forget_what_was_not_met()

    def apply(self, items: list[dict[str, Any]], cursor: str | None, after: str) -> None:
        """Take over a page of the feed, all of it or nothing. Whenever the cursor moves, another round
        begins, in which every document is compared."""
        found = [(item["object"], self.fetch_object(item)) for item in items]
        with Transaction(self.db):
            if after != cursor:
                self.set(cursor=after, round=self.get("round", 0) + 1)
            for about, answer in found:
                key = (about["type"], str(about["id"]), about["locale"] or "")
                self.db.execute("DELETE FROM document WHERE (type, id, locale) = (?, ?, ?)", key)
                if answer is not None:
                    row = (*key, about["detail_url"], *answer, self.get("walk", 0), self.get("round", 0))
                    self.db.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def fetch_object(self, item: dict[str, Any]) -> tuple[str | None, str | None] | None:
        """ETag and body; None where the object is to be deleted."""
        if item["kind"] == "delete":
            return None
        status, etag, body = fetch(item["object"]["detail_url"])
        return (None, None) if status in ABSENT else (etag, body)

    def start_over(self) -> None:
        """The log does not go back to where this copy is: walk through all that is public once more."""
        with Transaction(self.db):
            self.set(cursor=None, walk=self.get("walk", 0) + 1)

    def forget_what_was_not_met(self) -> None:
        with Transaction(self.db):
            self.db.execute("DELETE FROM document WHERE walk < ?", [self.get("walk", 0)])

    def not_compared(self) -> list[tuple[str, str | None]]:
        """Address and ETag of the documents that were not compared in this round."""
        rows = self.db.execute("SELECT url, etag FROM document WHERE round < ?", [self.get("round", 0)])
        return rows.fetchall()

    def compare(self) -> None:
        for url, etag in self.not_compared():
            status, new, body = fetch(url, etag)
            if status in ABSENT:
                new = body = None
            with Transaction(self.db):
                if status != 304:
                    self.db.execute("UPDATE document SET etag = ?, body = ? WHERE url = ?", [new, body, url])
                self.db.execute("UPDATE document SET round = ? WHERE url = ?", [self.get("round", 0), url])

    def get(self, name: str, default: Any = None) -> Any:
        row = self.db.execute("SELECT value FROM state WHERE name = ?", [name]).fetchone()
        return row[0] if row else default

    def set(self, **values: Any) -> None:
        self.db.executemany("REPLACE INTO state VALUES (?, ?)", values.items())


class Transaction:
    """All or nothing, whenever the process is killed."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __enter__(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: Any, *details: Any) -> None:
        self.db.execute("ROLLBACK" if kind else "COMMIT")


def fetch(url: str, etag: str | None = None) -> tuple[int, str | None, str | None]:
    """Status, ETag and body; patient with a site that is busy. OSError where there is no answer."""
    headers = {"If-None-Match": etag} if etag else {}
    while True:
        try:
            with urlopen(Request(url, headers=headers), timeout=30) as answer:  # noqa: S310
                return answer.status, answer.headers["ETag"], answer.read().decode()
        except HTTPError as error:
            if error.code not in (429, 503):
                if error.code >= 500:
                    raise
                return error.code, None, None
            time.sleep(float(error.headers.get("Retry-After") or 1))


def main() -> None:
    parser = argparse.ArgumentParser(description="Keep a copy of a site.")
    parser.add_argument("site", help="https://www.example.org")
    parser.add_argument("copy", help="the SQLite file")
    parser.add_argument("--limit", type=int, default=100, help="items of the feed at a time")
    parser.add_argument("--every", type=float, help="seconds between two looks at the site")
    options = parser.parse_args()
    mirror = Mirror(options.site, options.copy, options.limit)
    while True:
        try:
            mirror.sync()
        except OSError as error:
            if not options.every:
                raise
            sys.stderr.write(f"{error}; trying again\n")
        if not options.every:
            return
        time.sleep(options.every)


if __name__ == "__main__":
    main()
