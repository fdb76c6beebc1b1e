from typing import Any

from django.core.management.base import BaseCommand

from home.bootstrap import ensure_tree
from home.people.groups import create_groups


class Command(BaseCommand):
    help = (
        "Make what a new site begins with: the locales, an empty home page in the default language, "
        "the groups of staff. Touches nothing that is there. Then make yourself an account: createsuperuser"
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        home = ensure_tree()
        create_groups()
        if verbosity:
            self.stdout.write(
                f"The home page is “{home.title}” in {home.locale}. Next: manage.py createsuperuser"
            )
