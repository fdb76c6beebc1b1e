"""The demo content as it stands in the TOML files beside this module.

Every item has a key that is unique over all files. Keys become translation keys and block ids,
so that the loader finds again what it made, and Dutch and English blocks answer to each other.
"""

import json
import re
import tomllib
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent
PICTURES = DIRECTORY / "pictures"
SOURCE_LANGUAGE = "nl"
TRANSLATION_LANGUAGE = "en"

_NAMESPACE = uuid.UUID("5f0d1f0e-6f5a-4a1c-9a55-2c1f0d7b9e11")
_PAGE_LINK = re.compile(r'<a data-page="([\w-]+)">')

PageId = Callable[[str], int]


@cache
def read(name: str) -> dict[str, Any]:
    """One of the files: site, pages, faq, partners, news, pictures."""
    return tomllib.loads((DIRECTORY / "content" / f"{name}.toml").read_text(encoding="utf-8"))


def translation_key(key: str) -> uuid.UUID:
    return uuid.uuid5(_NAMESPACE, key)


def rich_text(html: str, page_id: PageId) -> str:
    """Wagtail's database HTML: links to pages by their id."""
    return _PAGE_LINK.sub(lambda match: f'<a linktype="page" id="{page_id(match[1])}">', html)


def plain_paragraph(text: str) -> str:
    return f"<p>{text}</p>" if text else ""


def stream(blocks: list[dict[str, Any]], key: str, page_id: PageId) -> str:
    """The value of a StreamField as JSON; block ids are the same in every language."""
    return json.dumps(_raw(blocks, key, page_id))


def _raw(blocks: list[dict[str, Any]], key: str, page_id: PageId) -> list[dict[str, Any]]:
    raw = []
    for index, block in enumerate(blocks):
        place = f"{key}/{index}"
        value = _block_value(block, place, page_id)
        raw.append({"type": block["type"], "value": value, "id": str(translation_key(place))})
    return raw


def _block_value(block: dict[str, Any], place: str, page_id: PageId) -> Any:
    value = {name: content for name, content in block.items() if name != "type"}
    if block["type"] == "paragraph":
        return rich_text(value["html"], page_id)
    if "page" in value:
        value["page"] = page_id(value["page"])
    if "children" in value:
        value["children"] = _raw(value["children"], f"{place}/children", page_id)
    if "items" in value:
        value["items"] = _list_items(value["items"], place)
    return value


def _list_items(items: list[Any], place: str) -> list[dict[str, Any]]:
    return [
        {"type": "item", "value": item, "id": str(translation_key(f"{place}/items/{index}"))}
        for index, item in enumerate(items)
    ]


def page_stream(keys: list[str], key: str, page_id: PageId) -> str:
    """The value of a StreamField of page choosers."""
    rows = [
        {"type": "page", "value": page_id(other), "id": str(translation_key(f"{key}/related/{other}"))}
        for other in keys
    ]
    return json.dumps(rows)
