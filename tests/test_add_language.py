"""A third language is one setting and one command."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Locale

from home.bootstrap import ensure_tree
from home.models import HomePage

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> HomePage:
    home = ensure_tree()
    home.save_revision().publish()
    return home


def test_it_asks_for_the_setting_first(home) -> None:
    with pytest.raises(CommandError, match="CONTENT_LANGUAGES=nl,en,de"):
        call_command("add_language", "de")
    assert not Locale.all_objects.filter(language_code="de").exists()


def test_the_default_language_is_there_already(home) -> None:
    with pytest.raises(CommandError, match="default language"):
        call_command("add_language", "nl")


def test_german_opens_when_its_home_page_is_published(home, client, settings) -> None:
    settings.LANGUAGES = settings.WAGTAIL_CONTENT_LANGUAGES = [*settings.LANGUAGES, ("de", "Deutsch")]
    call_command("add_language", "de", verbosity=0)
    call_command("add_language", "de", verbosity=0)  # again: nothing breaks, nothing doubles
    german = HomePage.objects.get(locale__language_code="de")
    assert not german.live
    assert client.get("/de/").status_code == 404
    german.title = "Techport auf Deutsch"
    german.save_revision().publish()
    page = client.get("/de/")
    assert page.status_code == 200
    assert '<html lang="de">' in page.content.decode()
    assert 'hreflang="de"' in client.get("/").content.decode()
