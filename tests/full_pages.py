"""A page of each type that is full: each kind of block, links to pages and documents in its texts."""

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from factories import (
    ArticlePageFactory,
    FaqCategoryFactory,
    FaqIndexPageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    QuestionPageFactory,
    SectorFactory,
    TopicFactory,
    add_page,
)
from wagtail.documents import get_document_model
from wagtail.documents.models import Document
from wagtail.models import Page, ReferenceIndex, Site

from faq.models import FaqIndexPage
from home.models import HomePage, JoinFormField, JoinPage, StandardPage
from news.models import NewsIndexPage
from partners.models import PartnerIndexPage
from techport_cms.content.blocks import AnswerBlocks
from techport_cms.content.models import ContentImage, ImageAltText

PLACE = {"latitude": "52.4762", "longitude": "4.6418"}

Block = tuple[str, Any]


# What pages are filled with


def image() -> ContentImage:
    made = ImageFactory(file__width=8, file__height=8)  # quick to make renditions of
    dutch = Site.objects.get().root_page.locale
    ImageAltText.objects.create(image=made, locale=dutch, text="Wat erop staat")
    return made


def document() -> Document:
    return get_document_model().objects.create(
        title="Stuk", file=ContentFile(b"x", name="stuk.txt"), file_size=1
    )


def paragraph(*targets: Page | Document) -> Block:
    """A text that links to each of these."""
    kinds = ("page" if isinstance(target, Page) else "document" for target in targets)
    links = (
        f'<a linktype="{kind}" id="{target.pk}">x</a>' for kind, target in zip(kinds, targets, strict=True)
    )
    return "paragraph", f"<p>{' '.join(links)}</p>"


def answer(home: HomePage, number: int) -> list[Block]:
    """Each kind of block of AnswerBlocks, this many times."""
    blocks = [
        ("figures", {"items": [{"value": "22%", "label": "van alles"}], "source": ""}),
        ("quote", {"text": "Kom kijken", "name": "", "role": ""}),
        ("table", AnswerBlocks().child_blocks["table"].normalize({"columns": [], "rows": [], "caption": ""})),
    ]
    return [block for _ in range(number) for block in (paragraph(home, document()), *blocks)]


def common_blocks(home: HomePage, number: int) -> list[Block]:
    """Each kind of block that the home page shares with other pages, this many times."""
    targets = standard_pages(home, number)
    return [block for _ in range(number) for block in _common_blocks(home, targets)]


def _common_blocks(home: HomePage, targets: list[Page]) -> list[Block]:
    return [
        ("heading", {"text": "Kop", "level": "h2"}),
        paragraph(home, *targets, document()),
        ("picture", {"image": image(), "alt_text": "", "decorative": False, "caption": ""}),
        ("figures", {"items": [{"value": "22%", "label": "van alles"}], "source": ""}),
        ("quote", {"text": "Kom kijken", "name": "", "role": ""}),
        ("call_to_action", {"text": "Doe mee", "button": "Word partner", "page": targets[0]}),
        ("related_pages", {"heading": "", "pages": targets[:6]}),
    ]


def body(home: HomePage, number: int) -> list[Block]:
    """Each kind of block of BodyBlocks, this many times."""
    downloads = [document() for _ in range(number)]
    own = [
        ("video", {"video": "https://www.youtube.com/watch?v=abc", "title": "Film"}),
        answer(home, 1)[-1],
        ("downloads", {"heading": "", "documents": downloads}),
    ]
    return [*common_blocks(home, number), *own * number]


def home_body(home: HomePage, number: int) -> list[Block]:
    """Each kind of block of HomeBlocks; of the slices' excerpts one, which shows this many."""
    for fill in (questions, partners, articles):
        fill(home, number)
    shown = min(number, 12)
    return [
        *common_blocks(home, number),
        ("faq_excerpt", {"heading": "Vragen", "count": shown}),
        ("partner_strip", {"heading": "Partners", "count": None}),
        ("latest_news", {"heading": "Nieuws", "count": shown}),
    ]


