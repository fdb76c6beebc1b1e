"""The second level of the navigation, for editors, for translators, and in what Wagtail knows of it."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from factories import FaqIndexPageFactory, QuestionPageFactory, published_home, translated
from translating import submit
from wagtail import blocks
from wagtail.models import Locale, Page, ReferenceIndex, Site
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from faq.models import FaqIndexPage
from home.blocks import NavigationBlocks, NavigationItemBlock
from home.frame import navigation_json
from home.models import HomePage, Navigation

pytestmark = pytest.mark.django_db

ELSEWHERE = {"label": "Elders", "page": None, "url": "https://example.org/"}
LABELS = {"Over ons": "About us", "Vragen": "Questions", "Elders": "Elsewhere"}


def entry(**fields: Any) -> tuple[str, dict[str, Any]]:
    return ("entry", {"label": "", "page": None, "url": "", **fields})


@pytest.fixture
def home() -> HomePage:
    return published_home()


@pytest.fixture
def faq(home: HomePage) -> FaqIndexPage:
    return FaqIndexPageFactory(parent=home)


@pytest.fixture
def navigation(home: HomePage, faq: FaqIndexPage) -> Navigation:
    question = QuestionPageFactory(parent=faq, title="Waarom?")
    below = [entry(page=faq, label="Vragen"), entry(page=question), entry(**ELSEWHERE)]
    main = [entry(page=home, label="Over ons", children=below)]
    row = Navigation.objects.create(site=Site.objects.get(), locale=home.locale, main=main)
    row.save_revision().publish()
    return row


class TestWhatMayBeStored:
    def errors(self, value: dict[str, Any]) -> dict[str, Any]:
        block = NavigationItemBlock()
        try:
            block.clean(block.normalize(value))
        except blocks.StructBlockValidationError as error:
            return error.block_errors
        return {}

    def test_the_submenu_is_empty_by_default(self) -> None:
        block = NavigationItemBlock()
        assert list(block.get_default()["children"]) == []
        assert self.errors(ELSEWHERE) == {}

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"label": "Niets", "page": None, "url": ""}, "page"),
            ({"label": "", "page": None, "url": "https://example.org/"}, "label"),
            ({"label": "Adres", "page": None, "url": "geen adres"}, "url"),
        ],
    )
    def test_an_entry_is_checked_at_both_levels(self, wrong: dict[str, Any], field: str) -> None:
        assert list(self.errors(wrong)) == [field]
        errors = self.errors({**ELSEWHERE, "children": [("entry", ELSEWHERE), ("entry", wrong)]})
        assert list(errors) == ["children"]
        (place, found), *others = errors["children"].block_errors.items()
        assert (place, others) == (1, [])
        assert list(found.block_errors) == [field]

    def test_a_page_and_an_address_are_one_too_many(self, home: HomePage) -> None:
        both = {"label": "Adres", "page": home, "url": "https://example.org/"}
        assert list(self.errors(both)) == ["page"]
        assert list(self.errors({**ELSEWHERE, "children": [("entry", both)]})) == ["children"]

    def test_there_is_no_third_level(self) -> None:
        stream = NavigationBlocks()
        below = stream.child_blocks["entry"].child_blocks["children"].child_blocks
        assert list(below) == ["entry"]
        assert list(below["entry"].child_blocks) == ["label", "page", "url"]

    def test_the_form_stores_both_levels(self, admin_client: Client, navigation: Navigation) -> None:
        """As Wagtail's form sends it: by the numbers of the blocks."""
        (stored,) = navigation.main.raw_data
        first, *_ = stored["value"]["children"]
        data = {
            "site": navigation.site_id,
            "footer-count": 0,
            **block_data("main", 0, stored["id"], label="Over ons", page=navigation.site.root_page_id),
            **block_data("main-0-value-children", 0, first["id"], label="Nieuw", url="https://example.org/"),
            "action-publish": "1",
        }
        url = reverse("wagtailsnippets_home_navigation:edit", args=[navigation.pk])
        answer = admin_client.post(url, data)
        assert answer.status_code == 302, answer.context["form"].errors
        navigation.refresh_from_db()
        (below,) = navigation.main[0].value["children"]
        assert (below.value["label"], below.value["url"]) == ("Nieuw", "https://example.org/")


