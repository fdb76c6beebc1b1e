"""What publishing over the admin costs the database: the same in a small site and in a big one.

`make bench ARGS=publish` compares it with stock Wagtail (docs/performance.md).
"""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from factories import (
    ImageFactory,
    StandardPageFactory,
    add_page,
    published_home,
    translated,
)
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

from home.models import HomePage, StandardPage
from techport_cms.content.models import GUARDED

pytestmark = pytest.mark.django_db

MOST = {"sqlite": 107, "postgresql": 103}
SIZES = (2, 20)


@pytest.fixture
def home() -> HomePage:
    home = published_home()
    translated(home, "en")
    return home


@pytest.fixture
def page(home: HomePage) -> StandardPage:
    """Published in two languages, with a picture."""
    return published(home, "over-ons")


def published(home: HomePage, slug: str) -> StandardPage:
    page = StandardPageFactory(parent=home, slug=slug, image=ImageFactory(file__width=8, file__height=8))
    page.save_revision().publish()
    translated(page, "en")
    page.refresh_from_db()
    return page


def queries_to_publish(client: Client, page: Page, text: str) -> int:
    """The title and the text are changed, and the button is pressed."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = querydict_from_html(client.get(address).content.decode(), form_id="page-edit-form").dict()
    form["title"] += text
    body = streamfield([("paragraph", rich_text(f"<p>{text}</p>"))])  # which the editor's scripts write
    with CaptureQueriesContext(connection) as queries:
        data = {**form, **nested_form_data({"body": body}), "action-publish": "on"}
        assert client.post(address, data).status_code == 302
    page.refresh_from_db()
    assert (page.title, page.has_unpublished_changes) == (form["title"], False)
    return len(queries)


@pytest.mark.django_db(transaction=True)  # what is done after the commit counts too
def test_the_same_in_a_site_of_any_size(admin_client: Client, home: HomePage, page: StandardPage) -> None:
    queries_to_publish(admin_client, page, "Eerst")  # fills what a process keeps
    counts = []
    for size in SIZES:
        for number in range(size):
            published(home, f"{size}-{number}")
        counts.append(queries_to_publish(admin_client, page, f"Met {size}"))
    assert counts == [MOST[connection.vendor]] * 2


class TestWhatIsNotAskedWhilePublishing:
    """`GUARDED`: of a page that is in the database."""

    @pytest.mark.parametrize("name", sorted(GUARDED))
    def test_the_database_guards_it(self, home: HomePage, page: StandardPage, name: str) -> None:
        wrong = 987654 if Page._meta.get_field(name).is_relation else home.path
        self._refuses(page, {name: wrong})

    def test_one_page_for_each_translation(self, page: StandardPage) -> None:
        self._refuses(page, {"locale": page.get_translations().get().locale})

    def _refuses(self, page: Page, values: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Page.objects.filter(pk=page.pk).update(**values)
            connection.check_constraints()  # which the commit does

    def test_a_new_page_is_asked_for_everything(self, page: StandardPage) -> None:
        again = StandardPage(title="Nog eens", slug="nog-eens", translation_key=page.translation_key)
        with pytest.raises(ValidationError, match="Translation"):
            add_page(page.get_parent(), again)

    def test_what_somebody_types_is_validated(self, home: HomePage, page: StandardPage) -> None:
        other = published(home, "andere")
        for name, wrong in {"slug": other.slug, "image_id": 987654, "title": ""}.items():
            typed = StandardPage.objects.get(pk=page.pk)
            setattr(typed, name, wrong)
            for write in (typed.save, typed.save_revision):
                with pytest.raises(ValidationError):
                    write()
