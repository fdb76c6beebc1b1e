"""Pages: Wagtail's v2 endpoint, complete, strict and in a fixed number of queries."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from wagtail.api.v2.filters import (
    AncestorOfFilter,
    ChildOfFilter,
    DescendantOfFilter,
    TranslationOfFilter,
)
from wagtail.api.v2.utils import BadRequestError, page_models_from_string
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.models import Locale, Page, PageQuerySet, Site

from techport_cms.core.channels import channel_names, for_channel
from techport_cms.core.references import public_translations
from techport_cms.core.routing import below_home, find_route, split_language
from techport_cms.core.search import excerpt, highlighted, searched_text
from techport_cms.core.specific import specific_pages
from techport_cms.core.together import shared
from techport_cms.core.translation_state import StatusLoader
from techport_cms.core.visibility import public_pages

from .access import caller
from .filters import FieldsFilter, IdGuard, LocaleFilter, OrderingFilter, SearchFilter
from .parameters import LOCALE, Parameter, locale, one_of
from .serializers import PublicPageSerializer
from .sites import SITE
from .viewsets import DeliveryViewSet

ADDED_META = ["last_published_at", "breadcrumbs", "translations", "translation"]
FALLBACK = Parameter(
    "fallback",
    "With `locale`: the language in which a page comes that is not there in the wanted one.",
    {"type": "string"},
    locale,
)


def _channel(text: str) -> str:
    return one_of(channel_names())(text)


CHANNEL = Parameter("channel", "Only what staff mean for this channel.", {"type": "string"}, _channel)


OURS = frozenset({"fallback", "channel"})


class PagesEndpoint(DeliveryViewSet, PagesAPIViewSet):
    base_serializer_class = PublicPageSerializer
    filter_backends = [
        IdGuard,
        FieldsFilter,
        ChildOfFilter,
        AncestorOfFilter,
        DescendantOfFilter,
        OrderingFilter,
        TranslationOfFilter,
        LocaleFilter,
        SearchFilter,
    ]
    known_query_parameters = (
        DeliveryViewSet.known_query_parameters | PagesAPIViewSet.known_query_parameters | OURS
    )
    find_query_parameters = PagesAPIViewSet.find_query_parameters
    detail_query_parameters = DeliveryViewSet.detail_query_parameters | {"site", "channel"}
    parameters = (*DeliveryViewSet.parameters, LOCALE, FALLBACK, CHANNEL, SITE)
    meta_fields = [*PagesAPIViewSet.meta_fields, *ADDED_META]
    listing_default_fields = [*PagesAPIViewSet.listing_default_fields, *ADDED_META]
    default_order = "path"  # as the pages stand in the tree
    surrogate_key = "page"

    # Which pages

    def get_base_queryset(self, model: type[Page] = Page) -> PageQuerySet:
        """The public pages of the site that is asked for; of all sites for one page by its id, which may
        be one that the caller knows the password of."""
        passed = caller(self.request._request).passed if self.action == "detail_view" else ()
        site = self.values.get("site")
        if site is None and self.action == "listing_view":
            site = Site.find_for_request(self.request._request)
            if site is None:
                return model._default_manager.none()
        return public_pages(model._default_manager.all(), passed, site)

    @property
    def site_id(self) -> int | None:  # type: ignore[override]
        site = self._site()
        return site.pk if site else None

    def _site(self) -> Site | None:
        """The one that is asked for, else the request's."""
        return self.values.get("site") or Site.find_for_request(self.request._request)

    def get_queryset(self) -> PageQuerySet:
        """Those of them that come out. The pages that a filter names (`child_of`) may be any of the base."""
        models = self._models()
        queryset = self.get_base_queryset(models[0] if len(models) == 1 else Page)
        if len(models) > 1:
            queryset = queryset.type(*models)
        if "channel" in self.values:
            queryset = for_channel(queryset, self.values["channel"])
        return queryset.select_related("locale")

    def _models(self) -> tuple[type[Page], ...]:
        text = self.request.GET.get("type") if self.action == "listing_view" else None
        try:
            return page_models_from_string(text) if text else ()
        except (LookupError, ValueError) as error:
            raise BadRequestError("type doesn't exist") from error

    def get_object(self) -> Page:
        """The row only: its own type is loaded where it is not kept in its serialised form."""
        return super(PagesAPIViewSet, self).get_object()

    def get_root_page(self) -> Page:
        site = self._site()
        if site is None:
            raise BadRequestError("there is no site")
        return site.root_page

    def find_object(self, queryset: QuerySet, request: Request) -> Page | None:
        """The page at a path of any language of the request's site (or the one that `site` names)."""
        if "html_path" not in request.GET:
            return super().find_object(queryset, request)
        page = page_at(request._request, request.GET["html_path"], self._site())
        return page if page is not None and queryset.filter(pk=page.pk).exists() else None

    def highlights(self, ids: list[int], query: str) -> dict[str, str]:
        pages = specific_pages(Page.objects.filter(pk__in=ids))
        texts = {page.pk: excerpt(searched_text(page), query) for page in pages}
        return {str(pk): highlighted(text, query) for pk, text in texts.items()}

    # How they come out

    @classmethod
    def variant(cls, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return (*super().variant(values), fallback_for(values))

    @classmethod
    def extra_context(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"fallback_for": fallback_for(values)}

    @classmethod
    def announce(cls, objects: list[Page], serializer_class: Any) -> None:
        super().announce(objects, serializer_class)
        shared(StatusLoader).expect([*objects, *public_translations(objects).values()])

    def answer_list(self, page: Any, items: list[bytes]) -> Any:
        response = super().answer_list(page, items)
        if "locale" in self.values and "fallback" not in self.values:
            response.headers["Content-Language"] = self.values["locale"].language_code
        return response

    def answer_detail(self, instance: Page, item: bytes) -> Any:
        response = super().answer_detail(instance, item)
        response.headers["Content-Language"] = instance.locale.language_code
        return response


def fallback_for(values: Mapping[str, Any]) -> Locale | None:
    """The language that was wanted, where another one will do."""
    return values.get("locale") if "fallback" in values else None


def page_at(request: Any, path: str, site: Site | None) -> Page | None:
    """The page that the website answers with at this path of a site, public or not."""
    if site is None:
        return None
    code, rest = split_language(path)
    below = below_home(code, rest)
    route = find_route(site, code, below, request) if below is not None else None
    return route.page if route else None
