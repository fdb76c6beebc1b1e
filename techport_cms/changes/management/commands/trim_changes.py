from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from techport_cms.changes.log import trim


class Command(BaseCommand):
    help = (
        "Delete old rows of the publication log. Who reads it and is further behind than that "
        "(a sync client, a webhook) is told to start over."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=90, help="how many days to keep (90)")

    def handle(self, *args: Any, days: int, verbosity: int, **options: Any) -> None:
        if days < 1:
            raise CommandError("--days must be 1 or more.")
        trimmed = trim(timedelta(days=days))
        if verbosity:
            self.stdout.write(f"Deleted {trimmed} rows older than {days} days.")
