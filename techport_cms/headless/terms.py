"""Categories, topics and sectors as they come out: their `api_fields`, and their siblings elsewhere."""

from collections import defaultdict
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from rest_framework import fields
from rest_framework.fields import Field
from wagtail.api.utils import get_full_url
from wagtail.models import Locale, TranslatableMixin

from techport_cms.core.registry import categories
from techport_cms.core.schemas import Schema, array, closed, nullable
from techport_cms.core.visibility import public_snippets

from .representation import Representation, make_serializer_class
from .router import api_router
from .serializers import OfInstance, PublicSerializer
from .viewsets import DeliveryViewSet

URL: Schema = {"type": "string", "format": "uri"}
LOCALE: Schema = nullable({"type": "string"})
TRANSLATION: Schema = closed({"locale": LOCALE, "id": {"type": "integer"}, "detail_url": URL})
ANYTHING: Schema = {"type": ["array", "boolean", "null", "number", "object", "string"]}
SCHEMAS: dict[type[Field], Schema] = {
    fields.CharField: {"type": "string"},
    fields.ChoiceField: {"type": "string"},
    fields.IntegerField: {"type": "integer"},
    fields.FloatField: {"type": "number"},
    fields.BooleanField: {"type": "boolean"},
    fields.DateField: {"type": "string", "format": "date"},
    fields.DateTimeField: {"type": "string", "format": "date-time"},
}


class UrlField(OfInstance):
    def to_representation(self, term: Model) -> str:
        return get_full_url(self.context["request"], term_path(term))


class LocaleField(OfInstance):
    def to_representation(self, term: Any) -> str | None:
        return term.locale.language_code if isinstance(term, TranslatableMixin) else None


class TranslationsField(OfInstance):
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
    def load(cls, ids: list[int], serializer_class: Any) -> list[Any]:
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
    model: type[Model], ids: list[int], request: HttpRequest, values: dict[str, Any]
) -> list[bytes]:
    return Representation(Terms, model, request, values).of_ids(ids)


def term_path(term: Model) -> str:
    return reverse("wagtailapi_v2:category", args=[term._meta.label, term.pk])


def term_schema() -> Schema:
    """Of each registered type."""
    return {"oneOf": [_schema_of(model) for model in categories]}


def _schema_of(model: type[Model]) -> Schema:
    serializer = make_serializer_class(Terms, model, "", True)()
    own = {name: field for name, field in serializer.fields.items() if name not in Terms.meta_fields}
    meta = {"type": {"const": model._meta.label}, "detail_url": URL, "locale": LOCALE}
    return {
        "title": model._meta.label,
        **closed(
            {
                "meta": closed({**meta, "translations": array(TRANSLATION)}),
                **{name: _schema_of_field(field) for name, field in own.items()},
            }
        ),
    }


def _schema_of_field(field: Field) -> Schema:
    if declared := getattr(field, "schema", None):
        return declared
    return next((schema for kind, schema in SCHEMAS.items() if isinstance(field, kind)), ANYTHING)
