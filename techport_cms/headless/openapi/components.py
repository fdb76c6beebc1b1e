"""Named schemas, and the ones that every project has."""

from typing import Any

from techport_cms.core.schemas import Schema, array, closed, nullable, ref
from techport_cms.core.translation_state import TranslationState

TEXT: Schema = {"type": "string"}
URL: Schema = {"type": "string", "format": "uri"}
INTEGER: Schema = {"type": "integer"}
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
STATES: Schema = {"enum": [str(state) for state in TranslationState]}


def link(**members: Schema) -> Schema:
    """Something that is named where something else points to it."""
    return closed({"id": INTEGER, "type": TEXT, "title": TEXT, **members})


FOCAL_POINT = nullable(closed({"x": {"type": "number"}, "y": {"type": "number"}}))

COMMON: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457, with the `message` of Wagtail's API v2.",
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": TEXT,
            "message": TEXT,
            "errors": {"type": "object", "additionalProperties": array(TEXT)},
        },
        "required": ["type", "title", "status", "detail", "message"],
    },
    "PageLink": {**link(url=nullable(URL)), "description": "A public page, in the language of the text."},
    "Document": link(url=URL, extension=TEXT, size=nullable(INTEGER)),
    "SnippetLink": link(),
    "Term": closed({"id": INTEGER, "type": TEXT, "name": TEXT, "slug": TEXT}),
    "Rendition": {
        **closed(
            {
                "alt": TEXT,
                "focal_point": FOCAL_POINT,
                "width": INTEGER,
                "height": INTEGER,
                "sources": array(closed({"type": TEXT, "srcset": TEXT})),
                "src": URL,
            }
        ),
        "description": "Files for a `picture` element; width and height are those of `src`, in pixels. "
        "Without sources, `src` is the image itself: an SVG, or a file that cannot be read.",
    },
    "Image": {
        "type": "object",
        "properties": {
            **link(alt=TEXT, width=INTEGER, height=INTEGER, url=URL, focal_point=FOCAL_POINT)["properties"],
            "renditions": {"type": "object", "additionalProperties": ref("Rendition")},
        },
        "required": ["id", "type", "title", "alt", "width", "height", "url", "focal_point"],
        "additionalProperties": False,
    },
    "LinkedPage": closed(
        {
            "id": INTEGER,
            "meta": closed({"type": nullable(TEXT), "detail_url": nullable(URL), "html_url": nullable(URL)}),
            "title": TEXT,
        }
    ),
    "Breadcrumb": closed({"id": INTEGER, "title": TEXT, "html_url": nullable(URL)}),
    "Translation": closed(
        {
            "locale": TEXT,
            "id": INTEGER,
            "detail_url": nullable(URL),
            "html_url": nullable(URL),
            "state": STATES,
        }
    ),
    "TranslationStatus": closed({"state": STATES, "outdated_since": nullable(MOMENT)}),
    "NavigationItem": closed(
        {
            "label": TEXT,
            "url": TEXT,
            "page": nullable(ref("PageLink")),
            "children": array(ref("NavigationItem")),
        }
    ),
}


class Components:
    """The schemas under `components`; one that is there already is not made twice."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = dict(COMMON)
        self.holes: list[str] = []  # what nobody has said the schema of

    def add(self, name: str, schema: Schema) -> Schema:
        """A reference to the schema under this name, or the next free one like it."""
        free, number = name, 1
        while self.schemas.get(free, schema) != schema:
            number += 1
            free = f"{name}{number}"
        self.schemas[free] = schema
        return ref(free)

    def hole(self, where: str) -> Schema:
        self.holes.append(where)
        return {"description": "Anything."}


def one_of(alternatives: dict[str, Schema], property_name: str = "type") -> Schema:
    """Objects that tell by a member what they are: schemas (references) by its value."""
    if not alternatives:
        return {"not": {}}
    mapping: dict[str, Any] = {value: schema["$ref"] for value, schema in alternatives.items()}
    return {
        "oneOf": list(alternatives.values()),
        "discriminator": {"propertyName": property_name, "mapping": mapping},
    }
