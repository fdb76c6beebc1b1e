from typing import Any

from django.core.management.base import BaseCommand

from home.people.groups import create_groups


class Command(BaseCommand):
    help = (
        "Make the groups of staff (editors, chief editors, translators of each language) with their "
        "permissions and the review workflow. Adds what is missing and takes nothing away; run it again "
        "after a language or a site was added."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        granted = create_groups()
        if verbosity:
            for name in granted.groups:
                self.stdout.write(f"Group {name} made.")
            self.stdout.write(f"{granted.permissions} permissions given.")
