"""The objects that a channel can keep a copy of: which are public now, and where each is fetched.

A kind of object answers two questions: which of these (known), and which after this one (walk). The
second is for who has nothing yet and goes through all there is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from wagtail.api.utils import get_full_url
from wagtail.contrib.redirects.models import Redirect
from wagtail.coreutils import get_content_languages
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, Site, TranslatableMixin, get_page_models

from techport_cms.changes.log import BATCH
from techport_cms.core.delivery import type_of
from techport_cms.core.keys import key_json
from techport_cms.core.registry import categories
from techport_cms.core.visibility import (
    public_documents,
    public_images,
    public_pages,
    public_redirects,
    public_snippets,
)

from .redirects import Redirects
from .router import api_router
from .sites import site_query

PAGE, IMAGE, DOCUMENT, REDIRECT, FRAME = "page", "image", "document", "redirect", "frame"
FRAME_TYPES = ("navigation", "site")


@dataclass(frozen=True)
class Key:
    """Tells objects apart. `locale` is a language code, "" for what has no language."""

    type: str
    id: int | str
    locale: str = ""


@dataclass(frozen=True)
class Object:
    key: Key
    path: str  # in the API
    translation_key: Any = None

    def json(self, request: HttpRequest) -> dict[str, Any]:
        return object_json(self.key, self.translation_key, get_full_url(request, self.path))


def object_json(key: Key, translation_key: Any, detail_url: str | None) -> dict[str, Any]:
    return {
        "type": key.type,
        "id": key.id,
        "translation_key": str(translation_key) if translation_key else None,
        "locale": key.locale or None,
        "detail_url": detail_url,
    }


@dataclass(frozen=True)
class Wanted:
    """What is listed; empty: everything. An object without a language is of every language."""

    types: tuple[str, ...] = ()
    locale: str = ""

    def __contains__(self, key: Key) -> bool:
        return self.has_type(key.type) and key.locale in ("", self.locale or key.locale)

    @property
    def is_everything(self) -> bool:
        return not self.types and not self.locale

    def has_type(self, name: str) -> bool:
        return not self.types or name in self.types

    def rows_of(self, queryset: QuerySet) -> QuerySet:
        """Those in the wanted language, with it."""
        if not issubclass(queryset.model, TranslatableMixin):
            return queryset
        rows = queryset.select_related("locale")
        return rows.filter(locale__language_code=self.locale) if self.locale else rows


class Rows:
    """Objects that are rows of a table; `public` are those that anybody may see now, where `is_shown`
    says so of the row too."""

    def __init__(
        self,
        public: QuerySet,
        path: Callable[[Any], str],
        type_name: Callable[[Any], str],
        is_shown: Callable[[Any], bool] = lambda row: True,
    ) -> None:
        self.public = public
        self.is_shown = is_shown
        self.path = path
        self.type_name = type_name

    def known(self, keys: Iterable[Key]) -> list[Object]:
        rows = self.public.filter(pk__in=[key.id for key in keys])
        return [self._object(row) for row in rows if self.is_shown(row)]

    def walk(self, after: Any, limit: int) -> list[tuple[Any, Object]]:
        """Each with its position. `after` None: from the beginning."""
        found: list[tuple[Any, Object]] = []
        size = limit
        while len(found) < limit:
            rest = self.public if after is None else self.public.filter(pk__gt=after)
            rows = list(rest.order_by("pk")[:size])
            found += [(row.pk, self._object(row)) for row in rows if self.is_shown(row)]
            if len(rows) < size:
                break
            after, size = rows[-1].pk, BATCH  # many in a row may not be shown
        return found[:limit]

    def _object(self, row: Any) -> Object:
        locale = row.locale.language_code if isinstance(row, TranslatableMixin) else ""
        key = Key(self.type_name(row), key_json(row.pk), locale)
        return Object(key, self.path(row), getattr(row, "translation_key", None))


class Frame:
    """Navigation and settings of a site: an object per language, whose id is that of the site."""

    def __init__(self, site: Site, wanted: Wanted) -> None:
        self.site = site
        self.objects = [Object(key, self._path(key)) for key in self.keys(FRAME_TYPES) if key in wanted]

    def keys(self, types: Iterable[str]) -> list[Key]:
        return [Key(name, self.site.pk, code) for name in types for code in get_content_languages()]

    def known(self, keys: Iterable[Key]) -> list[Object]:
        wanted = set(keys)
        return [one for one in self.objects if one.key in wanted]

    def walk(self, after: Any, limit: int) -> list[tuple[Any, Object]]:
        return list(enumerate(self.objects))[0 if after is None else after + 1 :][:limit]

    def _path(self, key: Key) -> str:
        query = {"locale": key.locale, **site_query(self.site)}
        return f"{reverse(f'wagtailapi_v2:{key.type}')}?{urlencode(query)}"


Kind = Rows | Frame


def kinds(site: Site, wanted: Wanted, request: HttpRequest) -> dict[str, Kind]:
    """All of them that are wanted, by name, in the order in which who has nothing yet is told."""
    found: dict[str, Kind] = {PAGE: Rows(_pages(site, wanted), _detail, type_of)}
    for model in categories:
        rows = wanted.rows_of(public_snippets(model._default_manager.all()))
        found[model._meta.label] = Rows(rows, _category, _label)
    found[IMAGE] = Rows(public_images().only("pk"), _detail, _label)
    found[DOCUMENT] = Rows(public_documents().only("pk"), _detail, _label)
    redirects = public_redirects(Redirect.get_for_site(site)).only(
        "old_path", "redirect_link", "redirect_page"
    )
    is_shown = Redirects(site, request).leads_to_public
    found[REDIRECT] = Rows(redirects, partial(_resolve, site), lambda redirect: REDIRECT, is_shown)
    found[FRAME] = Frame(site, wanted)
    return {name: kind for name, kind in found.items() if any(map(wanted.has_type, types_of(name)))}


def all_types() -> list[str]:
    names = [PAGE, *(model._meta.label for model in categories), IMAGE, DOCUMENT, REDIRECT, FRAME]
    return [label for name in names for label in types_of(name)]


def types_of(kind: str) -> list[str]:
    """The types of object, as `type` says them, of this kind."""
    match kind:
        case "page":
            return [model._meta.label for model in get_page_models()]
        case "image":
            return [get_image_model()._meta.label]
        case "document":
            return [get_document_model()._meta.label]
        case "frame":
            return list(FRAME_TYPES)
    return [kind]


def _pages(site: Site, wanted: Wanted) -> QuerySet:
    models = [model for model in get_page_models() if model._meta.label in wanted.types]
    pages = Page.objects.exact_type(*models) if models else Page.objects.all()
    public = wanted.rows_of(public_pages(pages, site=site))
    return public.only("content_type", "translation_key", "locale__language_code")


def _detail(row: Model) -> str:
    return api_router.get_object_detail_urlpath(type(row), row.pk) or ""


def _category(row: Model) -> str:
    return reverse("wagtailapi_v2:category", args=[row._meta.label, row.pk])


def _resolve(site: Site, redirect: Redirect) -> str:
    query = {"path": redirect.old_path, **site_query(site)}
    return f"{reverse('wagtailapi_v2:resolve')}?{urlencode(query)}"


def _label(row: Model) -> str:
    return row._meta.label
