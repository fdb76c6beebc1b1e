import os
import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from techport_cms.webhooks.worker import Worker

LOOK_AT_PARENT = 1.0  # seconds


class Command(BaseCommand):
    help = (
        "Send webhooks and publish what is scheduled, until SIGTERM or Ctrl-C. "
        "There may be several workers, on several hosts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now and end")
        parser.add_argument("--no-webhooks", action="store_true", help="only publish what is scheduled")
        parser.add_argument("--no-schedule", action="store_true", help="only send webhooks")
        parser.add_argument("--stop-with-parent", action="store_true", help="end when the caller has ended")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        worker = Worker(webhooks=not options["no_webhooks"], scheduled=not options["no_schedule"], stop=stop)
        _stop_on_signals(stop)
        if options["once"]:
            worker.run_once()
            return
        if options["stop_with_parent"]:
            threading.Thread(target=_stop_with_parent, args=(stop, os.getppid()), daemon=True).start()
        if options["verbosity"]:
            self.stdout.write("The worker has started.")
        worker.run()


def _stop_on_signals(stop: threading.Event) -> None:
    """A second signal ends it at once: what was being sent then is sent again later."""

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)


def _stop_with_parent(stop: threading.Event, parent: int) -> None:
    """A parent that was killed sends no signal."""
    while os.getppid() == parent and not stop.wait(LOOK_AT_PARENT):
        pass
    stop.set()
