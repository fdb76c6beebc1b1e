"""Where the document is read: by programs, and by people."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from ..endpoints import Endpoint
from ..parameters import UNDERSCORE
from .document import document_for


class OpenApi(Endpoint):
    summary = "This document."
    problems = (400,)
    answer = {"type": "object", "properties": {"openapi": {"type": "string"}}, "required": ["openapi"]}

    def read(self, request: HttpRequest, values: dict[str, Any]) -> Any:
        return document_for(request)


class Docs(Endpoint):
    summary = "The same as a page to read."
    wagtails = (UNDERSCORE,)
    media_type = "text/html"
    problems = (400,)
    answer = {"type": "string"}

    def read(self, request: HttpRequest, values: dict[str, Any]) -> HttpResponse:
        return HttpResponse(render_to_string("techport_headless/docs.html", docs_context(request), request))


def docs_context(request: HttpRequest) -> dict[str, Any]:
    document = document_for(request)
    operations = [
        _operation(path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [(name, _pretty(schema)) for name, schema in sorted(document["components"]["schemas"].items())]
    return {"document": document, "operations": operations, "schemas": schemas}


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    """What the template shows of it."""
    contents = [answer.get("content", {}) for answer in operation["responses"].values()]
    schema = contents[0].get("application/json", {}).get("schema", {})
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    parameters = [{**one, "shown": json.dumps(one["schema"])} for one in operation["parameters"]]
    return {
        "method": method.upper(),
        "path": path,
        "anchor": operation["operationId"],
        "summary": operation["summary"],
        "parameters": parameters,
        "body": _pretty(body) if body else "",
        "responses": operation["responses"],
        "answer": schema.get("$ref", "").rpartition("/")[2],
    }


def _pretty(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False)
