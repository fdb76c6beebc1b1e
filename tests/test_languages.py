"""One page in several languages: switch, hreflang, canonical, addresses, errors."""

import pytest
from django.utils import translation
from factories import translated
from made_once import made_once
from wagtail.models import Page, PageViewRestriction

from faq.models import FaqIndexPage, QuestionPage
from home.bootstrap import ensure_tree
from techport_cms.core.references import preloaded, public_pages_by_id
from techport_cms.core.visibility import is_public, public_pages

pytestmark = pytest.mark.django_db


@made_once
def home():
    home = ensure_tree()
    home.save_revision().publish()
    return home


@made_once
def faq(home) -> FaqIndexPage:
    return home.add_child(instance=FaqIndexPage(title="Vragen", slug="vragen", locale=home.locale))


@made_once
def question(faq) -> QuestionPage:
    return faq.add_child(
        instance=QuestionPage(title="Wat is dat?", slug="wat-is-dat", locale=faq.locale, answer=[])
    )


def test_each_language_names_itself_and_the_others(client, home, faq, question) -> None:
    english = translated(question, "en", title="What is that?", slug="what-is-that")
    for page, code in ((question, "nl"), (english, "en")):
        html = client.get(page.url).content.decode()
        assert f'<html lang="{code}">' in html
        assert f'rel="canonical" href="{page.full_url}"' in html
        assert f'hreflang="nl" href="{question.full_url}"' in html
        assert f'hreflang="en" href="{english.full_url}"' in html
        assert f'hreflang="x-default" href="{question.full_url}"' in html


def test_without_a_translation_the_switch_leads_to_the_page_above_and_says_so(client, faq, question) -> None:
    english_faq = translated(faq, "en", title="Questions", slug="questions")
    html = client.get(question.url).content.decode()
    assert 'rel="alternate" hreflang="en"' not in html
    assert f'href="{english_faq.full_url}"' in html
    assert "not translated, leads to “Questions”" in html


def test_a_draft_translation_is_nobodys_business(client, home, faq) -> None:
    translated(faq, "en", title="Secret draft", slug="secret-draft", live=False)
    html = client.get(faq.url).content.decode()
    assert "secret-draft" not in html
    assert "Secret draft" not in html
    assert client.get("/en/secret-draft/").status_code == 404


def test_a_language_without_a_home_page_is_not_there(client, home) -> None:
    assert client.get("/en/").status_code == 404


@pytest.mark.parametrize(
    ("path", "language", "sentence"),
    [
        ("/bestaat-niet/", "nl", "Deze pagina is er niet"),
        ("/en/does-not-exist/", "en", "This page is not here"),
    ],
)
def test_not_found_in_the_language_of_the_address(client, home, path, language, sentence) -> None:
    response = client.get(path, headers={"Accept-Language": "fr"})
    assert response.status_code == 404
    assert f'<html lang="{language}">' in response.content.decode()
    assert sentence in response.content.decode()
    assert response["Content-Language"] == language


def test_the_browsers_language_changes_nothing(client, home) -> None:
    response = client.get("/", headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "nl"
    assert "Accept-Language" not in response.get("Vary", "")


@pytest.mark.parametrize("path", ["/api/", "/api/v2/nothing/", "/api/v2/pages/999999/", "/api/x"])
def test_the_api_never_redirects_to_a_language(client, path) -> None:
    response = client.get(path, headers={"Accept-Language": "en"})
    assert response.status_code == 404
    assert "json" in response["Content-Type"]


def test_routing_costs_the_same_at_any_depth(rf, home, faq, question, django_assert_num_queries) -> None:
    from wagtail.models import Site

    from techport_cms.core.routing import find_route

    site = Site.objects.get()
    find_route(site, "nl", "", rf.get("/"))  # warms the root paths and content types
    for path, page in (("", home), ("vragen/", faq), ("vragen/wat-is-dat/", question)):
        with django_assert_num_queries(2):
            assert find_route(site, "nl", path, rf.get("/")).page == page
    assert find_route(site, "nl", "vragen/onzin/", rf.get("/")) is None
    assert find_route(site, "nl", "onzin/wat-is-dat/", rf.get("/")) is None


def test_public_is_live_and_under_no_restriction(home, faq, question) -> None:
    assert set(public_pages().filter(depth__gt=1)) >= {
        Page.objects.get(pk=p.pk) for p in (home, faq, question)
    }
    restriction = PageViewRestriction.objects.create(page=faq, restriction_type=PageViewRestriction.LOGIN)
    assert not public_pages().filter(pk__in=[faq.pk, question.pk]).exists()
    assert not is_public(question)
    assert is_public(home)
    restriction.delete()
    question.unpublish()
    assert not public_pages().filter(pk=question.pk).exists()


def test_a_reference_leads_to_the_readers_language_or_nowhere(home, faq, question) -> None:
    english_home = translated(home, "en", title="Home", slug="home-en")
    question.unpublish()
    with translation.override("en"):
        found = public_pages_by_id([home.pk, faq.pk, question.pk, 10**6])
    assert found[home.pk].pk == english_home.pk
    assert found[faq.pk].pk == faq.pk
    assert found[question.pk] is None
    assert found[10**6] is None


def test_preloaded_references_cost_nothing(home, faq, django_assert_num_queries) -> None:
    with preloaded([home.pk, faq.pk]), django_assert_num_queries(0):
        public_pages_by_id([home.pk])
        public_pages_by_id([faq.pk, home.pk])
