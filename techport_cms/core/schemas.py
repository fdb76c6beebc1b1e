"""JSON Schemas (2020-12) of what comes out of fields and blocks, as OpenAPI 3.1 has them.

A serializer field says `schema`; a block or a property says it in `api_schema`. The names that
`ref` knows are components of the API's OpenAPI document (techport_cms.headless).
"""

from typing import Any

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """A component: "Image", "Document", "PageLink", "Term", "RichText" …"""
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def closed(properties: dict[str, Schema]) -> Schema:
    """An object with all of these members and no other."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
