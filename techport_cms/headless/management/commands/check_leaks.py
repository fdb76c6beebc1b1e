from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from techport_cms.headless.leaks.crawl import Crawl
from techport_cms.headless.leaks.report import check
from techport_cms.headless.leaks.transports import InProcess, OverHttp

EVERY = 500  # addresses


class Command(BaseCommand):
    help = (
        "Look for what is not public (drafts, private pages, deleted things …) in everything that a visitor "
        "can ask this site for. Asks Django in this process, or the server at --url. Ends with 1 where it "
        "finds something."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--url",
            default="",
            help="the running server, for example https://example.org: its default site, with its cache",
        )
        parser.add_argument("--limit", type=int, default=100_000, help="most requests; 100000 by itself")
        parser.add_argument(
            "--ignore",
            action="append",
            default=[],
            metavar="TEXT",
            help="a text that may be seen, though it is in something that is not public; several times",
        )

    def handle(self, *args: Any, url: str, limit: int, ignore: list[str], **options: Any) -> None:
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise CommandError("--url must begin with http:// or https://")

        progress = self._progress if options["verbosity"] > 1 else None
        report = check(OverHttp(url) if url else InProcess(), url, limit, ignore, progress=progress)
        for line in report.lines():
            self.stdout.write(line)
        if report.hits:
            raise CommandError(f"{len(report.hits)} leaks", returncode=1)

    def _progress(self, crawl: Crawl) -> None:
        if crawl.visited % EVERY == 0:
            self.stderr.write(f"{crawl.asked} requests, {crawl.left} addresses left, {len(crawl.hits)} leaks")