# Pages of each type; each maker returns those that it has added


def index_of(home: HomePage, model: type[Page], factory: Any) -> Page:
    return model.objects.child_of(home).first() or factory(parent=home)


def standard_pages(home: HomePage, number: int) -> list[Page]:
    return [add_page(home, StandardPage(title="Pagina", image=image())) for _ in range(number)]


def questions(home: HomePage, number: int) -> list[Page]:
    index = index_of(home, FaqIndexPage, FaqIndexPageFactory)
    return [
        QuestionPageFactory(parent=index, category=FaqCategoryFactory(), answer=answer(home, 1))
        for _ in range(number)
    ]


def partners(home: HomePage, number: int) -> list[Page]:
    index = index_of(home, PartnerIndexPage, PartnerIndexPageFactory)
    return [
        PartnerPageFactory(parent=index, sector=SectorFactory(), logo=image(), **PLACE) for _ in range(number)
    ]


def articles(home: HomePage, number: int) -> list[Page]:
    index = index_of(home, NewsIndexPage, NewsIndexPageFactory)
    return [ArticlePageFactory(parent=index, topic=TopicFactory(), hero_image=image()) for _ in range(number)]


# The page of each type that is measured, with this many of everything


def full_home(home: HomePage, number: int) -> Page:
    home.hero_image, home.hero_button, home.hero_page = image(), "Doe mee", standard_pages(home, 1)[0]
    home.body = home_body(home, number)
    home.save()
    return home


def full_standard(home: HomePage, number: int) -> Page:
    return add_page(home, StandardPage(title="Standaard", image=image(), body=body(home, number)))


def full_join(home: HomePage, number: int) -> Page:
    fields = [JoinFormField(label=f"Veld {n}", field_type="singleline") for n in range(number)]
    page = JoinPage(title="Word partner", image=image(), body=body(home, number), form_fields=fields)
    page.purpose_notice, page.privacy_page, page.thank_you_page = "Een jaar bewaard", home, home
    return add_page(home, page)


def full_question(home: HomePage, number: int) -> Page:
    page, *others = questions(home, number + 1)
    page.answer = answer(home, number)
    page.save()
    for other in others:
        other.category = page.category
        other.save()
    return page


def full_partner(home: HomePage, number: int) -> Page:
    (page,) = partners(home, 1)
    page.story = body(home, number)
    page.save()
    for pointing in (*partners(home, number), *articles(home, number)):
        pointing.social_image = image()
        setattr(pointing, "story" if hasattr(pointing, "story") else "body", [paragraph(page)])
        pointing.save()
        ReferenceIndex.create_or_update_for_object(pointing)
    return page


def full_article(home: HomePage, number: int) -> Page:
    _older, page, *others = articles(home, number + 2)
    related = [*partners(home, 1), *questions(home, 1), *standard_pages(home, 1), *others]
    page.related = [("page", other) for other in related[: max(number, 4)]]
    page.body = body(home, number)
    page.save()
    return page


def article_with_a_topic(home: HomePage, number: int) -> Page:
    _older, page, *others = articles(home, number + 2)
    for other in others:
        other.topic = page.topic
        other.save()
    page.body = body(home, number)
    page.save()
    return page


def index_above(make: Callable[[HomePage, int], list[Page]]) -> Callable[[HomePage, int], Page]:
    return lambda home, number: make(home, number)[0].get_parent()


MAKERS: dict[str, Callable[[HomePage, int], Page]] = {
    "home": full_home,
    "standard": full_standard,
    "join": full_join,
    "faq index": index_above(questions),
    "question": full_question,
    "partner index": index_above(partners),
    "partner": full_partner,
    "news index": index_above(articles),
    "article": full_article,
    "article with a topic": article_with_a_topic,
}
