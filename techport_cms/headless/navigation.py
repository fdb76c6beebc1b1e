"""GET /api/v2/navigation/ : main and footer navigation as trees, see core.registry.navigation."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import classproperty
from django.utils.translation import override

from techport_cms.core.registry import ProviderRegistry, navigation
from techport_cms.core.schemas import Schema

from .endpoints import Endpoint, json_answer
from .http import pinned
from .parameters import LOCALE, Parameter
from .sites import SITE, site_of


class OfSite(Endpoint):
    """What the providers of a registry tell of a site, in one language: that of its home page
    unless `locale` says another. What is not published in a language comes in the default one."""

    registry: ProviderRegistry
    parameters: Sequence[Parameter] = (LOCALE, SITE)

    @classproperty
    def answer(cls) -> Schema:  # noqa: N805 - a property of the class
        properties = {
            name: member
            for schema in cls.registry.schemas()
            for name, member in schema.get("properties", {}).items()
        }
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def read(self, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
        pinned(request)
        site = site_of(request, values)
        locale = values.get("locale") or site.root_page.locale
        with override(locale.language_code):
            return json_answer(self.registry.collect(site, locale), locale=locale)


class Navigation(OfSite):
    summary = "Main and footer navigation"
    registry = navigation
