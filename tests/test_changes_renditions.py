"""Sizes of an image that are deleted: what was kept of pages that show them must not name their files."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from change_log import Log
from django.conf import settings
from django.core.management import call_command
from factories import ArticlePageFactory, ImageFactory, NewsIndexPageFactory, published_home
from wagtail.models import Page

from techport_cms.content.models import ContentRendition

pytestmark = pytest.mark.django_db

IMAGE = "techport_content.ContentImage"
COMMAND = "wagtail_update_image_renditions"


def delete_with_command(**options) -> None:
    call_command(COMMAND, verbosity=0, **options)


def files_in(html: bytes) -> set[Path]:
    names = re.findall(r"/media/(images/[^\s\",]+)", html.decode())
    return {Path(settings.MEDIA_ROOT, unquote(name)) for name in names}


class TestKeptPages:
    @pytest.fixture
    def address(self, stage, committed, image) -> str:
        home = Page.objects.get(slug="vragen").get_parent()
        with committed():
            article = ArticlePageFactory(parent=NewsIndexPageFactory(parent=home), hero_image=image)
        return article.get_url()

    @pytest.mark.parametrize("purge_only", [True, False])
    def test_the_next_answer_names_files_that_exist(self, visitor, committed, address, purge_only) -> None:
        before = visitor.get(address)
        assert files_in(before.body)
        assert visitor.get(address).cached == "hit"
        with committed():
            delete_with_command(purge_only=purge_only)
        after = visitor.get(address)
        assert after.cached == "stored"
        assert all(file.exists() for file in files_in(after.body))

    def test_also_in_a_process_whose_memory_knows_them_still(
        self, visitor, committed, address, monkeypatch
    ) -> None:
        """Wagtail forgets them in the cache of the process that deletes them, which may be its memory."""
        visitor.get(address)
        monkeypatch.setattr(ContentRendition, "purge_from_cache", lambda rendition: None)
        with committed():
            delete_with_command(purge_only=True)
        assert all(file.exists() for file in files_in(visitor.get(address).body))

    def test_what_a_page_makes_leaves_it_kept(self, visitor, address) -> None:
        log = Log()
        visitor.get(address)
        assert visitor.get(address).cached == "hit"
        assert ContentRendition.objects.exists()
        assert log.news() == []


class TestRows:
    @pytest.fixture(autouse=True)
    def images(self, db):
        published_home()
        images = [ImageFactory(), ImageFactory()]
        for image in images:
            for size in (10, 20, 30):
                image.get_rendition(f"fill-{size}x{size}")
        return images

    def test_one_by_one(self) -> None:
        """Each is a transaction of its own, after which somebody may ask."""
        log = Log()
        delete_with_command(purge_only=True)
        assert log.news() == [("save", IMAGE)] * 6

    def test_many_at_once_are_one_row_for_each_image(self, images) -> None:
        log = Log()
        ContentRendition.objects.all().delete()
        assert sorted(change.object_id for change in log.rows()) == sorted(str(one.pk) for one in images)

    def test_the_same_query_twice(self, images) -> None:
        first, _ = images
        log, all_of_it = Log(), first.renditions.all()
        for _ in range(2):
            first.get_rendition("fill-40x40")
            all_of_it.delete()
            assert log.news() == [("save", IMAGE)]

    def test_with_its_image(self, images) -> None:
        log = Log()
        images[0].delete()
        assert log.news() == [("delete", IMAGE)]
