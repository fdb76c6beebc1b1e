"""What content points to, at every depth: pages, documents and images, loaded together.

Pages, documents and images of rich text are found in what is stored: nothing is loaded to find them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from wagtail.blocks import (
    BaseStreamBlock,
    BaseStructBlock,
    Block,
    ListBlock,
    PageChooserBlock,
    StreamValue,
    StructValue,
)
from wagtail.blocks.list_block import ListValue
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.documents.models import AbstractDocument
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageChooserBlock
from wagtail.images.models import AbstractImage
from wagtail.models import Page
from wagtail.rich_text import RichText

from .first_pages import FirstPages
from .pictures import expect_pictures
from .references import expect_pages, expect_urls
from .streams import holds, load_blocks
from .together import is_together, shared

F = TypeVar("F", AbstractDocument, AbstractImage)
Announce = Callable[[Iterable[int]], None]  # pages that rich text links to, by id

# No more digits than a database takes for an id.
_REFERENCE = re.compile(
    r'<(?:a|embed)\b(?=[^>]*\b(?:link|embed)type="(page|document|image)")[^>]*\sid="([0-9]{1,9})"'
)


class FileLoader(Generic[F]):
    """The files that somebody asks for, or is going to ask for: the first question loads them all."""

    def __init__(self) -> None:
        self._expected: set[int] = set()
        self._loaded: dict[int, F | None] = {}

    def expect(self, ids: Iterable[int]) -> None:
        self._expected.update(ids)

    def get(self, ids: Iterable[int]) -> dict[int, F]:
        wanted = set(ids)
        if not wanted <= self._loaded.keys():
            missing = (wanted | self._expected) - self._loaded.keys()
            self._loaded.update(dict.fromkeys(missing) | self._load(missing))
            self._expected.clear()
        return {id_: file for id_ in wanted if (file := self._loaded[id_]) is not None}

    def _load(self, ids: set[int]) -> dict[int, F]:
        raise NotImplementedError


class DocumentLoader(FileLoader[AbstractDocument]):
    def _load(self, ids: set[int]) -> dict[int, AbstractDocument]:
        return get_document_model().objects.in_bulk(ids)


class ImageLoader(FileLoader[AbstractImage]):
    """Images in rich text, of which only the ids are known."""

    def _load(self, ids: set[int]) -> dict[int, AbstractImage]:
        images = get_image_model().objects.in_bulk(ids)
        expect_pictures(images.values())
        return images


def expect(values: Iterable[Any], page: Page | None = None, as_json: bool = False) -> None:
    """Announce what is going to be shown: stream values, rich text, images and pages.

    `page` is the one on which they stand, for blocks that look up what they show themselves.
    `as_json`: for programs. A block may show them less (its `expect_json`), and a link in rich text
    more: the page that it leads to, where readers get the address only.
    """
    expect_each(((value, page) for value in values), as_json)


def expect_each(shown: Iterable[tuple[Any, Page | None]], as_json: bool = False) -> None:
    """The same for what stands on several pages, each with its page."""
    if not is_together():
        return  # nobody would remember
    in_order = list(shown)
    links: Announce = expect_pages if as_json else expect_urls
    for value, _page in in_order:
        _expect(value, links)
    streams = [(value, page) for value, page in in_order if isinstance(value, StreamValue)]
    load_blocks((stream for stream, _page in streams), _is_loaded)
    for stream, page in streams:
        _expect_loaded(stream, page, as_json)
    shared(FirstPages).load()


def _expect(value: Any, links: Announce) -> None:
    if isinstance(value, StreamValue):
        _expect_stored(value.stream_block, list(value.raw_data), links)
    elif isinstance(value, RichText):
        _expect_links(value.source, links)
    elif isinstance(value, str):
        _expect_links(value, links)
    elif isinstance(value, AbstractImage):
        expect_pictures([value])
    elif isinstance(value, Page):
        expect_pages([value.pk])


def _expect_stored(block: Block, raw: Any, links: Announce) -> None:
    for leaf, stored in _leaves(block, raw):
        if isinstance(stored, str):
            _expect_links(stored, links)
        elif isinstance(leaf, PageChooserBlock):
            expect_pages([stored])
        elif isinstance(leaf, DocumentChooserBlock):
            shared(DocumentLoader).expect([stored])


def _expect_links(html: str, links: Announce) -> None:
    if 'type="' not in html:
        return  # as most texts: nothing to announce
    found = _REFERENCE.findall(html)
    links(int(id_) for kind, id_ in found if kind == "page")
    shared(DocumentLoader).expect(int(id_) for kind, id_ in found if kind == "document")
    shared(ImageLoader).expect(int(id_) for kind, id_ in found if kind == "image")


def _expect_loaded(stream: StreamValue, page: Page | None, as_json: bool) -> None:
    for name, block in stream.stream_block.child_blocks.items():
        expect = getattr(block, "expect", None)
        if as_json:
            expect = getattr(block, "expect_json", expect)
        if expect is not None:
            for child in stream.blocks_by_name(name):
                expect(child.value, page)
        if holds(block, ImageChooserBlock):
            expect_pictures(_images([child.value for child in stream.blocks_by_name(name)]))


def _leaves(block: Block, raw: Any) -> Iterator[tuple[Block, Any]]:
    """The blocks that hold no other, each with what is stored for it."""
    children = _children(block, raw) if raw else []
    if children is None:
        yield block, raw
    else:
        for child, stored in children:
            yield from _leaves(child, stored)


def _children(block: Block, raw: Any) -> list[tuple[Block, Any]] | None:
    """The blocks in this one, each with what is stored for it; None for one that holds no other."""
    if isinstance(block, BaseStreamBlock):
        known = block.child_blocks
        return [(known[item["type"]], item["value"]) for item in raw if item["type"] in known]
    if isinstance(block, BaseStructBlock):
        return [(child, raw.get(name)) for name, child in block.child_blocks.items()]
    if isinstance(block, ListBlock):
        # Lists from before Wagtail 2.16 hold bare values.
        return [
            (block.child_block, item["value"] if block._item_is_in_block_format(item) else item)
            for item in raw
        ]
    return None


def _is_loaded(block: Block) -> bool:
    """Whether its values are needed to know what is going to be shown."""
    return hasattr(block, "expect") or holds(block, ImageChooserBlock)


def _images(value: Any) -> Iterator[AbstractImage]:
    if isinstance(value, AbstractImage):
        yield value
    elif isinstance(value, StructValue):
        yield from _images(list(value.values()))
    elif isinstance(value, StreamValue):
        yield from _images([child.value for child in value])
    elif isinstance(value, ListValue | list):
        for child in value:
            yield from _images(child)
