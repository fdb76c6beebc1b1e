"""The demo content: what it holds in both languages, and that loading it again changes nothing."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils.translation import override
from made_once import made_once
from wagtail.models import Locale, Page, Revision, Site
from wagtail_localize.models import Translation

from faq.models import FaqCategory, QuestionPage
from home.demo import loader, source
from home.frame import navigation_json
from home.models import HomePage, JoinPage, Navigation, StandardPage
from news.models import ArticlePage
from partners.models import PartnerPage
from techport_cms.content.models import ContentImage
from techport_cms.core.translation_state import translation_status

# On PostgreSQL the demo site of other tests is loaded.
pytestmark = [pytest.mark.either, pytest.mark.django_db, pytest.mark.usefixtures("demo")]

# What each answer must tell, of the facts in Techport's own FAQ, in Dutch and in English.
FACTS = {
    "why-founded": (
        "2013|te weinig technici|IJmond|Minder jongeren|onder andere|economie|onder meer vergrijzing|"
        "technische kennis|robots|digitalisering|opleidingen|technologie van de toekomst",
        "2013|too few technicians|IJmond|Fewer young people|partly|economics|One of the things|ageing|"
        "technical knowledge|robots|digitalisation|courses|technology of the future",
    ),
    "who-founded": (
        "Bedrijven, overheid en onderwijs|Zes partijen|gemeente Velsen|provincie Noord-Holland|"
        "ROC Nova College|Zwart Techniek|Crown van Gelder|Tata Steel",
        "Business, government and education|Six parties|municipality of Velsen|province of Noord-Holland|"
        "ROC Nova College|Zwart Techniek|Crown van Gelder|Tata Steel",
    ),
    "when-founded": ("2013|economie|groeien|weerbaarder|IJmond", "2013|economy|grow|resilient|IJmond"),
    "for-whom": (
        "ondernemer|schoolleider|ambtenaar|toekomst|maak- en onderhoudsindustrie|technisch talent|processen",
        "business|school|official|future|manufacturing and maintenance|technical talent|processes",
    ),
    "public-private-partnership": (
        "overheid, bedrijven en scholen|niet met de inhoud|einddoel|helemaal zelf|denkkracht|"
        "vernieuwingskracht|markt",
        "government|companies and schools|leaves the content|final goal|entirely for themselves|ideas|"
        "innovate|market",
    ),
    "which-region": (
        "Metropoolregio Amsterdam|de kern|gevestigd|hele Nederlandse maak- en onderhoudsindustrie",
        "Amsterdam Metropolitan Area|the core|based|manufacturing and maintenance throughout the country",
    ),
    "ambition": (
        "eerste groene industriegebied van Nederland|meer dan 90 bedrijven, scholen en overheden|"
        "zij-instroom|technologische vernieuwing|opleidingen|banen van de toekomst|energietransitie|"
        "verduurzaming",
        "first green industrial zone in the Netherlands|over 90 companies, schools and governments|"
        "lateral entry|technological innovation|training|jobs that are coming|energy transition|sustainable",
    ),
    "importance-of-manufacturing": (
        "22% van de toegevoegde waarde|75% uit maakindustrie|diploma heeft 22% een technisch beroep|"
        "werkt 23% in de maakindustrie of de energiesector",
        "22% of the added value|75% of that industry|school, 22% have a technical occupation|"
        "23% have a job in manufacturing or energy",
    ),
    "how-to-join": (
        "bedrijf, school of overheid|sterk willen maken|duurzamer|secretariaat@techport.nl|"
        "zo snel mogelijk|kennismakingsgesprek",
        "company, a school or a government|stand up for|sustainable|secretariaat@techport.nl|"
        "as soon as|introductory meeting",
    ),
}
FOUNDERS = {
    "gemeente-velsen": "government",
    "provincie-noord-holland": "government",
    "roc-nova-college": "school",
    "zwart-techniek": "company",
    "crown-van-gelder": "company",
    "tata-steel": "company",
}
STOPS_AFTER = 20  # translations


@made_once
def demo() -> None:
    """Loaded by a run that is interrupted and one that goes on from there. The home page is that of a fresh
    database, which nobody has published."""
    HomePage.objects.update(live=False, first_published_at=None)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loader, "translate", interrupted(loader.translate))
        call_command("load_demo", verbosity=0)
    assert not ArticlePage.objects.filter(locale__language_code="en").exists()
    call_command("load_demo", verbosity=0)


def interrupted(translate: Any) -> Any:
    calls = iter(range(STOPS_AFTER))

    def translate_or_stop(*args: Any, **options: Any) -> Any:
        if next(calls, None) is None:
            raise KeyboardInterrupt
        return translate(*args, **options)

    return translate_or_stop


def item(model: type[Page], key: str, language: str) -> Any:
    found = model.objects.filter(locale__language_code=language)
    return found.get(translation_key=source.translation_key(key))


def in_language(model: type[Page], language: str) -> Any:
    return model.objects.filter(locale__language_code=language)


def english_is_missing_of(key: str) -> bool:
    return not in_language(Page, "en").filter(translation_key=source.translation_key(key)).exists()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("key", FACTS)
def test_every_fact_of_the_faq_is_kept(key: str, language: str) -> None:
    answer = item(QuestionPage, key, language).answer
    text = " ".join(" ".join(answer.stream_block.get_searchable_content(answer)).split())
    wanted = FACTS[key][language == "en"].split("|")
    assert [fact for fact in wanted if fact not in text] == []


def test_the_questions_are_those_of_the_faq() -> None:
    for language in ("nl", "en"):
        assert in_language(QuestionPage, language).live().count() == len(FACTS) == 9


def test_six_partners_are_real_and_24_say_that_they_are_made_up() -> None:
    dutch = in_language(PartnerPage, "nl").live()
    founders = {page.slug: page.kind for page in dutch.filter(founder=True)}
    assert founders == FOUNDERS
    others = dutch.filter(founder=False)
    assert others.count() == 24
    for page in others:
        assert "voorbeeld" in page.title.lower()
        assert "verzonnen" in page.introduction.lower()


def test_of_a_real_partner_it_says_no_more_than_is_known() -> None:
    for page in in_language(PartnerPage, "nl").filter(founder=True):
        assert (page.partner_since, page.website, page.place, page.logo) == (2013, "", "", None)
        assert [block.block_type for block in page.story] == ["paragraph"]


def test_there_is_enough_of_everything_else() -> None:
    for language in ("nl", "en"):
        assert in_language(ArticlePage, language).live().count() >= 8
        assert in_language(HomePage, language).live().count() == 1
        assert in_language(JoinPage, language).live().count() == 1
        for key in ("about", "privacy", "accessibility"):
            assert item(StandardPage, key, language).live


def test_pictures_tell_in_both_languages_what_they_show() -> None:
    for image in ContentImage.objects.exclude(title__startswith="logo-"):  # beside the partner's name
        assert image.alt_texts.count() == 2, image.title


def test_every_translation_is_real_and_done_but_for_the_exceptions() -> None:
    half = str(source.translation_key(loader.HALF_TRANSLATED))
    for translation in Translation.objects.select_related("source"):
        total, done = translation.get_progress()
        target = translation.get_target_instance()
        if str(translation.source.object_id) == half:
            assert 0 < done < total
            assert not target.live
        else:
            assert done == total > 0, target
            assert target.live, target
            with override("en"):
                assert translation.get_status_display() == "Up to date"
    assert not Page.objects.filter(alias_of__isnull=False).exists()


def test_one_is_not_translated_and_one_has_changed_since() -> None:
    dutch = in_language(Page, "nl").filter(depth__gt=1)
    english = in_language(Page, "en").values("translation_key")
    missing = dutch.exclude(translation_key__in=english)
    assert [page.slug for page in missing] == [loader.NOT_TRANSLATED]
    (changed,) = loader.CHANGED_SINCE
    page = item(ArticlePage, changed, "nl")
    translation = Translation.objects.get(source__object_id=page.translation_key)
    assert page.live
    assert page.introduction.endswith(loader.CHANGED_SINCE[changed])
    assert page.introduction not in translation.source.content_json
    assert page.last_published_at > translation.get_target_instance().last_published_at


def test_every_translation_is_current_but_for_one_that_is_outdated_and_one_that_is_half_done() -> None:
    """As docs/translators.md says of the content that translators practise on."""
    states = {}
    for items in (Page.objects.filter(depth__gt=1).select_related("locale"), FaqCategory.objects.all()):
        found = translation_status(items)
        states |= {(item.locale.language_code, item.slug): found[item.pk].state for item in items}
    assert {state for (language, _slug), state in states.items() if language == "nl"} == {"source"}
    english = {slug: state for (language, slug), state in states.items() if language == "en"}
    assert {slug: state for slug, state in english.items() if state != "current"} == {
        "what-is-a-heat-network": "outdated",
        "smart-maintenance-repair-first": "missing",
    }


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("nl", ["Onze ambitie", "De oprichters", "Word partner"]),
        ("en", ["Our ambition", "The founders", "Become a partner"]),
    ],
)
def test_the_main_navigation_has_a_submenu(language: str, labels: list[str]) -> None:
    with override(language):
        found = navigation_json(Site.objects.get(), Locale.objects.get(language_code=language))["main"]
    assert [child["label"] for child in found[0]["children"]] == labels
    assert all(child["page"]["url"] for child in found[0]["children"])
    assert [entry["children"] for entry in found[1:]] == [[], [], []]


def test_loading_it_again_leaves_a_navigation_without_submenus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a run that goes through everything once more."""
    monkeypatch.setattr(loader.Loader, "_is_complete", lambda self: False)
    row = Navigation.objects.get(locale__language_code="nl")
    row.main = [("entry", {"label": "Eigen", "page": None, "url": "https://example.org/"})]
    row.save_revision().publish()
    call_command("load_demo", verbosity=0)
    row.refresh_from_db()
    assert [one.value["label"] for one in row.main] == ["Eigen"]


