"""Kill what `make run` loads into the database, begin again, and see what there is in the end:
demo_kills.py <kills> <seed> <directory>

Works on the database of DATABASE_URL, which is migrated and holds nothing that anybody needs. The demo
content is a part of the real one, with small pictures. Writes its report as one line of JSON.
"""

import json
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
ITEMS = {  # of each kind few; one is not translated, one has changed since, one is half translated
    "home", "about", "faq", "why-founded", "partners", "voorbeeld-vakschool-metaal",
    "news", "what-is-a-heat-network", "repair-before-replace",
    "term/about-techport", "term/education", "term/energy-transition", "term/circular-materials",
}  # fmt: skip


def as_migrated() -> None:
    """Wagtail's own page again, in the place of the home page that every test finds."""
    from wagtail.models import Page, Site

    from home.models import HomePage

    site = Site.objects.get()
    site.root_page = Page.get_first_root_node().add_child(instance=Page(title="Welcome", slug="home"))
    site.save()
    HomePage.objects.get().delete()


def prepare() -> None:
    """As scripts/run.py does, but for the files of the site."""
    from django.core.management import call_command
    from django.test import override_settings

    from home.people.demo import create_demo_users

    call_command("load_demo", verbosity=0)
    call_command("create_groups", verbosity=0)
    with override_settings(DEMO_USERS=True):
        create_demo_users("secret")


def make_smaller(directory: Path) -> None:
    """A link to a page that is not among those leads to the home page."""
    from PIL import Image
    from wagtail.models import Page

    from home.demo import items, loader, source

    for number, picture in enumerate(sorted(source.PICTURES.glob("*.png"))):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(directory / picture.name)
    source.PICTURES = directory
    all_pages, all_snippets, page_id = items.pages, items.snippets, loader.Loader._page_id
    items.pages = lambda: [item for item in all_pages() if item.key in ITEMS]
    items.snippets = lambda: [item for item in all_snippets() if item.key in ITEMS]

    def page_or_home(self: Any, key: str) -> int:
        try:
            return page_id(self, key)
        except Page.DoesNotExist:
            return page_id(self, "home")

    loader.Loader._page_id = page_or_home


def contents() -> dict[str, list[Any]]:
    """All that was loaded, by names that are the same each time, as numbers of rows are not."""
    from django.contrib.auth.models import Group, User
    from wagtail.models import Page
    from wagtail_localize.models import StringTranslation, Translation

    from faq.models import FaqCategory
    from home.models import Navigation, SiteSettings
    from news.models import Topic
    from partners.models import Sector
    from techport_cms.changes.models import Change
    from techport_cms.content.models import ContentImage

    pages = Page.objects.filter(depth__gt=1).specific()
    models = (FaqCategory, Sector, Topic, Navigation, SiteSettings)
    return {
        "pages": [[page.path, *described(page)] for page in pages],
        "snippets": [described(snippet) for model in models for snippet in model.objects.all()],
        "images": [[row.title, row.file_hash, row.alt_texts.count()] for row in ContentImage.objects.all()],
        "translations": [
            [str(row.source.object_id), *row.get_progress()] for row in Translation.objects.all()
        ],
        "texts": list(StringTranslation.objects.values_list("data", flat=True)),
        "changes": [
            [row.kind, row.model, row.locale, str(row.translation_key)] for row in Change.objects.all()
        ],
        "groups": [
            [row.name, row.permissions.count(), row.page_permissions.count()] for row in Group.objects.all()
        ],
        "users": [[row.username, row.is_superuser, row.groups.count()] for row in User.objects.all()],
    }


def described(instance: Any) -> list[Any]:
    from modelcluster.models import get_serializable_data_for_fields
    from wagtail.models import Page, ReferenceIndex

    of_page = isinstance(instance, Page)
    data = instance.serializable_data() if of_page else get_serializable_data_for_fields(instance)
    del data["translation_key"]  # named below
    references = ReferenceIndex.get_references_for_object(instance)
    return [
        type(instance).__name__,
        instance.locale.language_code,
        str(instance.translation_key),
        instance.live,
        instance.revisions.count(),
        re.sub(r"\d+", "#", json.dumps(data, default=str, sort_keys=True)),
        sorted(f"{row.content_path}: {name(row)}" for row in references),
    ]


def name(reference: Any) -> str:
    """Of what is referred to: images have no key but their content."""
    target = reference.to_content_type.get_object_for_this_type(pk=reference.to_object_id)
    return str(getattr(target, "translation_key", None) or target)


def write_contents(file: Path) -> None:
    """The home page is not made by the loader: its key is another one each time."""
    from home.models import HomePage

    key = str(HomePage.objects.get(locale__language_code="nl").translation_key)
    rows = json.loads(json.dumps(contents()).replace(key, "the home page"))
    file.write_text(json.dumps({place: sorted(rows[place], key=str) for place in rows}))


def uninterrupted(file: Path) -> None:
    """Leaves nothing in the database."""
    from django.db import transaction

    with transaction.atomic():
        prepare()
        write_contents(file)
        transaction.set_rollback(True)


def main(kills: int, seed: int, directory: Path) -> None:
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "techport_cms.settings.test"
    import django

    django.setup()
    from killing import run

    make_smaller(directory)
    run(as_migrated)
    wanted, found = directory / "wanted.json", directory / "found.json"
    steps = len(run(lambda: uninterrupted(wanted)).steps)
    chance = random.Random(seed)  # noqa: S311
    ends = [run(prepare, chance.randint(1, 2 * steps // kills)) for _ in range(kills)]
    run(prepare)
    run(lambda: write_contents(found))
    report = {
        "steps": steps,
        "places": Counter(end.steps[0] for end in ends if end.killed),
        "differs": [
            place
            for place, rows in json.loads(wanted.read_text()).items()
            if rows != json.loads(found.read_text())[place]
        ],
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
