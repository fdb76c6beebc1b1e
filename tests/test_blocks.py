"""Every block: preview and description for the editor, JSON, template, translation policy."""

import copy
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils.html import strip_tags
from django.utils.translation import override
from factories import (
    ArticlePageFactory,
    FaqIndexPageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    QuestionPageFactory,
    published_home,
    translated,
)
from made_once import made_once
from wagtail import blocks
from wagtail.blocks import StreamValue
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.documents.models import Document
from wagtail.embeds.blocks import EmbedBlock, EmbedValue
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import CollectionViewRestriction, Page
from wagtail.rich_text import RichText
from wagtail_localize.segments import OverridableSegmentValue, StringSegmentValue
from wagtail_localize.segments.extract import StreamFieldSegmentExtractor

from faq.blocks import FaqExcerptBlock
from home.blocks import HomeBlocks, NavigationBlocks, NavigationSubitemBlocks
from news.blocks import LatestNewsBlock
from partners.blocks import PartnerStripBlock
from techport_cms.content.blocks import (
    OVERRIDABLE,
    SYNCHRONISED,
    TRANSLATED,
    AnswerBlocks,
    BodyBlocks,
    ContentBlock,
)

STREAMS = [AnswerBlocks(), BodyBlocks(), HomeBlocks(), NavigationBlocks(), NavigationSubitemBlocks()]
BLOCKS = {
    (type(stream).__name__, name): block for stream in STREAMS for name, block in stream.child_blocks.items()
}
CONTENT_BLOCKS = {place: block for place, block in BLOCKS.items() if isinstance(block, ContentBlock)}


@pytest.mark.parametrize("block", BLOCKS.values(), ids=map("-".join, BLOCKS))
def test_editor_sees_description_and_preview(block: blocks.Block) -> None:
    assert block.is_previewable
    assert str(block.get_description())
    assert block.label


@made_once
def full_site() -> None:
    """Something of all that a preview may show."""
    ImageFactory()
    home = published_home()
    translated(home, "en")
    QuestionPageFactory(parent=FaqIndexPageFactory(parent=home), title="Waarom?")
    PartnerPageFactory(parent=PartnerIndexPageFactory(parent=home), title="Voorbeeld Staalbouw")
    article = ArticlePageFactory(parent=NewsIndexPageFactory(parent=home), title="Nieuws van de kust")
    translated(article, "en", title="News from the coast")


# What is seen of each block; of the others their own example, which is in the code.
SEEN = {
    "picture": "<img",
    "call_to_action": 'class="button" href="/',
    "related_pages": "Nieuws van de kust",
    "video": "youtube.com",
    "downloads": "/documents/",
    "faq_excerpt": "Waarom?",
    "partner_strip": "Voorbeeld Staalbouw",
    "latest_news": "Nieuws van de kust",
}


@pytest.mark.django_db
@pytest.mark.parametrize("place", BLOCKS, ids=map("-".join, BLOCKS))
def test_preview_shows_what_the_block_is_for(full_site: None, place: tuple[str, str]) -> None:
    shown = preview(BLOCKS[place])
    assert strip_tags(shown).strip()
    assert SEEN.get(place[1], "") in shown
    assert "News from the coast" not in shown  # the editor reads Dutch


@pytest.mark.django_db
@pytest.mark.parametrize("block", BLOCKS.values(), ids=map("-".join, BLOCKS))
def test_preview_renders_on_an_empty_site(block: blocks.Block) -> None:
    assert isinstance(preview(block), str)


def preview(block: blocks.Block) -> str:
    with override("nl"):
        return block.render(block.normalize(block.get_preview_value()), {})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "place", sorted(BLOCKS.keys() - CONTENT_BLOCKS.keys()), ids=lambda place: "-".join(place)
)
def test_what_has_no_fields_is_translated(place: tuple[str, str]) -> None:
    block = BLOCKS[place]
    assert block.translation_policy == TRANSLATED
    segments = segments_of(block, block.get_preview_value())
    assert StringSegmentValue in map(type, segments)
    assert OverridableSegmentValue not in map(type, segments)


def test_channels_hear_who_made_a_picture_that_is_public(image) -> None:
    image.credit = "Tekening: A. de Vries"
    block = BodyBlocks().child_blocks["picture"]
    value = block.normalize({"image": image, "alt_text": "", "decorative": False, "caption": "De haven"})
    assert block.get_api_representation(value)["credit"] == "Tekening: A. de Vries"
    CollectionViewRestriction.objects.create(collection=image.collection, restriction_type="login")
    assert block.get_api_representation(value) == {"image": None, "caption": "De haven", "credit": ""}


