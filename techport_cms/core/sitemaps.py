"""The sitemap of a site: the pages of every language, each with its translations.

Wagtail's own walks the default language's tree only, and knows no alternates.
"""

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import InvalidPage
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from wagtail.models import Page, PageQuerySet, Site

from .visibility import public_pages

CONTENT_TYPE = "application/xml; charset=utf-8"


class PageSitemap(Sitemap):
    """The public pages of one site in all languages; aliases are their source's business."""

    limit = 50_000  # what sitemaps.org allows a file

    def __init__(self, site: Site, request: HttpRequest) -> None:
        self.site = site
        self.request = request

    def items(self) -> PageQuerySet:
        pages = public_pages(Page.objects.filter(alias_of=None), site=self.site)
        return pages.select_related("locale").order_by("path")

    def get_urls(
        self, page: int | str = 1, site: Any = None, protocol: str | None = None
    ) -> list[dict[str, Any]]:
        """What Django's template sitemap.xml shows. Two queries and the paginator's count."""
        pages = list(self.paginator.page(page).object_list)
        alternates = self._alternates([item.translation_key for item in pages])
        urls = []
        for item in pages:
            if location := item.get_full_url(self.request):
                urls.append(
                    {
                        "location": location,
                        "lastmod": item.last_published_at,
                        "alternates": alternates[item.translation_key],
                    }
                )
        return urls

    def _alternates(self, keys: list[Any]) -> dict[Any, list[dict[str, str]]]:
        """For each translation key the addresses by language, x-default last."""
        by_key: dict[Any, dict[str, str]] = defaultdict(dict)
        for page in self.items().filter(translation_key__in=keys):
            if url := page.get_full_url(self.request):
                by_key[page.translation_key][page.locale.language_code] = url
        return {
            key: [
                *({"lang_code": code, "location": url} for code, url in urls.items()),
                {
                    "lang_code": "x-default",
                    "location": urls.get(settings.LANGUAGE_CODE) or next(iter(urls.values())),
                },
            ]
            for key, urls in by_key.items()
        }


def sitemap(request: HttpRequest) -> HttpResponse:
    """/sitemap.xml: the pages, or an index of `?p=1`, `?p=2` … where they are too many for one file."""
    site = Site.find_for_request(request)
    if site is None:
        raise Http404
    pages = PageSitemap(site, request)
    number = request.GET.get("p")
    if number is None and pages.paginator.num_pages > 1:
        address = request.build_absolute_uri(request.path)
        files = [{"location": f"{address}?{urlencode({'p': n})}"} for n in pages.paginator.page_range]
        return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": files}, content_type=CONTENT_TYPE)
    try:
        urls = pages.get_urls(number or 1)
    except InvalidPage:
        raise Http404 from None
    return TemplateResponse(request, "sitemap.xml", {"urlset": urls}, content_type=CONTENT_TYPE)
