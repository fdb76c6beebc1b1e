"""The least that a site needs before anything can be edited: locales, a home page, a site."""

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from home.models import HomePage


@transaction.atomic
def ensure_tree() -> HomePage:
    """Make what is missing of it; return the home page of the default site in the default language.

    Wagtail's own "Welcome" page is replaced while nobody has built on it; what people made stays.
    """
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    current = site.root_page.specific if site else None
    if isinstance(current, HomePage):
        return current
    home = _make_home()
    if site is None:
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    else:
        site.root_page = home
        site.save()
    if current is not None and _is_welcome_page(current):
        current.delete()
    return home


def _make_home() -> HomePage:
    locale = Locale.objects.get(language_code=settings.LANGUAGE_CODE)
    slug = f"home-{locale.language_code}"  # "home" is the Welcome page's
    home = HomePage(
        title=settings.WAGTAIL_SITE_NAME, slug=slug, locale=locale, purpose=settings.WAGTAIL_SITE_NAME
    )
    return Page.get_first_root_node().add_child(instance=home)


def _is_welcome_page(page: Page) -> bool:
    return type(page) is Page and page.is_leaf() and page.latest_revision_id is None
