"""What the site answers besides its pages."""

import posixpath
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.models import Page, Site

from techport_cms.core.kept import kept
from techport_cms.core.languages import address_language
from techport_cms.core.routing import root_path
from techport_cms.core.search import MOST_WORDS, excerpt, searched_text, words_of
from techport_cms.core.specific import specific_pages
from techport_cms.core.visibility import searchable_pages

from .frame import site_frame

MAX_QUERY_LENGTH = 200  # characters; nobody types more
RESULTS_PER_PAGE = 10
SECURITY_TXT_LIFETIME = timedelta(days=180)  # RFC 9116 advises less than a year


@dataclass(frozen=True)
class SearchResult:
    title: str
    url: str
    type: str  # the name of the page type, in the reader's language
    excerpt: str


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:MAX_QUERY_LENGTH]
    words = words_of(query)[:MOST_WORDS]
    found = _public_pages_here(request).search(" ".join(words)) if words else []
    results = Paginator(found, RESULTS_PER_PAGE).get_page(request.GET.get("p"))
    pages = specific_pages(results.object_list)
    results.object_list = [_search_result(page, query, request) for page in pages]
    return render(request, "search.html", {"query": query, "results": results})


def _public_pages_here(request: HttpRequest):
    """The public pages of this site in the active language, as a queryset that can be searched."""
    site = Site.find_for_request(request)
    root = root_path(site, translation.get_language() or settings.LANGUAGE_CODE) if site else None
    home = kept(("place of", root), lambda: _place_of(root)) if root else None
    return searchable_pages(home) if home else Page.objects.none()


def _place_of(url_path: str) -> str | None:
    """Page.path of the page there. Wagtail has an index on slugs, and none on url_path."""
    slug = url_path.strip("/").rpartition("/")[2]
    return Page.objects.filter(url_path=url_path, slug=slug).values_list("path", flat=True).first()


def _search_result(page: Page, query: str, request: HttpRequest) -> SearchResult:
    return SearchResult(
        title=page.title,
        url=page.get_url(request) or "",
        type=str(page._meta.verbose_name),
        excerpt=page.search_description or excerpt(searched_text(page), query),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def page_gone(request: HttpRequest) -> HttpResponse:
    return render(request, "410.html", status=410)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent from elsewhere, or without its token. `reason` is for developers."""
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    # Nothing here asks the database, which may be what is broken; nor is it sure how far the
    # middleware came, so the language is asked of the path once more.
    with translation.override(address_language(request.path_info)):
        home_url = reverse("wagtail_serve", args=[""])
        return HttpResponse(get_template("500.html").render({"home_url": home_url}), status=500)


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """An uploaded file, but no document: /documents/ asks who may read it."""
    path = posixpath.normpath(path).lstrip("/")
    if path.startswith("documents/"):
        raise Http404
    return serve(request, path, document_root=str(settings.MEDIA_ROOT))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Allow: /", "", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}"]
    return _plain_text(lines)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """RFC 9116. Not there while the site settings name no e-mail address: Contact is required."""
    contact = site_frame(request).settings.contact_email
    if not contact:
        raise Http404
    expires = (timezone.now() + SECURITY_TXT_LIFETIME).strftime("%Y-%m-%dT00:00:00Z")
    return _plain_text(
        [
            f"Contact: mailto:{contact}",
            f"Expires: {expires}",
            f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
            f"Canonical: {request.build_absolute_uri(request.path)}",
        ]
    )


def _plain_text(lines: list[str]) -> HttpResponse:
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