def test_loading_it_again_changes_nothing_of_anybodys() -> None:
    changed = item(QuestionPage, "why-founded", "nl")
    changed.title = "Waarom bestaat Techport?"
    changed.save_revision().publish()
    made = changed.get_parent().add_child(instance=QuestionPage(title="Van een redacteur"))
    item(ArticlePage, "how-a-sea-lock-works", "en").delete()
    before = (Page.objects.count(), Revision.objects.count(), ContentImage.objects.count())
    call_command("load_demo", verbosity=0)
    assert (Page.objects.count(), Revision.objects.count(), ContentImage.objects.count()) == before
    assert item(QuestionPage, "why-founded", "nl").title == "Waarom bestaat Techport?"
    assert QuestionPage.objects.filter(pk=made.pk).exists()


def test_a_run_that_goes_on_leaves_what_people_did_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it had been interrupted at the very end: the loader goes through everything once more."""
    changed = item(QuestionPage, "why-founded", "en")
    changed.title = "Why is there a Techport?"
    changed.save_revision().publish()
    monkeypatch.setattr(loader.Loader, "_is_complete", lambda self: False)
    call_command("load_demo", verbosity=0)
    assert item(QuestionPage, "why-founded", "en").title == "Why is there a Techport?"
    assert english_is_missing_of(loader.NOT_TRANSLATED)
