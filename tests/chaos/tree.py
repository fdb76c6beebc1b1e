"""What is wrong with the tree of pages, as one line of JSON: [] five times, where nothing is."""

import json
import os
import sys
from pathlib import Path


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "techport_cms.settings.test"
    import django

    django.setup()
    from wagtail.models import Page

    sys.stdout.write(json.dumps(Page.find_problems()) + "\n")


if __name__ == "__main__":
    main()
