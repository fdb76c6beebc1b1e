"""Categories, topics and sectors as they come out: their `api_fields`, and their siblings elsewhere."""

from collections import defaultdict
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from wagtail.api.utils import get_full_url
from wagtail.models import Locale, TranslatableMixin

from techport_cms.core.registry import categories
from techport_cms.core.schemas import Schema, array, closed, nullable
from techport_cms.core.visibility import public_snippets

from .openapi.keys import key_schema
from .representation import Representation
from .router import api_router
from .serializers import OfInstance, PublicSerializer
from .viewsets import DeliveryViewSet

URL: Schema = {"type": "string", "format": "uri"}
LOCALE: Schema = nullable({"type": "string"})


class PrimaryKeyConverter:
    """Of anybody's models: a number, a UUID, a slug; in an address it is text, whatever is in it."""

    regex = "(?s:.*)"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: Any) -> str:
        return str(value)


class UrlField(OfInstance):
    schema = URL

    def to_representation(self, term: Model) -> str:
        return get_full_url(self.context["request"], term_path(term))


class LocaleField(OfInstance):
    schema = LOCALE

    def to_representation(self, term: Any) -> str | None:
        return term.locale.language_code if isinstance(term, TranslatableMixin) else None


class TranslationsField(OfInstance):
    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        members = {"locale": LOCALE, "id": key_schema(parent.Meta.model._meta.pk), "detail_url": URL}
        self.schema = array(closed(members))

    def to_representation(self, term: Any) -> list[dict[str, Any]]:
        return [
            {
                "locale": sibling.locale.language_code,
                "id": sibling.pk,
                "detail_url": get_full_url(self.context["request"], term_path(sibling)),
            }
            for sibling in term.public_siblings
        ]


class TermSerializer(PublicSerializer):
    detail_url = UrlField()
    locale = LocaleField()
    translations = TranslationsField()


class Terms(DeliveryViewSet):
    """Says how terms come out. No address leads here: there is one for all models."""

    base_serializer_class = TermSerializer
    router = api_router
    model = Model
    meta_fields = ["type", "detail_url", "locale", "translations"]

    @classmethod
    def load(cls, ids: list[Any], serializer_class: Any) -> list[Any]:
        """Each with `public_siblings`, those in other languages. Two queries."""
        terms: list[Any] = super().load(ids, serializer_class)
        siblings = siblings_of(serializer_class.Meta.model, terms)
        for term in terms:
            term.public_siblings = [one for one in siblings[_key(term)] if one.pk != term.pk]
        return terms


def siblings_of(model: type[Model], terms: list[Any]) -> dict[Any, list[Any]]:
    """The public ones, by translation key."""
    found: dict[Any, list[Any]] = defaultdict(list)
    if issubclass(model, TranslatableMixin):
        rows = public_terms(model).filter(translation_key__in=map(_key, terms))
        for row in rows.select_related("locale").order_by("locale__language_code"):
            found[_key(row)].append(row)
    return found


def _key(term: Any) -> Any:
    return getattr(term, "translation_key", None)


def term_models() -> dict[str, type[Model]]:
    return {model._meta.label: model for model in categories}


def public_terms(model: type[Model], locale: Locale | None = None) -> QuerySet:
    """In their own order. What has no language is of every language."""
    terms = public_snippets(model._default_manager.order_by(*(model._meta.ordering or ()), "pk"))
    if locale is not None and issubclass(model, TranslatableMixin):
        return terms.filter(locale=locale)
    return terms


def terms_json(
    model: type[Model], ids: list[Any], request: HttpRequest, values: dict[str, Any]
) -> list[bytes]:
    return Representation(Terms, model, request, values).of_ids(ids)


def term_path(term: Model) -> str:
    return reverse("wagtailapi_v2:category", args=[term._meta.label, term.pk])