@pytest.mark.parametrize("block", CONTENT_BLOCKS.values(), ids=map("-".join, CONTENT_BLOCKS))
def test_policy_names_every_field(block: ContentBlock) -> None:
    assert set(block.translation_policy) == set(block.child_blocks)
    assert set(block.translation_policy.values()) <= {TRANSLATED, OVERRIDABLE, SYNCHRONISED}


@pytest.mark.django_db
@pytest.mark.parametrize("place", CONTENT_BLOCKS, ids=map("-".join, CONTENT_BLOCKS))
def test_policy_is_what_the_translator_gets(place: tuple[str, str], image) -> None:
    block = CONTENT_BLOCKS[place]
    filled = {name: _some_value(child, image) for name, child in block.child_blocks.items()}
    segments = segments_of(block, filled)
    for name in block.translation_policy:
        policies = policies_of(block, name)
        kinds = {type(segment) for segment in segments if segment.path.split(".")[1] == name}
        assert (StringSegmentValue in kinds) == (TRANSLATED in policies), name
        assert (OverridableSegmentValue in kinds) == (OVERRIDABLE in policies), name


def policies_of(block: ContentBlock, name: str) -> set[str]:
    """Of a field: its own, and where it is a stream of blocks also those of their fields."""
    stream = block.child_blocks[name]
    inner = stream.child_blocks.values() if isinstance(stream, blocks.StreamBlock) else ()
    below = {policy for child in inner for policy in child.translation_policy.values()}
    return {block.translation_policy[name], *below}


def segments_of(block: blocks.Block, value: Any) -> list[Any]:
    """What a translator gets of a stream that holds this block with this value."""
    # A copy: a stream names the blocks that it is given, and this one belongs to a page.
    stream_block = blocks.StreamBlock([("it", copy.copy(block))])
    raw = {"type": "it", "value": block.get_prep_value(block.normalize(value)), "id": "1"}
    stream = StreamValue(stream_block, [raw], is_lazy=True)
    return StreamFieldSegmentExtractor(None, include_overridables=True).handle_stream_block(stream)


def _some_value(block: blocks.Block, image) -> object:
    """A value that is not empty, for any block of ours."""
    if isinstance(block, blocks.ListBlock):
        return block.normalize([_some_value(block.child_block, image)])
    if isinstance(block, blocks.StreamBlock):
        children = block.child_blocks.items()
        return block.normalize([(name, _some_value(child, image)) for name, child in children])
    if isinstance(block, blocks.StructBlock):
        filled = {name: _some_value(child, image) for name, child in block.child_blocks.items()}
        return block.normalize(filled)
    makers = {
        ImageChooserBlock: lambda: image,
        DocumentChooserBlock: lambda: Document.objects.create(title="Document", file="documents/x.pdf"),
        blocks.PageChooserBlock: Page.objects.first,
        EmbedBlock: lambda: EmbedValue("https://www.youtube.com/watch?v=abc"),
        blocks.BooleanBlock: lambda: True,
        blocks.IntegerBlock: lambda: 3,
        blocks.ChoiceBlock: lambda: "h2",
        blocks.RichTextBlock: lambda: RichText("<p>text</p>"),
        blocks.URLBlock: lambda: "https://example.com/",
    }
    return next((make() for kind, make in makers.items() if isinstance(block, kind)), "text")


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "size"), [(b"twelve bytes", 12), (None, None)])
def test_a_reader_of_downloads_writes_nothing(
    content: bytes | None, size: int | None, django_assert_num_queries: Any
) -> None:
    document = Document(title="Jaarverslag", file="documents/away.pdf")
    if content:
        document.file = ContentFile(content, name="jaarverslag.pdf")
    document.save()
    block = BLOCKS["BodyBlocks", "downloads"]
    value = block.normalize({"heading": "", "documents": [document]})
    with django_assert_num_queries(2):  # the restricted collections and the default site
        assert [item["size"] for item in block.get_api_representation(value)["documents"]] == [size]
    with django_assert_num_queries(1):  # the restricted collections
        assert ("12\xa0bytes" in block.render(value)) == (size is not None)


def test_excerpts_are_composed_by_home_alone() -> None:
    own = {type(block) for (stream, _), block in BLOCKS.items() if stream == "HomeBlocks"}
    elsewhere = {type(block) for (stream, _), block in BLOCKS.items() if stream != "HomeBlocks"}
    excerpts = {FaqExcerptBlock, PartnerStripBlock, LatestNewsBlock}
    assert excerpts <= own
    assert not excerpts & elsewhere
