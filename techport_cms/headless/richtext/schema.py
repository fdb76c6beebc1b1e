"""JSON Schemas (2020-12) of the tree, as components of the API's OpenAPI document.

`COMPONENTS` are by name: "RichText" (what comes out of a field, in whichever format), "RichTextDocument",
"RichTextNode" (any node), "RichTextInline" (running text) and one for each type of node.
"""

from typing import Any

from techport_cms.core.schemas import Schema, array, ref

_TEXT: Schema = {"type": "string"}
_URL: Schema = {"type": "string", "format": "uri"}
_PIXELS: Schema = {"type": "integer", "minimum": 1}
_ATTRIBUTES: Schema = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "description": "HTML attributes that are safe to repeat, such as class, id, lang and data-*.",
}
_INLINE = {"children": array(ref("RichTextInline"))}
_ANY = {"children": array(ref("RichTextNode"))}

# Type: the component's name, what it is, its members, and those that may be left out.
_NODES: dict[str, tuple[str, str, dict[str, Schema], dict[str, Schema]]] = {
    "text": ("RichTextText", "Characters, nothing escaped.", {"value": _TEXT}, {}),
    "strong": ("RichTextStrong", "Bold, of importance.", _INLINE, {}),
    "emphasis": ("RichTextEmphasis", "Italic, stressed.", _INLINE, {}),
    "superscript": ("RichTextSuperscript", "Raised.", _INLINE, {}),
    "subscript": ("RichTextSubscript", "Lowered.", _INLINE, {}),
    "strikethrough": ("RichTextStrikethrough", "Struck out.", _INLINE, {}),
    "code": ("RichTextCode", "Code in running text.", _INLINE, {}),
    "link": (
        "RichTextLink",
        "A link. `page` or `document` where it leads to one of this site.",
        {"url": {"type": "string", "format": "uri-reference"}, **_INLINE},
        {"title": _TEXT, "page": ref("PageLink"), "document": ref("Document")},
    ),
    "image": (
        "RichTextImage",
        "A picture. `image` where it is one of this site; `format` is the editor's choice of place.",
        {"url": _URL, "alt": _TEXT},
        {"title": _TEXT, "width": _PIXELS, "height": _PIXELS, "format": _TEXT, "image": ref("Image")},
    ),
    "line_break": ("RichTextLineBreak", "A new line within running text.", {}, {}),
    "element": (
        "RichTextElement",
        "An HTML element for which there is no type here, of a project's own or rare.",
        {"tag": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"}, "attributes": _ATTRIBUTES, **_ANY},
        {},
    ),
    "paragraph": ("RichTextParagraph", "A paragraph.", _INLINE, {}),
    "heading": (
        "RichTextHeading",
        "A heading; 1 is the highest level.",
        {"level": {"type": "integer", "minimum": 1, "maximum": 6}, **_INLINE},
        {},
    ),
    "list": (
        "RichTextList",
        "A list; `start` is the first number where that is not 1.",
        {"ordered": {"type": "boolean"}, "children": array(ref("RichTextListItem"))},
        {"start": {"type": "integer", "minimum": 0}},
    ),
    "list_item": ("RichTextListItem", "Running text, blocks, or both.", _ANY, {}),
    "blockquote": ("RichTextBlockquote", "A quotation: running text, blocks, or both.", _ANY, {}),
    "thematic_break": ("RichTextThematicBreak", "A division between parts.", {}, {}),
    "embed": ("RichTextEmbed", "Something from elsewhere, such as a video.", {"url": _URL}, {}),
}
_INLINE_TYPES = (
    "text",
    "strong",
    "emphasis",
    "superscript",
    "subscript",
    "strikethrough",
    "code",
    "link",
    "image",
    "line_break",
    "element",
)


def _object(type_: str, description: str, required: dict[str, Schema], optional: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": {"type": {"const": type_}, **optional, **required},
        "required": ["type", *required],
        "additionalProperties": False,
    }


def _node(type_: str) -> Schema:
    _, description, required, optional = _NODES[type_]
    plain = type_ in ("text", "embed") or "attributes" in required
    return _object(
        type_, description, required, optional if plain else {**optional, "attributes": _ATTRIBUTES}
    )


def _one_of(types: Any, description: str) -> Schema:
    names = {type_: ref(_NODES[type_][0]) for type_ in types}
    mapping = {type_: schema["$ref"] for type_, schema in names.items()}
    return {
        "description": description,
        "oneOf": list(names.values()),
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }


COMPONENTS: dict[str, Schema] = {
    "RichText": {
        "description": "HTML, Markdown or the tree, as `rich_text_format` says.",
        "oneOf": [_TEXT, ref("RichTextDocument")],
    },
    "RichTextDocument": _object("document", "A whole text: blocks, and running text without one.", _ANY, {}),
    "RichTextNode": _one_of(_NODES, "Any node of a text."),
    "RichTextInline": _one_of(_INLINE_TYPES, "A node of running text."),
    **{name: _node(type_) for type_, (name, *_) in _NODES.items()},
}
