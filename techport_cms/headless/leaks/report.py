"""The whole check, and what it tells the operator."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .addresses import hidden_files, hidden_pages, hosts, redirects, starting_addresses, was_there
from .api_addresses import Api
from .crawl import Crawl, Hit
from .private_texts import Owner, owner_of
from .sources import private_texts
from .transports import InProcess, Transport

MOST_WORDS = 200  # that are searched for, each of another object
MOST_URLS = 5  # that are told of an object


@dataclass
class Report:
    texts: int
    objects: int
    requests: int
    left: int
    statuses: dict[int, int]
    seconds: float
    hits: list[Hit] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        by_owner: dict[Owner, list[Hit]] = defaultdict(list)
        for hit in self.hits:
            by_owner[hit.owner].append(hit)
        for owner, hits in by_owner.items():
            yield f"LEAK: {owner}"
            for hit in hits[:MOST_URLS]:
                yield f"  {hit.url}"
                yield f"    … {hit.excerpt} …"
            if len(hits) > MOST_URLS:
                yield f"  and {len(hits) - MOST_URLS} more addresses"
        yield from self._figures()

    def _figures(self) -> Iterator[str]:
        yield (
            f"{self.texts} texts of {self.objects} objects that are not public, {self.requests} requests, "
            f"{self.seconds:.0f} seconds, {len(self.hits)} leaks."
        )
        yield "Answers: " + ", ".join(
            f"{count} of {status}" for status, count in sorted(self.statuses.items())
        )
        if self.left:
            yield f"{self.left} addresses were not asked for: --limit allows no more requests."
        if unseen := self.statuses.get(429, 0) + self.statuses.get(503, 0):
            yield f"{unseen} requests got no answer (429 or 503): what is there was not seen."


def check(
    transport: Transport | None = None,
    server: str = "",
    limit: int = 100_000,
    ignored: Iterable[str] = (),
    searches: int = MOST_WORDS,
    progress: Callable[[Crawl], None] | None = None,
) -> Report:
    """Look for what is not public in every answer. `server` is the address of the default site, where it
    is another one than in the settings of the site."""
    started = time.monotonic()
    texts = private_texts(ignored)
    words = list(texts.words())[:searches]
    pages = list(hidden_pages())
    known = hosts(server)
    elsewhere = [*(url for _page, url in pages), *was_there(), *redirects()]
    api = Api([urlsplit(url).path for url in elsewhere], words)
    crawl = Crawl(
        hosts=known,
        transport=transport or InProcess(),
        texts=texts,
        api=api,
        words=api.words,
        hidden_files={path: owner_of(one, "private") for path, one in hidden_files().items()},
        doors=frozenset(urlsplit(url).path for page, url in pages if page.live),
        limit=limit,
    )
    crawl.run([*starting_addresses(known), *crawl.api.addresses()], progress)
    return Report(
        texts=len(texts),
        objects=len(texts.owners()),
        requests=crawl.asked,
        left=crawl.left,
        statuses=dict(crawl.statuses),
        seconds=time.monotonic() - started,
        hits=list(crawl.hits.values()),
    )
