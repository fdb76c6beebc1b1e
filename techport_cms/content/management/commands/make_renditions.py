from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from wagtail.images import get_image_model

from techport_cms.core.pictures import presets, readable_renditions


class Command(BaseCommand):
    help = (
        "Make the files of every image in every preset, so that no reader waits for them. "
        "Without it they are made when a page first shows them. Can be run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--preset", action="append", choices=sorted(presets()), help="only this one")

    def handle(self, *args: Any, preset: list[str] | None, **options: Any) -> None:
        chosen = [presets()[name] for name in preset or presets()]
        images = get_image_model().objects.order_by("-pk")
        for image in images.iterator():
            for one in chosen:
                readable_renditions(image, one.all_filters())
            if options["verbosity"] > 1:
                self.stdout.write(f"{image.title}: done")
