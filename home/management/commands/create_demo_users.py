from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.people.demo import create_demo_users


class Command(BaseCommand):
    help = "Make an administrator, an editor, a chief editor and a translator to try a demo site with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("password", help="the password of all four")

    def handle(self, *args: Any, password: str, verbosity: int, **options: Any) -> None:
        if not getattr(settings, "DEMO_USERS", False):
            raise CommandError("Only for a demo site: the settings must have DEMO_USERS = True.")
        names = create_demo_users(password)
        if verbosity:
            self.stdout.write(f"Users with this password: {', '.join(names) or 'none'}.")
