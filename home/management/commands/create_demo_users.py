from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from home.people.demo import NotADemoSiteError, create_demo_users


class Command(BaseCommand):
    help = "Make an administrator, an editor, a chief editor and a translator to try a demo site with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("password", help="the password of all four")

    def handle(self, *args: Any, password: str, verbosity: int, **options: Any) -> None:
        try:
            names = create_demo_users(password)
        except NotADemoSiteError as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"Users with this password: {', '.join(names) or 'none'}.")
