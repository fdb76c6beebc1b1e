"""Run inside the project that `wagtail start` made: each plug-in makes a page and shows it."""

from importlib import import_module

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Page, Site

from faq.models import FaqIndexPage, QuestionPage
from host_images.models import HostImage
from news.models import ArticlePage, NewsIndexPage
from partners.models import PartnerIndexPage, PartnerPage

PARAGRAPH = [("paragraph", "<p>Shore power makes ships quiet.</p>")]
PICTURE = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


class PlugInTests(TestCase):
    def setUp(self) -> None:
        self.home = Site.objects.get(is_default_site=True).root_page
        self.image = HostImage.objects.create(title="Quay", file=ContentFile(PICTURE, "quay.gif"))

    def publish(self, parent: Page, page: Page) -> Page:
        parent.add_child(instance=page)
        page.save_revision().publish()
        return page

    def assert_shown(self, page: Page) -> None:
        answer = self.client.get(page.get_url())
        self.assertEqual(answer.status_code, 200)
        self.assertContains(answer, page.title)
        answer = self.client.get(f"/api/v2/pages/{page.pk}/")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json()["title"], page.title)

    def test_host_keeps_its_image_model(self) -> None:
        self.assertIs(get_image_model(), HostImage)

    def test_question(self) -> None:
        index = self.publish(self.home, FaqIndexPage(title="Questions"))
        question = QuestionPage(title="What is shore power?", answer=PARAGRAPH, social_image=self.image)
        self.assert_shown(self.publish(index, question))
        self.assert_shown(index)

    def test_partner(self) -> None:
        index = self.publish(self.home, PartnerIndexPage(title="Partners"))
        partner = PartnerPage(title="Quay Company", story=PARAGRAPH, logo=self.image)
        self.assert_shown(self.publish(index, partner))
        self.assert_shown(index)

    def test_article(self) -> None:
        index = self.publish(self.home, NewsIndexPage(title="News"))
        article = ArticlePage(
            title="A quiet quay", body=PARAGRAPH, hero_image=self.image, date=timezone.localdate()
        )
        self.assert_shown(self.publish(index, article))
        self.assert_shown(index)

    def test_webhooks_are_in_the_admin(self) -> None:
        self.client.force_login(get_user_model().objects.create_superuser("root", "root@example.org", "x"))
        form = {"name": "Screen", "url": "https://hooks.example.org/", "is_active": "on"}
        answer = self.client.post("/admin/webhooks/new/", form, follow=True)
        self.assertContains(answer, "Show the secret")
        call_command("run_worker", "--once")  # nothing is due

    def test_cache_stands_in_front(self) -> None:
        self.assertEqual(type(import_module("mysite.wsgi").application).__name__, "CacheStage")

    def test_unknown_address_of_the_api(self) -> None:
        answer = self.client.get("/api/nothing/")
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(answer["Content-Type"], "application/problem+json")
