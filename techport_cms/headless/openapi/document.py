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
from techport_cms.core.schemas import Schema, array, closed, nullable

from ..body import BODY_PROBLEMS
from ..parameters import FORMAT, LARGEST, UNDERSCORE, Parameter, integer_schema
from ..richtext.schema import COMPONENTS as RICH_TEXT
from ..terms import Terms
from .components import TEXT, Components
from .keys import key_schema
from .models import object_schema
from .parameters import CHANNEL, FORMS, IDENTIFIER, PLAIN, SITE, TREE, filters, limited, schema_of, shown
from .responses import header_components, responses

Json = dict[str, Any]

VERSION = "2.1.0"  # of the contract: a new member raises the second number, nothing is ever taken away

HTML = "text/html"
JSON = "application/json"
BROWSING = (FORMAT.name, UNDERSCORE.name)
PUBLIC_OR_TOKEN: list[Json] = [{}, {"token": []}]
KWARGS: dict[str, Callable[[], Schema]] = {
    "int": lambda: integer_schema(0, LARGEST),
    "techport_key": lambda: _any_of([key_schema(model._meta.pk) for model in categories]),
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
                "headers": header_components(),
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
        anywhere = [one for one in endpoint.parameters if one.name in BROWSING]
        parameters = [*paged, *forms, *(TREE if of_pages else ()), *filters(endpoint, models), *anywhere]
        answer = self.components.add(f"{title}List", listing)
        self.paths[f"/{name}/"] = {
            "get": _operation(
                f"list_{name}",
                f"The public {name}.",
                parameters,
                {JSON: answer, HTML: TEXT},
                (400, 404) if of_pages else (400,),
                of_wagtail=True,
            )
        }
        one = _operation(
            f"get_{title.lower()}",
            f"One of the public {name}.",
            [*forms, *((SITE, CHANNEL) if of_pages else ()), *anywhere],
            {JSON: detail, HTML: TEXT},
            (400, 404),
            of_wagtail=True,
        )
        one["parameters"].append(_in_path("id", IDENTIFIER, "Id of the object."))
        self.paths[f"/{name}/{{id}}/"] = {"get": one}
        self.paths[f"/{name}/find/"] = {"get": _find_operation(name, of_pages, anywhere)}

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
        if view.read:
            operations["get"] = _read_operation(f"get_{pattern.name}", view)
        if view.write:
            operations["post"] = _write_operation(f"post_{pattern.name}", view)
        for operation in operations.values():
            operation["parameters"] += in_path
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
    answers: Mapping[str, Schema],
    problems: Iterable[int],
    success: int = 200,
    of_wagtail: bool = False,
) -> Json:
    """`answers` are by media type."""
    content = {media_type: {"schema": schema} for media_type, schema in answers.items()}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [_in_query(parameter) for parameter in parameters],
        "responses": responses(name, success, content, problems, of_wagtail),
    }


def _read_operation(name: str, view: Any) -> Json:
    answers = {view.media_type: view.answer}
    operation = _operation(name, view.summary, _parameters(view), answers, view.problems)
    if view.needs_token:
        operation["security"] = [{"token": []}]
    return operation


def _write_operation(name: str, view: Any) -> Json:
    problems = (*BODY_PROBLEMS, *view.write_problems)
    answers = {JSON: view.written}
    operation = _operation(name, view.summary, _parameters(view), answers, problems, view.written_status)
    operation["parameters"] += [_described(one, "header", one.schema) for one in view.write_headers]
    operation["requestBody"] = {"required": True, "content": {JSON: {"schema": view.body}}}
    return operation


def _parameters(view: Any) -> list[Parameter]:
    return [*view.parameters, *view.wagtails]


def _find_operation(name: str, of_pages: bool, anywhere: Iterable[Parameter]) -> Json:
    by_path = Parameter("html_path", "The path of the page on the website: `/en/partners/`.", TEXT)
    parameters = [
        Parameter("id", "Its id.", IDENTIFIER),
        *((by_path, SITE, CHANNEL) if of_pages else ()),
        Parameter("fields", "Handed on to the object's address.", PLAIN),
        *FORMS,
        *anywhere,
    ]
    return _operation(
        f"find_{name}", "302 to the object.", parameters, {}, (400, 404), success=302, of_wagtail=True
    )


def _in_query(parameter: Parameter) -> Json:
    return _described(parameter, "query", schema_of(parameter))


def _described(parameter: Parameter, where: str, schema: Schema) -> Json:
    return {
        "name": parameter.name,
        "in": where,
        "required": parameter.required,
        "description": parameter.description,
        "schema": schema,
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