def block_data(prefix: str, index: int, id_: str, **value: Any) -> dict[str, Any]:
    """The only block of a stream, without a submenu unless other data says so."""
    fields = {"label": "", "page": "", "url": "", **value}
    own = f"{prefix}-{index}"
    return {
        f"{prefix}-count": 1,
        f"{own}-deleted": "",
        f"{own}-order": index,
        f"{own}-type": "entry",
        f"{own}-id": id_,
        **{f"{own}-value-{name}": content for name, content in fields.items()},
    }


def texts(translation: Translation) -> dict[str, StringSegment]:
    segments = StringSegment.objects.filter(source=translation.source).select_related("string", "context")
    return {segment.string.data: segment for segment in segments}


def write(translation: Translation, labels: dict[str, str]) -> None:
    for text, segment in texts(translation).items():
        if text in labels:
            StringTranslation.objects.create(
                translation_of=segment.string,
                context=segment.context,
                locale=translation.target_locale,
                data=labels[text],
            )


def labels_of(row: Navigation) -> list[str]:
    return [found.value["label"] for one in row.main for found in (one, *one.value["children"])]


class TestTranslation:
    @pytest.fixture
    def translation(self, home: HomePage, navigation: Navigation) -> Translation:
        translated(home, "en", title="Home")
        translation = submit(navigation)
        write(translation, LABELS)
        translation.save_target()
        return translation

    @pytest.fixture
    def english(self, translation: Translation) -> Navigation:
        row = translation.get_target_instance()
        row.save_revision().publish()
        return row

    def test_every_label_is_a_text_of_its_own(self, translation: Translation) -> None:
        paths = {text: segment.context.path for text, segment in texts(translation).items()}
        assert set(paths) == set(LABELS)
        assert paths["Vragen"].split(".")[2] == paths["Elders"].split(".")[2] == "children"

    def test_the_translator_may_choose_where_it_leads_at_both_levels(self, translation: Translation) -> None:
        segments = translation.source.overridablesegment_set.select_related("context")
        paths = [segment.context.path.split(".") for segment in segments]
        found = sorted((len(path), path[-1]) for path in paths)
        assert found == [(3, "page"), (5, "page"), (5, "page"), (5, "url")]

    def test_the_desk_shows_them(self, admin_client: Client, translation: Translation) -> None:
        row = translation.get_target_instance()
        url = reverse("wagtailsnippets_home_navigation:edit", args=[row.pk])
        props = json.loads(admin_client.get(url).context["props"])
        shown = {
            segment["source"]: segment["location"]["subField"]
            for segment in props["segments"]
            if "source" in segment
        }
        assert set(shown) >= set(LABELS)

    def test_the_translation_has_both_levels(self, english: Navigation) -> None:
        assert labels_of(english) == ["About us", "Questions", "", "Elsewhere"]

    def test_its_pages_are_those_of_the_language(self, english: Navigation, faq: FaqIndexPage) -> None:
        english_faq = translated(faq, "en", title="Questions", slug="questions")
        with override("en"):
            (item,) = navigation_json(Site.objects.get(), Locale.objects.get(language_code="en"))["main"]
        below = item["children"]
        assert [child["label"] for child in below] == ["Questions", "Waarom?", "Elsewhere"]
        assert below[0]["page"]["id"] == english_faq.pk
        assert below[1]["page"]["url"] == "http://localhost/vragen/waarom/", (
            "the Dutch one until it is translated"
        )

    def test_it_keeps_its_texts_when_the_source_changes(
        self, translation: Translation, navigation: Navigation, home: HomePage
    ) -> None:
        added = entry(page=home, label="Nog een")[1]
        navigation.main[0].value["children"].append(("entry", added))
        navigation.save_revision().publish()
        translation.source.update_from_db()
        translation.save_target()
        row = translation.get_target_instance().get_latest_revision_as_object()
        assert labels_of(row) == ["About us", "Questions", "", "Elsewhere", "Nog een"]


def test_wagtail_knows_where_a_page_of_a_submenu_is_used(navigation: Navigation, faq: FaqIndexPage) -> None:
    page = Page.objects.get(pk=faq.pk)
    paths = [found.model_path for found in ReferenceIndex.get_references_to(page)]
    assert "main.entry.children.entry.page" in paths
