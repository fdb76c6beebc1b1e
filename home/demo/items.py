"""How each kind of demo item gets its values: from a TOML table onto a page or snippet.

A fill function is called twice: with the Dutch texts for the item itself, and with the English
texts for the unsaved twin that its translation is read from. What is the same in every language
is written both times and changes nothing the second time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from django.db import models
from wagtail.models import Locale, Site

from faq.models import FaqCategory, FaqIndexPage, QuestionPage
from home.models import HomePage, JoinFormField, JoinPage, Navigation, SiteSettings, StandardPage
from news.models import ArticlePage, NewsIndexPage, Topic
from partners.models import PartnerIndexPage, PartnerPage, Sector

from . import source


class Lookup(Protocol):
    """What fill functions ask the loader for: things that are there already, by key."""

    def page_id(self, key: str) -> int: ...
    def term(self, model: type[models.Model], key: str | None) -> models.Model | None: ...
    def image(self, file: str | None) -> models.Model | None: ...


Values = dict[str, Any]
Fill = Callable[[Any, Values, Values, Lookup], None]


@dataclass(frozen=True)
class Item:
    """One item: `entry` is its TOML table, `entry["nl"]` and `entry["en"]` its texts."""

    key: str
    model: type[models.Model]
    entry: Values
    fill: Fill
    parent: str | None = None


def snippets() -> list[Item]:
    terms = [
        *((entry, FaqCategory) for entry in source.read("faq")["categories"]),
        *((entry, Sector) for entry in source.read("partners")["sectors"]),
        *((entry, Topic) for entry in source.read("news")["topics"]),
    ]
    return [Item(f"term/{entry['key']}", model, entry, fill_term) for entry, model in terms]


def pages() -> list[Item]:
    """In the order in which they stand in the tree; a parent before its children."""
    fixed = source.read("pages")
    questions = sorted(source.read("faq")["questions"], key=lambda entry: entry["order"])
    articles = sorted(source.read("news")["articles"], key=lambda entry: entry["date"])
    return [
        Item("home", HomePage, fixed["home"], fill_home),
        Item("about", StandardPage, fixed["about"], fill_standard, "home"),
        Item("faq", FaqIndexPage, fixed["faq"], fill_index, "home"),
        *(Item(entry["key"], QuestionPage, entry, fill_question, "faq") for entry in questions),
        Item("partners", PartnerIndexPage, fixed["partners"], fill_index, "home"),
        *(
            Item(entry["key"], PartnerPage, entry, fill_partner, "partners")
            for entry in source.read("partners")["partners"]
        ),
        Item("news", NewsIndexPage, fixed["news"], fill_index, "home"),
        *(Item(entry["key"], ArticlePage, entry, fill_article, "news") for entry in articles),
        Item("privacy", StandardPage, fixed["privacy"], fill_standard, "home"),
        Item("accessibility", StandardPage, fixed["accessibility"], fill_standard, "home"),
        Item("join", JoinPage, fixed["join"], fill_join, "home"),
    ]


def frame() -> list[Item]:
    site = source.read("site")
    return [
        Item("navigation", Navigation, site, fill_navigation),
        Item("site-settings", SiteSettings, site, fill_settings),
    ]


def fill_term(term: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    term.name = text["name"]
    term.slug = text["slug"]
    term.description = text.get("description", "")
    term.sort_order = entry["order"]


def fill_page(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    page.title = text["title"]
    page.slug = text.get("slug") or page.slug
    page.search_description = text.get("seo_description") or text.get("introduction", "")


def fill_home(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    fill_page(page, entry, text, lookup)
    page.slug = f"home-{text['language']}"
    page.purpose = text["purpose"]
    page.hero_title = text["hero_title"]
    page.hero_text = text["hero_text"]
    page.hero_image = lookup.image(entry.get("picture"))
    page.hero_button = text["button"]
    page.hero_page_id = lookup.page_id(entry["button_page"])
    blocks = [
        {"type": "latest_news", "heading": text["news_title"], "count": 3},
        *text["figures"],
        {"type": "partner_strip", "heading": text["partners_title"], "count": None},
        {"type": "faq_excerpt", "heading": text["questions_title"], "count": 4},
        {
            "type": "call_to_action",
            "text": text["join_text"],
            "button": text["join_button"],
            "page": entry["button_page"],
        },
    ]
    page.body = source.stream(blocks, "home", lookup.page_id)


def fill_index(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    fill_page(page, entry, text, lookup)
    page.introduction = source.plain_paragraph(text["introduction"])


def fill_standard(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    fill_page(page, entry, text, lookup)
    page.introduction = text["introduction"]
    page.image = lookup.image(entry.get("picture"))
    page.body = source.stream(text["body"], str(page.translation_key), lookup.page_id)


def fill_question(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    fill_page(page, entry, text, lookup)
    page.category = lookup.term(FaqCategory, entry["category"])
    page.answer = source.stream(text["answer"], entry["key"], lookup.page_id)


def fill_partner(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    fill_page(page, entry, text, lookup)
    for name in ("kind", "founder"):
        setattr(page, name, entry[name])
    page.partner_since = entry.get("partner_since")
    for name in ("latitude", "longitude"):
        setattr(page, name, Decimal(str(entry[name])) if name in entry else None)
    page.website = entry.get("website", "")
    page.place = entry.get("place", "")
    page.sector = lookup.term(Sector, entry.get("sector"))
    page.logo = lookup.image(entry.get("picture"))
    page.introduction = text["introduction"]
    page.story = source.stream(text["story"], entry["key"], lookup.page_id)


def fill_article(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    fill_page(page, entry, text, lookup)
    page.date = entry["date"]
    page.topic = lookup.term(Topic, entry["topic"])
    page.hero_image = lookup.image(entry.get("picture"))
    page.introduction = text["introduction"]
    page.body = source.stream(text["body"], entry["key"], lookup.page_id)
    page.related = source.page_stream(entry.get("related", []), entry["key"], lookup.page_id)


def fill_join(page: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    fill_standard(page, entry, text, lookup)
    for name in (
        "form_title", "required_notice", "purpose_notice",
        "thank_you_title", "thank_you_text", "thank_you_button",
    ):  # fmt: skip
        setattr(page, name, text[name])
    page.submit_label = text["submit"]
    page.privacy_label = text["privacy_link"]
    page.privacy_page_id = lookup.page_id("privacy")
    page.thank_you_page_id = lookup.page_id("partners")
    page.retention_months = entry["retention_months"]
    page.to_address = entry["recipient"]
    page.subject = text["title"]
    existing = {str(field.translation_key): field for field in page.form_fields.all()}
    fields = []
    for index, row in enumerate(entry["fields"]):
        key = source.translation_key(f"join/fields/{row['key']}")
        field = existing.get(str(key)) or JoinFormField(
            translation_key=key, locale=page.locale, clean_name=row["key"]
        )
        _fill_form_field(field, index, row, row[text["language"]])
        fields.append(field)
    page.form_fields = fields


AUTOCOMPLETE = {"name": "name", "organisation": "organization", "email": "email", "phone": "tel"}


def _fill_form_field(field: JoinFormField, index: int, row: Values, text: Values) -> None:
    field.sort_order = index
    field.field_type = row["type"]
    field.required = row["required"]
    field.autocomplete = AUTOCOMPLETE.get(row["key"], "")
    field.label = text["label"]
    field.help_text = text["help"]
    field.error_message = text["error"]
    field.choices = ", ".join(text.get("choices", []))


def fill_navigation(navigation: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    navigation.site = Site.objects.get(is_default_site=True)
    for name in ("main", "footer"):
        rows = [_navigation_entry(row) for row in text[f"{name}_navigation"]]
        setattr(navigation, name, source.stream(rows, f"navigation/{name}", lookup.page_id))


def _navigation_entry(row: Values) -> Values:
    entry = {"type": "entry", "url": "", **row}
    if "children" in row:
        entry["children"] = [_navigation_entry(child) for child in row["children"]]
    return entry


def fill_settings(settings: Any, entry: Values, text: Values, lookup: Lookup) -> None:
    settings.site = Site.objects.get(is_default_site=True)
    for name in (
        "name",
        "tagline",
        "organisation",
        "contact_email",
        "contact_label",
        "footer_text",
        "seo_title",
    ):
        setattr(settings, name, text[name])
    settings.notice = text["demo_notice"]
    settings.description = text["seo_description"]


def texts(item: Item, locale: Locale) -> Values:
    """The texts of an item in a language, with the language's code among them."""
    return {**item.entry[locale.language_code], "language": locale.language_code}
