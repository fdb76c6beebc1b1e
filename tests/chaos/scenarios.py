"""The ways to publish: editors of pages and of translations over HTTP, Wagtail's scheduler, the worker.

Each attempt publishes a title with a new word in it, and something else than the last one refers to.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import F
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from factories import FaqCategoryFactory, ImageFactory
from translating import faq_index, faq_question, translated_question, write
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield
from wagtail_localize.models import SegmentOverride, Translation, TranslationContext

from home.people.demo import create_demo_users
from home.people.groups import create_groups
from techport_cms.webhooks import leases
from techport_cms.webhooks.models import Lease
from techport_cms.webhooks.worker import Worker


@dataclass(frozen=True)
class Scenario:
    name: str
    page: int
    audit: str  # the action that the audit log names
    prepare: Callable[[int], None]  # what is there before
    publish: Callable[[int], None]  # what is killed
    translation: Translation | None = None

    @property
    def is_scheduled(self) -> bool:
        return self.audit == "wagtail.publish.scheduled"


def word(number: int) -> str:
    """A word that is in the title of this attempt alone."""
    return f"kwartel{number}x"


def scenarios() -> list[Scenario]:
    """Make the pages, each with an alias; return what can be done with them."""
    world = World()
    return [
        Scenario("admin", world.edited.pk, "wagtail.publish", world.nothing, world.edit),
        world.of_schedule("scheduler", world.scheduled, world.run_scheduler),
        world.of_schedule("worker", world.left_to_worker, world.run_worker),
        Scenario(
            "translation editor",
            world.translated.pk,
            "wagtail.publish",
            world.write_translation,
            world.publish_translation,
            world.translation,
        ),
    ]


class World:
    def __init__(self) -> None:
        index = faq_index()
        self.images = [ImageFactory(), ImageFactory()]
        self.categories = [FaqCategoryFactory(), FaqCategoryFactory()]
        questions = (self._question(index, slug) for slug in ("a", "b", "c", "d"))
        self.edited, self.scheduled, self.left_to_worker, source = questions
        self.translation = translated_question(source)
        self.translated = self.translation.get_target_instance()
        for page in (self.edited, self.scheduled, self.left_to_worker, self.translated):
            page.create_alias(update_slug=f"alias-{page.pk}")
        create_groups()
        with override_settings(DEMO_USERS=True):
            create_demo_users("demo")
        self.client = Client(raise_request_exception=True)
        self.client.force_login(get_user_model().objects.get(username="chief"))
        self.form = self._form()

    def _question(self, index: Page, slug: str) -> Page:
        question = faq_question(index, slug=slug)
        question.social_image = self.images[0]
        question.category = self.categories[0]
        question.save_revision().publish()
        return question

    def _form(self) -> dict[str, Any]:
        """What the page editor sends, but for the StreamField, which its scripts write."""
        answer = self.client.get(self._editor(self.edited))
        form = querydict_from_html(answer.content.decode(), form_id="page-edit-form").dict()
        paragraph = streamfield([("paragraph", rich_text("<p>Daarom.</p>", features=["bold"]))])
        return {**form, **nested_form_data({"answer": paragraph}), "action-publish": "on"}

    def _editor(self, page: Page) -> str:
        return reverse("wagtailadmin_pages:edit", args=[page.pk])

    def nothing(self, number: int) -> None:
        """The editor brings all that it publishes."""

    def edit(self, number: int) -> None:
        changed = {"title": f"Waarom {word(number)}?", "category": self.categories[number % 2].pk}
        done(self.client.post(self._editor(self.edited), {**self.form, **changed}))

    def of_schedule(self, name: str, page: Page, publish: Callable[[int], None]) -> Scenario:
        return Scenario(name, page.pk, "wagtail.publish.scheduled", partial(self.schedule, page), publish)

    def schedule(self, scheduled: Page, number: int) -> None:
        scheduled.refresh_from_db()
        page = scheduled.get_latest_revision_as_object()
        page.title, page.category = f"Wanneer {word(number)}?", self.categories[number % 2]
        page.go_live_at = timezone.now() - timedelta(minutes=1)
        page.revisions.update(approved_go_live_at=None)
        page.save_revision(approved_go_live_at=page.go_live_at)

    def run_scheduler(self, number: int) -> None:
        call_command("publish_scheduled")

    def run_worker(self, number: int) -> None:
        Worker(webhooks=False).run_once()

    def write_translation(self, number: int) -> None:
        write(self.translation, {"title": f"Why {word(number)}?"})
        context = TranslationContext.objects.get(object=self.translation.source.object, path="social_image")
        SegmentOverride.objects.update_or_create(
            context=context,
            locale=self.translation.target_locale,
            defaults={"data_json": json.dumps(self.images[number % 2].pk)},
        )

    def publish_translation(self, number: int) -> None:
        done(self.client.post(self._editor(self.translated), {"action": "publish"}))


def outlive_leases() -> None:
    """As if so much time had passed that the leases of whoever was killed are over."""
    Lease.objects.update(until=F("until") - timedelta(seconds=leases.SECONDS))


def done(answer: HttpResponse) -> None:
    """RuntimeError where the editor shows its form again."""
    if answer.status_code != 302:
        raise RuntimeError(f"{answer.status_code}: {answer.content.decode()[:20_000]}")
