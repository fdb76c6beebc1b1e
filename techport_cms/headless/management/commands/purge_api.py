from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from techport_cms.headless.conf import conf
from techport_cms.headless.models import Attempts, PreviewToken, Submission


class Command(BaseCommand):
    help = "Deletes what the API has counted and remembered and needs no more: run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        remembered = now - timedelta(seconds=conf().idempotency_seconds)
        deleted = [
            rows.delete()[0]
            for rows in (
                Attempts.objects.filter(until__lt=now),
                Submission.objects.filter(started_at__lt=remembered),
                PreviewToken.objects.filter(expires_at__lt=now),
            )
        ]
        self.stdout.write(f"Deleted {sum(deleted)} rows.")
