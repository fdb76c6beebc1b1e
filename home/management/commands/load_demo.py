from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from home.demo import scale
from home.demo.loader import Loader


class Command(BaseCommand):
    help = "Load the demo content in Dutch and English. Can be run again; changes nothing that people made."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale",
            type=int,
            default=0,
            metavar="N",
            help="Add N made-up articles and partners in each language, half of each, to measure with.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = self.stdout.write if options["verbosity"] else lambda line: None
        Loader(report).load()
        if options["scale"] > 0:
            scale.load(options["scale"], report)
