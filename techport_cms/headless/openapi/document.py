"""The document as a whole. https://spec.openapis.org/oas/v3.1.1.html"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from wagtail.models import Page

from techport_cms.core.registry import categories, navigation, site_settings
from techport_cms.core.schemas import Schema, array, closed, nullable, ref

from ..parameters import LARGEST, Parameter, integer_schema
from ..problems import phrase
from ..richtext.schema import COMPONENTS as RICH_TEXT
from ..terms import Terms
from .components import TEXT, Components
from .keys import key_schema
from .models import object_schema
from .parameters import CHANNEL, FORMS, IDENTIFIER, PLAIN, SITE, TREE, filters, limited, schema_of, shown

Json = dict[str, Any]

VERSION = "2.1.0"  # of the contract: a new member raises the second number, nothing is ever taken away

VALIDATORS = {
    "ETag": {"schema": TEXT, "description": "Of the content: the same while it stays the same."},
    "Last-Modified": {"schema": TEXT, "description": "When anything public was last changed."},
    "Cache-Control": {"schema": TEXT},
}
METHODS = ("get", "post")
ANYWHERE = (401, 429)  # a token that is none, and too many requests; see ../limits.py
PUBLIC_OR_TOKEN: list[Json] = [{}, {"token": []}]
KWARGS: dict[str, Callable[[], Schema]] = {
    "int": lambda: integer_schema(0, LARGEST),
    "primary_key": lambda: _any_of([key_schema(model._meta.pk) for model in categories]),
}


class Builder:
    """Makes the document, once for a set of URL patterns; `holes` are what nobody has said the schema of."""

    def __init__(self, router: Any, endpoints: Sequence[URLPattern]) -> None:
        self.components = Components()
        self.components.schemas.update(RICH_TEXT)
        self.components.schemas["Navigation"] = _merged(navigation.schemas())
        self.components.schemas["Site"] = _merged(site_settings.schemas())
        self._add_categories()
        self.paths: Json = {}
        for pattern in endpoints:
            self._add_endpoint(pattern)
        for name, endpoint in router._endpoints.items():
            self._add_viewset(name, endpoint)

    @property
    def holes(self) -> list[str]:
        return self.components.holes

    def document(self, server: str) -> Json:
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Delivery API",
                "version": VERSION,
                "description": "The published content, for every channel. Anonymous and read-only, "
                "but for forms and for unlocking pages.",
            },
            "servers": [{"url": server}],
            "security": PUBLIC_OR_TOKEN,
            "paths": self.paths,
            "components": {
                "schemas": self.components.schemas,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
        }

    def _add_categories(self) -> None:
        models = list(categories)
        schemas = [
            self.components.add(model.__name__, object_schema(Terms, model, self.components, True))
            for model in models
        ]
        self.components.schemas["AnyCategory"] = {"oneOf": schemas} if schemas else {"not": {}}

    # What Wagtail's API v2 has

    def _add_viewset(self, name: str, endpoint: Any) -> None:
        models = _models(endpoint)
        title, of_pages = name.capitalize().removesuffix("s"), issubclass(endpoint.model, Page)
        listed = self._union(f"{title}Item", endpoint, models, show_details=False)
        detail = self._union(title if of_pages else f"{title}Detail", endpoint, models, show_details=True)
        meta = closed({"total_count": {"type": "integer"}, "next": nullable(TEXT)})
        meta["properties"]["highlights"] = {"type": "object", "additionalProperties": TEXT}
        listing = closed({"meta": meta, "items": array(listed)})
        forms = shown(endpoint, endpoint.model)
        paged = limited(endpoint, endpoint.model)
        parameters = [*paged, *forms, *(TREE if of_pages else ()), *filters(endpoint, models)]
        answer = self.components.add(f"{title}List", listing)
        self.paths[f"/{name}/"] = {
            "get": _operation(f"list_{name}", f"The public {name}.", parameters, answer, (400, 404))
        }
        id_ = [_in_path("id", IDENTIFIER, "Id of the object.")]
        one = _operation(
            f"get_{title.lower()}",
            f"One of the public {name}.",
            [*forms, *((SITE, CHANNEL) if of_pages else ())],
            detail,
            (400, 404),
        )
        one["parameters"] += id_
        self.paths[f"/{name}/{{id}}/"] = {"get": one}
        self.paths[f"/{name}/find/"] = {"get": _find_operation(name, of_pages)}

    def _union(self, title: str, endpoint: Any, models: Sequence[type[Model]], show_details: bool) -> Schema:
        """One component for each model; where there are several, one for all of them."""
        references = [
            self.components.add(
                title if len(models) == 1 else model.__name__ + title.removeprefix("Page"),
                object_schema(endpoint, model, self.components, show_details),
            )
            for model in models
        ]
        if len(references) == 1:
            return references[0]
        return self.components.add(f"Any{title}", {"anyOf": references})

    # What is ours, see ../endpoints.py

    def _add_endpoint(self, pattern: URLPattern) -> None:
        route = str(pattern.pattern)
        view: Any = pattern.callback.view_class  # type: ignore[attr-defined]
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        kwargs = re.findall(r"<(?:(\w+):)?(\w+)>", route)
        in_path = [_in_path(name, KWARGS.get(kind, lambda: TEXT)(), "") for kind, name in kwargs]
        operations: Json = {}
        for method, handler in zip(METHODS, (view.read, view.write), strict=True):
            if handler is None:
                continue
            name = f"{method}_{pattern.name}".replace("-", "_")
            operation = _operation(
                name, view.summary, view.parameters, view.answer, view.problems, view.media_type
            )
            operation["parameters"] += in_path
            if view.needs_token:
                operation["security"] = [{"token": []}]
            if method == "post":
                _make_write(operation, view)
            operations[method] = operation
        self.paths[path] = operations


def _models(endpoint: Any) -> list[type[Model]]:
    if issubclass(endpoint.model, Page):
        found = [model for model in apps.get_models() if issubclass(model, Page)]
        return sorted(found, key=lambda model: model._meta.label)
    return [endpoint.model]


def _operation(
    name: str,
    summary: str,
    parameters: Iterable[Parameter],
    answer: Schema,
    problems: Iterable[int],
    media_type: str = "application/json",
) -> Json:
    ok = {
        "description": "What was asked for.",
        "headers": VALIDATORS,
        "content": {media_type: {"schema": answer}},
    }
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [_in_query(parameter) for parameter in parameters],
        "responses": {
            "200": ok,
            "304": {"description": "The client has it already (If-None-Match, If-Modified-Since)."},
            **_problems((*problems, *ANYWHERE, 412)),
        },
    }


def _make_write(operation: Json, view: Any) -> None:
    content = {"application/json": {"schema": view.body}}
    operation["requestBody"] = {"required": True, "content": content}
    ok = operation["responses"].pop("200")
    ok.pop("headers")
    ok["content"]["application/json"]["schema"] = view.written
    del operation["responses"]["304"], operation["responses"]["412"]
    operation["responses"][str(view.written_status)] = ok


def _find_operation(name: str, of_pages: bool) -> Json:
    by_path = Parameter("html_path", "The path of the page on the website: `/en/partners/`.", TEXT)
    parameters = [
        Parameter("id", "Its id.", IDENTIFIER),
        *((by_path, SITE, CHANNEL) if of_pages else ()),
        Parameter("fields", "Handed on to the object's address.", PLAIN),
        *FORMS,
    ]
    operation = _operation(f"find_{name}", "302 to the object.", parameters, {}, (400, 404))
    for status in ("200", "304", "412"):
        del operation["responses"][status]
    operation["responses"]["302"] = {
        "description": "Where it is.",
        "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
    }
    return operation


def _problems(statuses: Iterable[int]) -> Json:
    content = {"application/problem+json": {"schema": ref("Problem")}}
    return {
        str(status): {"description": phrase(status), "content": content} for status in sorted(set(statuses))
    }


def _in_query(parameter: Parameter) -> Json:
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema_of(parameter),
    }


def _in_path(name: str, schema: Schema, description: str) -> Json:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _any_of(schemas: Iterable[Schema]) -> Schema:
    """Each once."""
    different = list({str(schema): schema for schema in schemas}.values())
    return {"anyOf": different} if len(different) > 1 else next(iter(different), TEXT)


def _merged(schemas: Iterable[Mapping[str, Any]]) -> Schema:
    """Of what several providers answer together."""
    members: Json = {}
    for schema in schemas:
        members.update(schema.get("properties", {}))
    return {"type": "object", "properties": members, "additionalProperties": False}


@cache
def builder() -> Builder:
    from ..router import api_router
    from ..urls import endpoints

    return Builder(api_router, endpoints)


def document_for(request: HttpRequest) -> Json:
    server = request.build_absolute_uri(reverse("wagtailapi_v2:pages:listing")).removesuffix("pages/")
    return builder().document(server.removesuffix("/"))
