import calendar
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from home.models import JoinPage


class Command(BaseCommand):
    help = "Delete what was sent through the join form longer ago than its notice promises. To be run daily."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--months", type=int, help="how long submissions are kept; without it, as each form page says"
        )

    def handle(self, *args: Any, months: int | None = None, **options: Any) -> None:
        if months is not None and months < 1:
            raise CommandError("--months must be 1 or more.")
        deleted = 0
        for page in JoinPage.objects.all():
            limit = months_ago(page.retention_months if months is None else months)
            deleted += page.get_submissions().filter(submit_time__lt=limit).delete()[0]
        self.stdout.write(f"Deleted {deleted} submissions.")


def months_ago(months: int) -> datetime:
    """This time of day so many calendar months ago; the last of the month where it has fewer days."""
    now = timezone.localtime()
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)
