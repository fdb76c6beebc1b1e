"""The language of the API's answers is that of the address, whatever middleware the project has and whatever
language a reader prefers."""

from typing import Any

import pytest
from api_client import PROBLEM, ask, read
from cache_visitor import Visitor, new_stage
from django.conf.urls.i18n import i18n_patterns
from django.core.checks import Warning as CheckWarning
from django.middleware.locale import LocaleMiddleware
from django.urls import include, path, re_path
from factories import ImageFactory, StandardPageFactory, language_homes, published_home, translated
from wagtail import urls as wagtail_urls
from wagtail.models import APIToken, Page

from techport_cms.cache.checks import check_language_middleware
from techport_cms.content.models import ContentImage, ImageAltText
from techport_cms.core import routing
from techport_cms.core.pictures import Preset
from techport_cms.headless.fragments import fragments

OURS = "techport_cms.core.middleware.PathLocaleMiddleware"
THEIRS = "django.middleware.locale.LocaleMiddleware"
PREFERENCES = ("", "nl", "en", "fr, en;q=0.5", "*")


class UnderEachLanguage:
    """A URLconf with the API at /api/ and /en/api/."""

    urlpatterns = i18n_patterns(
        path("api/", include("techport_cms.headless.urls")),
        re_path(wagtail_urls.serve_pattern, routing.serve, name="wagtail_serve"),
        prefix_default_language=False,
    )


@pytest.fixture
def theirs(settings: Any) -> None:
    """A project with Django's LocaleMiddleware, whose default language has a prefix too."""
    settings.MIDDLEWARE = [THEIRS if name == OURS else name for name in settings.MIDDLEWARE]
    settings.ROOT_URLCONF = "prefixed_urls"
    settings.TECHPORT_PRESETS = {"card": Preset(("fill-16x16",))}


def described_image() -> ContentImage:
    language_homes()
    image = ImageFactory(file__width=8, file__height=8)
    for code, text in (("nl", "Een haven"), ("en", "A harbour")):
        locale = Page.objects.filter(locale__language_code=code).first().locale  # type: ignore[union-attr]
        ImageAltText.objects.create(image=image, locale=locale, text=text)
    return image


def alt(address: str, **headers: str) -> str:
    answer = ask(address, renditions="card", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()["items"][0]["meta"]["renditions"]["card"]["alt"]


@pytest.mark.django_db
class TestBehindDjangosMiddleware:
    @pytest.mark.parametrize("preferred", PREFERENCES)
    def test_what_is_not_there_is_no_redirect(self, db: None, theirs: None, preferred: str) -> None:
        published_home()
        for address in (
            *("pages/999999/", "nothing/", "pages/999999", "resolve/?path=/nl/nergens/", "categories/a.B/1/"),
            *("/api/nothing/", "/api/", "/api/v3-preview/nothing/"),
        ):
            answer = ask(address, headers={"accept-language": preferred})
            assert answer.status_code == 404, address
            assert answer.headers["Content-Type"] == PROBLEM
            assert "Content-Language" not in answer.headers, address
            assert "Accept-Language" not in answer.headers.get("Vary", ""), address

    def test_nothing_of_v3_is_redirected(self, theirs: None, admin_user: Any) -> None:
        _, token = APIToken.create_token(user=admin_user, name="test")
        answer = ask("/api/v3-preview/pages/999999/", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 404

    def test_headers(self, theirs: None) -> None:
        page = StandardPageFactory(parent=published_home(), slug="over-ons")
        translated(page, "en", slug="about")
        for address, language in (
            ("pages/", None),
            ("pages/?locale=en", "en"),
            (f"pages/{page.pk}/", "nl"),
            ("images/", None),
            ("", None),
            ("navigation/?locale=en", "en"),
            ("resolve/?path=/en/about/", "en"),
            ("pages/?locale=xx", None),
        ):
            for method in ("GET", "HEAD", "OPTIONS"):
                answer = ask(address, method, headers={"accept-language": "en"})
                assert "Accept-Language" not in answer.headers.get("Vary", ""), address
                if method != "OPTIONS":
                    assert answer.headers.get("Content-Language") == language, address

    def test_a_304(self, theirs: None) -> None:
        page = StandardPageFactory(parent=published_home())
        for address in (f"pages/{page.pk}/", "pages/"):
            answer = ask(address)
            again = ask(address, headers={"if-none-match": answer.headers["ETag"], "accept-language": "en"})
            assert again.status_code == 304
            assert "Accept-Language" not in again.headers.get("Vary", "")
            told = [one.headers.get("Content-Language") for one in (answer, again)]
            assert told[0] == told[1]

    def test_other_reasons_to_vary_stay(self, theirs: None) -> None:
        published_home()
        answer = ask("pages/", headers={"authorization": "Bearer nonsense", "accept-language": "en"})
        assert answer.status_code == 401
        assert "Origin" in answer.headers["Vary"]

    @pytest.mark.parametrize("preferred", PREFERENCES)
    def test_the_language_of_an_image(self, theirs: None, preferred: str) -> None:
        described_image()
        assert alt("images/", **{"accept-language": preferred}) == "Een haven"

    def test_resolve_leaves_no_language_behind(self, theirs: None) -> None:
        page = StandardPageFactory(parent=published_home(), title="Over ons", slug="over-ons")
        english = translated(page, "en", title="About us", slug="about")
        found = read("resolve/?path=/en/about/")["page"]
        assert found == read(f"pages/{english.pk}/")
        assert read("resolve/?path=/")["location"] == "http://localhost/nl/"

    def test_the_cache_keeps_it(self, theirs: None, tmp_path: Any) -> None:
        published_home()
        visitor = Visitor(new_stage(tmp_path))
        for preferred, told in (("nl", "stored"), ("en", "hit")):
            assert visitor.get("/api/v2/pages/", accept_language=preferred).cached == told


@pytest.mark.django_db(transaction=True)
class TestWhatIsKept:
    """Of objects in their serialised form: the address of the API may name a language too."""

    @pytest.mark.parametrize("first", ["/api/v2/images/", "/en/api/v2/images/"])
    def test_for_each_language(self, settings: Any, theirs: None, first: str) -> None:
        settings.ROOT_URLCONF = UnderEachLanguage
        described_image()
        fragments.clear()
        alt(first)
        for preferred in PREFERENCES:
            assert alt("/api/v2/images/", **{"accept-language": preferred}) == "Een haven"
            assert alt("/en/api/v2/images/", **{"accept-language": preferred}) == "A harbour"


class WithCookie(LocaleMiddleware):
    """As a project may have it."""


class TestCheck:
    def told(self) -> list[str]:
        messages = check_language_middleware()
        assert all(isinstance(message, CheckWarning) and OURS in str(message.hint) for message in messages)
        return [str(message.id) for message in messages]

    def test_of_our_site(self) -> None:
        assert self.told() == []

    def test_where_addresses_do_not_name_the_default_language(self, settings: Any) -> None:
        settings.MIDDLEWARE = [THEIRS, *settings.MIDDLEWARE]
        assert self.told() == ["techport_cache.W001"]

    def test_a_subclass_of_it(self, settings: Any) -> None:
        settings.MIDDLEWARE = [f"{__name__}.WithCookie", *settings.MIDDLEWARE]
        assert self.told() == ["techport_cache.W001"]

    def test_where_every_address_names_its_language(self, settings: Any) -> None:
        settings.MIDDLEWARE = [THEIRS, *settings.MIDDLEWARE]
        settings.ROOT_URLCONF = "prefixed_urls"
        assert self.told() == []
