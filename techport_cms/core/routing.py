"""From a path to a page that a visitor may see, in two queries at any depth.

Wagtail's own routing asks twice per level of the tree and, where a language has no home page,
serves the default language under that language's address. Here the language's own tree is the
only one that is looked at.
"""

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils.translation import get_language, get_language_from_path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from wagtail.coreutils import get_supported_content_language_variant
from wagtail.models import Page, PageQuerySet, Site
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from .kept import kept
from .languages import ancestors_of
from .prepared import Parameter, padded, parameters, prepared
from .public_forms import only_from_this_site
from .references import UNREAD, expect_pages
from .sites import home_address, root_paths
from .visibility import is_restricted


def root_path(site: Site, language: str) -> str | None:
    """The `url_path` of the home page of this site in this language; None without one."""
    try:
        code = get_supported_content_language_variant(language)
    except LookupError:  # "EN", which Django takes for a language of the path
        return None
    for root in root_paths():
        if root.site_id == site.pk and root.language_code == code:
            return root.root_path
    return None


def url_path_at(site: Site, path: str) -> str | None:
    """The Page.url_path that this address (`/en/faq/`) leads to, whether there is such a page or not;
    None where the site has no home page in the language of the address."""
    language, rest = split_language(path)
    root, below = root_path(site, language), below_home(language, rest)
    if root is None or below is None:
        return None
    below = below.strip("/")
    return f"{root}{below}/" if below else root


def below_home(language: str, path: str) -> str | None:
    """What is left of this path (relative to that of the language) where the project's URLs have the pages
    below a path of their own (`site/`); None outside it."""
    mount = kept(("mount", language), lambda: split_language(_mounted(language))[1])
    beginning = f"{path.rstrip('/')}/"
    return path[len(mount) :] if not mount or beginning.startswith(mount) else None


def _mounted(language: str) -> str:
    """The address of the home page without what the server puts before every path (SCRIPT_NAME)."""
    return "/" + home_address(language).removeprefix(get_script_prefix())


def split_language(path: str) -> tuple[str, str]:
    """("en", "partners/") of "/en/partners/": the language of an address, and the path below its home page.

    An address that names no language is of the default one; that one is named only where the site's
    `i18n_patterns` say so.
    """
    rest = path.lstrip("/")
    named = get_language_from_path(f"/{rest}")
    _used, default_is_named = is_language_prefix_patterns_used(settings.ROOT_URLCONF)
    if named is None or (named == settings.LANGUAGE_CODE and not default_is_named):
        return settings.LANGUAGE_CODE, rest
    return named, rest.partition("/")[2]


def find_route(site: Site, language: str, path: str, request: HttpRequest) -> RouteResult | None:
    """The page at this path (relative to the language's home page), as Wagtail's routing gives it.

    The route's page carries its ancestors, so that breadcrumbs cost no query, and knows where
    nothing restricts it, which Wagtail would ask in two more.
    """
    root = root_path(site, language)
    if root is None:
        return None
    parts = [part for part in path.split("/") if part]
    url_paths = [root + "".join(f"{part}/" for part in parts[:n]) for n in range(len(parts) + 1)]
    values = padded(url_paths)
    slugs = [url_path.strip("/").rpartition("/")[2] for url_path in values]
    chain = prepared(_pages_at, len(values))(*values, *slugs)
    if not chain:
        return None
    page = _specific(chain[-1])
    page.locale = chain[-1].locale
    page.routed_ancestors = chain[:-1]
    page.known_unrestricted = _is_known_unrestricted(chain)
    try:
        return page.route(request, parts[len(chain) - 1 :])
    except Http404:
        return None


def _pages_at(number: int) -> PageQuerySet:
    """Parameters: so many url_paths, and the slug in which each ends: Wagtail has no index on url_path."""
    url_paths = parameters(number, Page._meta.get_field("url_path"))
    slugs = parameters(number, Page._meta.get_field("slug"), number)
    pages = Page.objects.filter(url_path__in=url_paths, slug__in=slugs).annotate(
        is_restricted=is_restricted()
    )
    return pages.select_related("locale").defer(*UNREAD).order_by("depth")


def _specific(page: Page) -> Page:
    """The page as its own type, with the relations that the type's `shown_relations` names."""
    model = page.specific_class
    if not getattr(model, "shown_relations", ()):
        return page.specific
    found = prepared(_with_relations, model)(page.pk)
    if not found:
        raise model.DoesNotExist  # deleted since
    return found[0]


def _with_relations(model: type[Page]) -> PageQuerySet:
    pages = model._default_manager.select_related(*model.shown_relations)
    return pages.filter(pk=Parameter(0, Page._meta.pk))


def _is_known_unrestricted(chain: list[Page]) -> bool:
    # An alias is under the restrictions of what it is an alias of, which may be an alias too; and
    # what stands above the home page is in no chain but for the root of all, which is no alias.
    complete = len(chain) == chain[-1].depth - 1
    return complete and not any(page.alias_of_id or page.is_restricted for page in chain)


@csrf_exempt  # for the middleware, which cannot know the page; every page is protected below
def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's page view behind the routing above; for `wagtail_serve` in urls.py.

    A page whose type declares `cookieless_form` is protected by where the request comes from
    (see public_forms), every other one by Django's CSRF token.
    """
    site = Site.find_for_request(request)
    route = find_route(site, get_language() or "", path, request) if site else None
    if route is not None:
        expect_pages(translations_of=[route.page, *ancestors_of(route.page)])
    # Where Wagtail keeps the route of a request: its own view, redirects and user bar read it.
    request._wagtail_route_for_request = route  # type: ignore[attr-defined]
    cookieless = route is not None and getattr(route.page, "cookieless_form", False)
    return (_serve_cookieless if cookieless else _serve_with_token)(request, path)


_serve_cookieless = only_from_this_site(wagtail_serve)
_serve_with_token = csrf_protect(wagtail_serve)
