"""The blocks of running text, as HTML. Rich text comes from the API as HTML that is safe to repeat."""

from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urlsplit

from site_content import Content, Json
from site_words import date

Words = dict[str, str]

SIZES = "(min-width: 60rem) 50rem, 100vw"


class Blocks:
    """`href` makes an address within the copy of an address of the site."""

    def __init__(self, content: Content, words: Words, href: Callable[[str], str]) -> None:
        self.content, self.words, self.href = content, words, href

    def render(self, blocks: list[Json]) -> str:
        return "\n".join(self.block(one["type"], one["value"]) for one in blocks)

    def block(self, kind: str, value: Any) -> str:
        """Nothing of a kind of block that is newer than this program."""
        known = getattr(self, f"show_{kind}", None)
        return known(value) if known else ""

    def link(self, page: Json, css_class: str = "") -> str:
        """To a page as the API gives it: with `url`, or with `meta.html_url`."""
        url = page.get("url") or page["meta"]["html_url"]
        return self.anchor(url, page["title"], css_class)

    def anchor(self, url: str, label: str, css_class: str = "") -> str:
        attribute = f' class="{css_class}"' if css_class else ""
        return f'<a{attribute} href="{escape(self.href(url))}">{escape(label)}</a>'

    def parent_of(self, pages: list[Json]) -> Json | None:
        """The page in which these are listed."""
        first = self.content.pages.get(pages[0]["id"]) if pages else None
        return self.content.pages.get(first["meta"]["breadcrumbs"][-1]["id"]) if first else None

    def known(self, pages: list[Json]) -> list[Json]:
        """The whole pages that these links lead to."""
        return [self.content.pages[page["id"]] for page in pages if page["id"] in self.content.pages]

    def show_heading(self, value: Json) -> str:
        level = "h3" if value["level"] == "h3" else "h2"
        return f"<{level}>{escape(value['text'])}</{level}>"

    def show_paragraph(self, value: str) -> str:
        for page in self.content.pages.values():
            url = page["meta"]["html_url"]
            for end in ('"', "#"):
                value = value.replace(f'href="{url}{end}', f'href="{escape(self.href(url))}{end}')
        return f'<div class="rich">{value}</div>'

    def show_picture(self, value: Json) -> str:
        credit = value.get("credit") or ""
        made_by = f"<small>{escape(self.words['credit'].format(name=credit))}</small>" if credit else ""
        caption = f"{escape(value['caption'])} {made_by}".strip()
        below = f"<figcaption>{caption}</figcaption>" if caption else ""
        return f"<figure>{picture(value['image'])}{below}</figure>" if value["image"] else below

    def show_figures(self, value: Json) -> str:
        pairs = "".join(
            f"<div><dt>{escape(one['label'])}</dt><dd>{escape(one['value'])}</dd></div>"
            for one in value["items"]
        )
        return f'<div class="figures"><dl>{pairs}</dl>{paragraph(value["source"], "source")}</div>'

    def show_quote(self, value: Json) -> str:
        name = f"<cite>{escape(value['name'])}</cite> " if value["name"] else ""
        by = f"<figcaption>{name}{escape(value['role'])}</figcaption>" if name or value["role"] else ""
        return f'<figure class="quote"><blockquote><p>{escape(value["text"])}</p></blockquote>{by}</figure>'

    def show_call_to_action(self, value: Json) -> str:
        page = value["page"]
        button = self.anchor(page["url"], value["button"], "button") if page else ""
        return f'<div class="cta"><p class="lead">{escape(value["text"])}</p>{button}</div>'

    def show_related_pages(self, value: Json) -> str:
        return self.cards(value["heading"] or self.words["read on"], self.known(value["pages"]))

    def show_video(self, value: Json) -> str:
        if not value["url"]:
            return ""
        watch = self.words["watch"].format(host=urlsplit(value["url"]).hostname)
        return f"<figure><p>{escape(value['title'])}</p>{self.anchor(value['url'], watch)}</figure>"

    def show_table(self, value: Json) -> str:
        caption = f"<caption>{escape(value['caption'])}</caption>" if value["caption"] else ""
        head = "".join(f'<th scope="col">{escape(one["heading"])}</th>' for one in value["columns"])
        rows = "".join(f"<tr>{cells(row)}</tr>" for row in value["rows"])
        label = escape(value["caption"] or self.words["table"])
        return (
            f'<div class="table" role="region" tabindex="0" aria-label="{label}">'
            f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        )

    def show_downloads(self, value: Json) -> str:
        heading = f"<h2>{escape(value['heading'])}</h2>" if value["heading"] else ""
        items = "".join(
            f"<li>{self.anchor(one['url'], one['title'])} ({one['extension'].upper()})</li>"
            for one in value["documents"]
        )
        return f'{heading}<ul class="downloads">{items}</ul>'

    def show_latest_news(self, value: Json) -> str:
        articles = self.known(value["articles"])
        if not articles:
            return ""
        return (
            f"<section><h2>{escape(value['heading'])}</h2>{self.more(articles, 'all news')}"
            f'<ul class="cards">{"".join(map(self.entry, articles))}</ul></section>'
        )

    def entry(self, article: Json) -> str:
        return (
            f'<li class="card">{picture(article["hero_image"], alt="")}{self.kicker(article)}'
            f"<h3>{self.link(article)}</h3>{paragraph(article['introduction'])}</li>"
        )

    def kicker(self, article: Json) -> str:
        topic = f" · {escape(article['topic']['name'])}" if article["topic"] else ""
        return f'<p class="kicker">{self.time(article["date"])}{topic}</p>'

    def time(self, day: str) -> str:
        return f'<time datetime="{escape(day[:10])}">{date(day, self.words)}</time>'

    def show_partner_strip(self, value: Json) -> str:
        partners = self.known([one for one in value["partners"] if one])
        if not partners:
            return ""
        tiles = "".join(f'<li class="tile">{sign(one)} {self.link(one)}</li>' for one in partners)
        return (
            f"<section><h2>{escape(value['heading'])}</h2>{self.more(partners, 'all partners')}"
            f'<ul class="wall">{tiles}</ul></section>'
        )

    def show_faq_excerpt(self, value: Json) -> str:
        questions = self.known(value["questions"])
        if not questions:
            return ""
        return (
            f"<section><h2>{escape(value['heading'])}</h2>{self.more(questions, 'all questions')}"
            f"{''.join(map(self.question, questions))}</section>"
        )

    def question(self, question: Json) -> str:
        title = escape(question["title"])
        own_page = f"{escape(self.words['own page'])}<span class='hidden'>: {title}</span>"
        return (
            f'<details id="{escape(question["anchor"])}"><summary><h3>{title}</h3></summary>'
            f"{self.render(question['answer'])}"
            f'<p><a href="{escape(self.href(question["meta"]["html_url"]))}">{own_page}</a></p></details>'
        )

    def more(self, pages: list[Json], label: str) -> str:
        index = self.parent_of(pages)
        return self.anchor(index["meta"]["html_url"], self.words[label], "more") if index else ""

    def cards(self, heading: str, pages: list[Json]) -> str:
        if not pages:
            return ""
        items = "".join(map(self.card, pages))
        return f'<section><h2>{escape(heading)}</h2><ul class="cards">{items}</ul></section>'

    def card(self, page: Json) -> str:
        shown = page["social_image"] or page.get("hero_image") or page.get("image")
        return (
            f'<li class="card">{picture(shown, alt="")}<p class="kicker">{self.of_card(page)}</p>'
            f"<h3>{self.link(page)}</h3>{paragraph(page['meta']['search_description'])}</li>"
        )

    def of_card(self, page: Json) -> str:
        if "date" not in page:
            return escape(self.words.get(page["meta"]["type"], ""))
        topic = f"{escape(page['topic']['name'])} · " if page["topic"] else ""
        return f"{topic}{self.time(page['date'])}"


def paragraph(text: str | None, css_class: str = "") -> str:
    attribute = f' class="{css_class}"' if css_class else ""
    return f"<p{attribute}>{escape(text)}</p>" if text else ""


def picture(image: Json | None, alt: str | None = None) -> str:
    """In each size and format that the site has; `alt` is empty where the picture says nothing more."""
    if not image:
        return ""
    [made] = image["renditions"].values()
    sources = "".join(
        f'<source type="{escape(one["type"])}" srcset="{escape(one["srcset"])}" sizes="{SIZES}">'
        for one in made["sources"]
    )
    text = made["alt"] if alt is None else alt
    return (
        f'<picture>{sources}<img src="{escape(made["src"])}" alt="{escape(text)}"'
        f' width="{made["width"]}" height="{made["height"]}" loading="lazy"></picture>'
    )


def sign(partner: Json, alt: str = "") -> str:
    """The logo, or the initials where there is none."""
    if partner["logo"]:
        return picture(partner["logo"], alt)
    return f'<span class="monogram" aria-hidden="true">{escape(partner["monogram"])}</span>'


def cells(row: list[Any]) -> str:
    first, *others = ["" if cell is None else str(cell) for cell in row]
    return f'<th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(one)}</td>" for one in others)
