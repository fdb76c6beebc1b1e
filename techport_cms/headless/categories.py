"""GET /api/v2/categories/ : the public snippets that group content, see core.registry.categories."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import quote

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.functional import classproperty
from wagtail.models import TranslatableMixin

from techport_cms.core.keys import key_of
from techport_cms.core.schemas import Schema, array, closed, ref

from .endpoints import Endpoint
from .http import pinned, tagged
from .paging import LIMIT, limit_max
from .parameters import (
    LARGEST,
    LOCALE,
    Parameter,
    integer_schema,
    one_of,
    several,
    several_schema,
    whole_number,
)
from .problems import not_found
from .terms import public_terms, term_models, terms_json


class Categories(Endpoint):
    """By type, and in each type in its own order."""

    summary = "Categories, topics and sectors"
    problems = (400,)

    @classproperty
    def parameters(cls) -> Sequence[Parameter]:  # noqa: N805 - a property of the class
        known, most = list(term_models()), limit_max()
        types = several_schema(known)
        return (
            Parameter("type", "Types, with commas.", types, several(one_of(known))),
            LOCALE,
            Parameter("limit", "Items of an answer.", integer_schema(0, most), whole_number(0, most)),
            Parameter("offset", "Items that are left out.", integer_schema(0, LARGEST), whole_number()),
        )

    answer: Schema = closed(
        {
            "meta": closed({"total_count": {"type": "integer", "minimum": 0}}),
            "items": array(ref("AnyCategory")),
        }
    )

    def read(self, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
        pinned(request)
        models, locale = term_models(), values.get("locale")
        found = [
            (name, pk)
            for name in values.get("type", models)
            for pk in public_terms(models[name], locale).values_list("pk", flat=True)
        ]
        start = values.get("offset", 0)
        shown = found[start : start + values.get("limit", min(LIMIT, limit_max()))]
        items: list[bytes] = []
        for name, group in groupby(shown, key=itemgetter(0)):
            items += terms_json(models[name], [pk for _name, pk in group], request, values)
        body = b'{"meta": {"total_count": %d}, "items": [%b]}' % (len(found), b", ".join(items))
        response = tagged(_answer(body), *(surrogate_key(name, pk) for name, pk in shown))
        if locale is not None:
            response.headers["Content-Language"] = locale.language_code
        return response


class Category(Endpoint):
    summary = "One category, topic or sector"

    answer: Schema = ref("AnyCategory")

    def read(self, request: HttpRequest, values: dict[str, Any], type: str, pk: str) -> HttpResponse:  # noqa: A002
        pinned(request)
        term = find_term(type, pk)
        items = terms_json(term._meta.model, [term.pk], request, values) if term else []
        if term is None or not items:
            raise not_found(f"There is no {type} {pk}.")
        response = tagged(_answer(items[0]), surrogate_key(type, term.pk))
        if isinstance(term, TranslatableMixin):
            response.headers["Content-Language"] = term.locale.language_code
        return response


def find_term(label: str, text: str) -> Model | None:
    """The public one at this address: a key that is written otherwise ("007") has none."""
    model = term_models().get(label)
    if model is None:
        return None
    try:
        key = key_of(model, text)
    except ValueError:
        return None
    return public_terms(model).filter(pk=key).first() if str(key) == text else None


def surrogate_key(name: str, pk: Any) -> str:
    """Without spaces: they stand between the keys."""
    return f"{name}-{quote(str(pk), safe='')}"


def _answer(body: bytes) -> HttpResponse:
    return HttpResponse(body, content_type="application/json")
