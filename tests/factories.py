"""What tests make content with: `PartnerPageFactory(parent=index, title="Voorbeeld")`.

A page without `parent` is not saved in the tree; take one of `language_homes()` or an index page.
"""

import datetime
from typing import Any, TypeVar

import factory
import wagtail_factories
from wagtail.models import Collection, Locale, Page, PageViewRestriction, Site

from faq.models import FaqCategory, FaqIndexPage, QuestionPage
from home.bootstrap import ensure_tree
from home.models import HomePage, StandardPage
from news.models import ArticlePage, NewsIndexPage, Topic
from partners.models import PartnerIndexPage, PartnerPage, Sector

AnyPage = TypeVar("AnyPage", bound=Page)


def language_homes() -> dict[str, Page]:
    """A plain home page in Dutch (the root of the default site) and its English translation."""
    dutch = Locale.objects.get_or_create(language_code="nl")[0]
    english = Locale.objects.get_or_create(language_code="en")[0]
    root = Page.get_first_root_node()
    home = root.add_child(instance=Page(title="Thuis", slug="test-home", locale=dutch))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": home})
    translated = home.copy_for_translation(english)
    translated.save_revision().publish()
    return {"nl": home, "en": translated}


def published_home() -> HomePage:
    """The Dutch home page of the default site as `ensure_tree` makes it, published."""
    home = ensure_tree()
    if home.live_revision_id is None:
        home.save_revision().publish()
    return home


def add_page(parent: Page, page: AnyPage) -> AnyPage:
    page.locale = parent.locale
    return parent.add_child(instance=page)


def translated(page: AnyPage, language: str, *, live: bool = True, **fields: Any) -> AnyPage:
    """The page's translation; what stands above it is translated too where it is not yet."""
    locale = Locale.objects.get_or_create(language_code=language)[0]
    parent = page.get_parent()
    if not parent.is_root() and not parent.has_translation(locale):
        translated(parent.specific, language)
    translation = page.copy_for_translation(locale)
    for name, value in fields.items():
        setattr(translation, name, value)
    revision = translation.save_revision()
    if live:
        revision.publish()
        translation.refresh_from_db()
    return translation


def make_private(page: Page) -> None:
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


class PageFactory(wagtail_factories.PageFactory):
    """A page in the language of its parent."""

    title = factory.Sequence(lambda number: f"Pagina {number}")

    class Meta:
        abstract = True

    @classmethod
    def _create_instance(cls, model_class: type[Page], parent: Page | None, kwargs: dict[str, Any]) -> Page:
        if parent is not None:
            kwargs.setdefault("locale", parent.locale)
        return super()._create_instance(model_class, parent, kwargs)


class StandardPageFactory(PageFactory):
    class Meta:
        model = StandardPage


class TermFactory(factory.django.DjangoModelFactory):
    name = factory.Sequence(lambda number: f"Begrip {number}")
    slug = factory.LazyAttribute(lambda term: term.name.lower().replace(" ", "-"))
    locale = factory.LazyFunction(lambda: Locale.objects.get(language_code="nl"))

    class Meta:
        abstract = True


class ImageFactory(wagtail_factories.ImageFactory):
    collection = factory.LazyFunction(Collection.get_first_root_node)


class FaqCategoryFactory(TermFactory):
    class Meta:
        model = FaqCategory


class FaqIndexPageFactory(PageFactory):
    title = "Vragen"

    class Meta:
        model = FaqIndexPage


class QuestionPageFactory(PageFactory):
    class Meta:
        model = QuestionPage


class SectorFactory(TermFactory):
    class Meta:
        model = Sector


class PartnerIndexPageFactory(PageFactory):
    title = "Partners"

    class Meta:
        model = PartnerIndexPage


class PartnerPageFactory(PageFactory):
    class Meta:
        model = PartnerPage


class TopicFactory(TermFactory):
    class Meta:
        model = Topic


class NewsIndexPageFactory(PageFactory):
    title = "Nieuws"

    class Meta:
        model = NewsIndexPage


class ArticlePageFactory(PageFactory):
    date = datetime.date(2025, 5, 22)

    class Meta:
        model = ArticlePage
