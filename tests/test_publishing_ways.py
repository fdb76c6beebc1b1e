"""Publishing is one transaction and one row of the log, in whatever way it is asked for."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from change_log import Log
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import FaqIndexPageFactory, QuestionPageFactory, published_home
from wagtail.models import APIToken, Page, PageLogEntry, Revision
from wagtail.signals import page_published, page_unpublished
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

from home.people.groups import create_groups

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "faq.QuestionPage"


class Office:
    """Somebody who may do everything, and a page with a draft."""

    def __init__(self) -> None:
        index = FaqIndexPageFactory(parent=published_home(), slug="vragen")
        create_groups()  # and the workflow below the home page
        self.page = QuestionPageFactory(parent=index, title="Oud", slug="waarom")
        self.page.save_revision().publish()
        self.page.title = "Nieuw"
        self.page.save_revision()
        self.user = get_user_model().objects.create_superuser("chief", "", "x")
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.user)

    def editor(self) -> Callable[[], int]:
        address = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        html = self.client.get(address).content.decode()
        form = querydict_from_html(html, form_id="page-edit-form").dict()
        answer = streamfield([("paragraph", rich_text("<p>Daarom.</p>"))])  # which the editor's scripts write
        data = {**form, **nested_form_data({"answer": answer}), "action-publish": "on"}
        return lambda: self._post(address, data)

    def bulk_action(self) -> Callable[[], int]:
        return lambda: self._bulk("publish")

    def approval(self) -> Callable[[], int]:
        task = self.page.get_workflow().start(self.page, self.user).current_task_state
        address = reverse("wagtailadmin_pages:workflow_action", args=[self.page.pk, "approve", task.pk])
        return lambda: self._post(address, {})

    def api(self) -> Callable[[], int]:
        _, token = APIToken.create_token(user=self.user, name="test")
        address = reverse("wagtailapi_v3:pages_actions_publish", args=[self.page.pk])
        headers = {"Authorization": f"Bearer {token}"}
        return lambda: Client(raise_request_exception=False).post(address, headers=headers).status_code

    def scheduler(self) -> Callable[[], int]:
        self.page.save_revision(approved_go_live_at=timezone.now() - timedelta(minutes=1))
        return self._command

    def unpublishing(self) -> Callable[[], int]:
        return lambda: self._post(reverse("wagtailadmin_pages:unpublish", args=[self.page.pk]), {})

    def bulk_unpublishing(self) -> Callable[[], int]:
        return lambda: self._bulk("unpublish")

    def expiry(self) -> Callable[[], int]:
        Page.objects.filter(pk=self.page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        return self._command

    def state(self) -> dict:
        row = Page.objects.filter(pk=self.page.pk).values("title", "live", "live_revision").get()
        return {
            **row,
            "revisions": Revision.objects.count(),
            "audit": PageLogEntry.objects.count(),
        }

    def _bulk(self, action: str) -> int:
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        return self._post(f"{address}?id={self.page.pk}&next=/admin/", {})

    def _command(self) -> int:
        try:
            call_command("publish_scheduled")
        except RuntimeError:
            return 500
        return 200

    def _post(self, address: str, data: dict) -> int:
        return self.client.post(address, data).status_code


WAYS = {
    "publish": [Office.editor, Office.bulk_action, Office.approval, Office.api, Office.scheduler],
    "unpublish": [Office.unpublishing, Office.bulk_unpublishing, Office.expiry],
}
CASES = [pytest.param(kind, way, id=way.__name__) for kind, ways in WAYS.items() for way in ways]


@pytest.fixture
def office(transactional_db) -> Office:
    return Office()


@pytest.fixture
def failure() -> Iterator[None]:
    """The last thing that Wagtail does is not done."""

    def fail(**kwargs) -> None:
        raise RuntimeError("at the end")

    signals = (page_published, page_unpublished)
    for signal in signals:
        signal.connect(fail)
    yield
    for signal in signals:
        signal.disconnect(fail)


@pytest.mark.parametrize(("kind", "way"), CASES)
def test_it_is_in_the_log_once(office, kind, way) -> None:
    act = way(office)
    log = Log()
    assert act() < 400
    assert log.news() == [(kind, QUESTION)]
    page = Page.objects.get(pk=office.page.pk)
    assert page.live == (kind == "publish")
    assert page.title == ("Nieuw" if page.live else "Oud")


@pytest.mark.parametrize(("kind", "way"), CASES)
def test_it_is_not_done_at_all_where_the_end_fails(office, kind, way, failure) -> None:
    act = way(office)
    before, log = office.state(), Log()
    assert act() == 500
    assert log.news() == []
    assert office.state() == before
