"""An item may be born in either language: here in English, and translated into Dutch."""

import pytest
from django.test import Client
from factories import FaqCategoryFactory, QuestionPageFactory
from translating import faq_index
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

pytestmark = pytest.mark.django_db

DUTCH = {"Why green?": "Waarom groen?", "why-green": "waarom-groen", "Because.": "Daarom.", "Green": "Groen"}


def in_dutch(original) -> Translation:
    """Every text of DUTCH translated, and published."""
    source, _ = TranslationSource.get_or_create_from_instance(original)
    dutch = Locale.objects.get(language_code="nl")
    translation = Translation.objects.create(source=source, target_locale=dutch)
    for segment in StringSegment.objects.filter(source=source).select_related("string"):
        StringTranslation.objects.create(
            translation_of=segment.string,
            context=segment.context,
            locale=dutch,
            data=DUTCH.get(segment.string.data, segment.string.data),
        )
    translation.save_target()
    return translation


def test_a_page_and_its_category_are_translated_into_the_default_language(client: Client) -> None:
    dutch_index = faq_index()
    english = Locale.objects.get(language_code="en")
    index = dutch_index.get_translation(english)
    category = FaqCategoryFactory(name="Green", slug="green", locale=english)
    page = QuestionPageFactory(
        parent=index,
        title="Why green?",
        slug="why-green",
        category=category,
        answer=[("paragraph", "<p>Because.</p>")],
    )
    assert client.get("/en/questions/why-green/").status_code == 200
    assert not Page.objects.filter(slug="why-green", locale__language_code="nl").exists()
    in_dutch(category)
    born, dutch = page, in_dutch(page).get_target_instance()
    assert (dutch.live, dutch.title, dutch.category.name) == (True, "Waarom groen?", "Groen")
    for address in (born.url, dutch.url):
        shown = client.get(address).content.decode()
        assert 'hreflang="en" href="http://localhost/en/questions/why-green/"' in shown
        assert 'hreflang="nl" href="http://localhost/vragen/waarom-groen/"' in shown
