"""Where each page type may be made: staff cannot build a broken tree."""

import pytest
from django.test import Client
from django.urls import reverse
from factories import published_home
from wagtail.models import Page, Site, get_page_models

from home.models import HomePage, JoinPage, StandardPage

TYPES = {model._meta.label: model for model in get_page_models() if model is not Page}
BELOW = {
    "wagtailcore.Page": ["home.HomePage"],
    "home.HomePage": [
        "faq.FaqIndexPage",
        "home.JoinPage",
        "home.StandardPage",
        "news.NewsIndexPage",
        "partners.PartnerIndexPage",
    ],
    "home.StandardPage": ["home.StandardPage"],
    "home.JoinPage": [],
    "faq.FaqIndexPage": ["faq.QuestionPage"],
    "faq.QuestionPage": [],
    "partners.PartnerIndexPage": ["partners.PartnerPage"],
    "partners.PartnerPage": [],
    "news.NewsIndexPage": ["news.ArticlePage"],
    "news.ArticlePage": [],
}


@pytest.mark.parametrize("parent", TYPES)
def test_what_may_stand_below_each_type(parent: str) -> None:
    allowed = {model._meta.label for model in TYPES[parent].allowed_subpage_models()}
    assert sorted(allowed & TYPES.keys()) == BELOW[parent]


@pytest.mark.django_db
def test_nothing_but_a_home_page_stands_at_the_root() -> None:
    home = published_home()
    Site.objects.create(hostname="tweede.example", root_page=home)  # has no home page of its own yet
    root = home.get_parent()
    assert [label for label, model in TYPES.items() if model.can_create_at(root)] == ["home.HomePage"]


@pytest.mark.django_db
def test_one_home_page_for_each_language_and_one_index_of_each_kind() -> None:
    home = published_home()
    assert not HomePage.can_create_at(home.get_parent())
    for label in BELOW["home.HomePage"]:
        model = TYPES[label]
        page = model(title=label, slug=label.replace(".", "-").lower(), locale=home.locale)
        if isinstance(page, JoinPage):
            page.purpose_notice = "Een jaar bewaard"
        home.add_child(instance=page)
        assert model.can_create_at(home) == (not label.endswith("IndexPage"))


@pytest.mark.django_db
def test_the_admin_offers_no_more_than_that(admin_client: Client) -> None:
    home = published_home()
    page = home.add_child(instance=StandardPage(title="Over ons", slug="over-ons", locale=home.locale))
    wrong = reverse("wagtailadmin_pages:add", args=["faq", "questionpage", page.pk])
    assert admin_client.get(wrong).status_code == 302
    right = reverse("wagtailadmin_pages:add", args=["home", "standardpage", page.pk])
    assert admin_client.get(right).status_code == 200
