"""What the publication log holds besides pages: snippets, images, documents, what the site stands on."""

import pytest
from change_log import Log
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.urls import reverse
from factories import FaqCategoryFactory, ImageFactory, QuestionPageFactory, TopicFactory, published_home
from taggit.models import Tag
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Collection, Locale, Page, Site

from home.models import Navigation, SiteSettings
from techport_cms.changes.log import record
from techport_cms.changes.models import Kind
from techport_cms.content.models import ImageAltText

pytestmark = pytest.mark.django_db

IMAGE = "techport_content.ContentImage"
DOCUMENT = "wagtaildocs.Document"


@pytest.fixture(autouse=True)
def home(db) -> Page:
    return published_home()


@pytest.fixture
def document():
    return get_document_model().objects.create(title="Folder", file=ContentFile(b"text", "folder.txt"))


class TestSnippets:
    def test_with_drafts(self) -> None:
        log = Log()
        category = FaqCategoryFactory(live=False)
        assert log.news() == []
        category.save_revision().publish()
        assert log.news() == [("publish", "faq.FaqCategory")]
        category.refresh_from_db()
        category.unpublish()
        assert log.news() == [("unpublish", "faq.FaqCategory")]
        category.delete()
        assert log.news() == []

    def test_a_draft_of_what_is_live(self) -> None:
        topic = TopicFactory()
        log = Log()
        topic.name = "Anders"
        topic.save_revision()
        assert log.news() == []

    def test_deleting_a_live_one(self) -> None:
        topic = TopicFactory()
        log = Log()
        topic.delete()
        assert log.news() == [("delete", "news.Topic")]

    @pytest.mark.parametrize("model", [Navigation, SiteSettings])
    def test_navigation_and_settings(self, model) -> None:
        locale = Locale.objects.get(language_code="nl")
        found = model.objects.get_or_create(site=Site.objects.get(), locale=locale)[0]
        found.name = "Techport"  # which the settings require
        log = Log()
        found.save_revision()
        assert log.news() == []
        found.save_revision().publish()
        (change,) = log.rows()
        assert (change.kind, change.model, change.locale) == ("publish", model._meta.label, "nl")


class TestImages:
    def test_saved_and_deleted(self) -> None:
        log = Log()
        image = ImageFactory()
        assert log.news() == [("save", IMAGE)]
        image.title = "Anders"
        image.save()
        assert log.news() == [("save", IMAGE)]
        image.delete()
        assert log.news() == [("delete", IMAGE)]

    def test_deleted_in_bulk(self) -> None:
        images = [ImageFactory(), ImageFactory()]
        log = Log()
        type(images[0]).objects.filter(pk__in=[image.pk for image in images]).delete()
        assert log.news() == [("delete", IMAGE), ("delete", IMAGE)]

    def test_another_focal_point(self, image) -> None:
        """As Wagtail's task saves it that looks for faces."""
        log = Log()
        image.focal_point_x = image.focal_point_y = 5
        image.save(update_fields=["focal_point_x", "focal_point_y"])
        assert log.news() == [("save", IMAGE)]

    def test_sizes_that_are_made_tell_nothing(self, image) -> None:
        log = Log()
        image.get_rendition("fill-10x10")
        image.get_file_hash()
        assert log.news() == []

    def test_tags(self, image) -> None:
        log = Log()
        image.tags.add("zee")
        assert log.of(IMAGE) == ["save"]
        image.tags.set(["zee"])
        assert log.news() == []
        image.tags.remove("zee")
        image.tags.set(["land"])
        image.tags.clear()
        assert log.of(IMAGE) == ["save", "save", "save"]

    def test_a_tag_is_renamed(self, image) -> None:
        image.tags.add("zee")
        log = Log()
        Tag.objects.get().save()
        assert log.news() == [("save", "taggit.Tag")]

    def test_alternative_texts(self, image) -> None:
        log = Log()
        text = ImageAltText.objects.create(
            image=image, locale=Locale.objects.get(language_code="nl"), text="Zee"
        )
        text.text = "Land"
        text.save()
        assert log.news() == [("save", IMAGE), ("save", IMAGE)]
        text.delete()
        assert log.news() == [("save", IMAGE)]

    def test_alternative_texts_go_with_their_image(self, image) -> None:
        ImageAltText.objects.create(image=image, locale=Locale.objects.get(language_code="nl"), text="Zee")
        log = Log()
        image.delete()
        assert log.news() == [("delete", IMAGE)]

    def test_alternative_texts_are_deleted_in_bulk(self, image) -> None:
        ImageAltText.objects.create(image=image, locale=Locale.objects.get(language_code="nl"), text="Zee")
        log = Log()
        ImageAltText.objects.all().delete()
        assert log.news() == [("save", IMAGE)]


class TestDocuments:
    def test_saved_and_deleted(self, document) -> None:
        log = Log()
        document.title = "Anders"
        document.save()
        document.tags.add("folder")
        assert log.of(DOCUMENT) == ["save", "save"]
        document.delete()
        assert log.news() == [("delete", DOCUMENT)]


class TestBulkActions:
    """Of Wagtail's admin, which write past Django's signals."""

    @pytest.fixture
    def chief(self, client):
        client.force_login(get_user_model().objects.create_superuser("chief", "", "x"))
        return client

    @pytest.mark.parametrize("name", ["image", "document"])
    def test_into_a_collection(self, chief, image, document, name) -> None:
        instance = {"image": image, "document": document}[name]
        collection = Collection.get_first_root_node().add_child(name="Foto's")
        log = Log()
        self.act(chief, instance, "add_to_collection", collection=collection.pk)
        instance.refresh_from_db()
        assert instance.collection == collection
        assert log.news() == [("privacy", instance._meta.label)]

    def test_tags(self, chief, image) -> None:
        log = Log()
        self.act(chief, image, "add_tags", tags="zee")
        assert image.tags.count() == 1
        assert log.of(IMAGE) == ["save"]

    def test_deleting(self, chief, image) -> None:
        log = Log()
        self.act(chief, image, "delete")
        assert log.news() == [("delete", IMAGE)]

    def act(self, client, instance, action: str, **data) -> None:
        url = reverse(
            "wagtail_bulk_action", args=[instance._meta.app_label, instance._meta.model_name, action]
        )
        answer = client.post(f"{url}?id={instance.pk}", data)
        assert answer.status_code == 302, answer.content.decode()


class TestWhatTheSiteStandsOn:
    def test_redirects(self) -> None:
        log = Log()
        redirect = Redirect.objects.create(old_path="/oud", redirect_link="/nieuw")
        redirect.delete()
        assert log.of("wagtailredirects.Redirect") == ["save", "delete"]

    def test_languages(self) -> None:
        log = Log()
        german = Locale.objects.create(language_code="de")
        german.delete()
        assert log.of("wagtailcore.Locale") == ["save", "delete"]

    def test_sites(self, home) -> None:
        log = Log()
        Site.objects.get().save()
        other = Site.objects.create(hostname="other.example", root_page=home)
        other.delete()
        assert log.of("wagtailcore.Site") == ["save", "save", "delete"]

    def test_who_writes_in_bulk_says_so(self, home) -> None:
        page = QuestionPageFactory(parent=home)
        log = Log()
        Page.objects.filter(pk=page.pk).update(title="Daarom?")
        record(Kind.SAVE, page)
        assert log.news() == [("save", "faq.QuestionPage")]

    def test_what_nobody_sees(self) -> None:
        log = Log()
        get_user_model().objects.create_user("staff")
        assert log.news() == []
