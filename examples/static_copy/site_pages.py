"""A whole page of the copy: the frame around it, and what each type of page shows."""

from collections.abc import Callable
from html import escape
from urllib.parse import urlsplit

from site_blocks import Blocks, paragraph, picture, sign
from site_content import Content, Json, path
from site_words import WORDS


class Copy:
    """Renders the pages of a site. What is not copied keeps its address on the site."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.addresses = {page["meta"]["html_url"] for page in content.pages.values()}

    def href(self, url: str) -> str:
        return path(url) if url.partition("#")[0] in self.addresses else url

    def page(self, page: Json) -> str:
        locale = page["meta"]["locale"]
        return PageInLanguage(self, page, WORDS.get(locale, WORDS["en"])).html()


class PageInLanguage:
    def __init__(self, copy: Copy, page: Json, words: dict[str, str]) -> None:
        self.page, self.words, self.content = page, words, copy.content
        self.blocks = Blocks(copy.content, words, copy.href)
        self.href, self.locale = copy.href, page["meta"]["locale"]
        self.settings = copy.content.settings[self.locale]
        self.navigation = copy.content.navigation[self.locale]

    def html(self) -> str:
        return (
            f'<!doctype html>\n<html lang="{escape(self.locale)}">\n<head>\n{self.head()}</head>\n<body>\n'
            f'<a class="skip" href="#content">{self.words["skip"]}</a>\n{self.header()}{self.notice()}'
            f'{self.breadcrumbs()}<main id="content" tabindex="-1">\n{self.main()}\n</main>\n{self.footer()}'
            "</body>\n</html>\n"
        )

    def head(self) -> str:
        meta, name = self.page["meta"], self.settings["name"]
        own = meta["seo_title"] or (self.settings["seo_title"] if self.is_home else "") or self.page["title"]
        title = own if self.is_home else f"{own} – {name}"  # noqa: RUF001
        description = meta["search_description"] or self.settings["description"]
        alternates = "".join(
            f'<link rel="alternate" hreflang="{escape(code)}" href="{escape(self.url(target))}">\n'
            for code, target in self.alternates().items()
        )
        return (
            '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f'<title>{escape(title)}</title>\n<meta name="description" content="{escape(description)}">\n'
            f'<link rel="canonical" href="{escape(meta["html_url"])}">\n{alternates}'
            '<link rel="stylesheet" href="/style.css">\n'
        )

    def alternates(self) -> dict[str, Json]:
        """This page in each language that it is there in; `x-default` is for readers of all others."""
        found = [one for one in self.content.language_links(self.page) if self.is_same(one[1])]
        default = next((target for locale, target in found if locale["default"]), found[0][1])
        return {**{locale["code"]: target for locale, target in found}, "x-default": default}

    @property
    def is_home(self) -> bool:
        return not self.page["meta"]["breadcrumbs"]

    def is_same(self, target: Json) -> bool:
        """Whether this is the page itself or a translation, and not one that stands in for it."""
        same = {self.page["id"], *(one["id"] for one in self.page["meta"]["translations"])}
        return target["id"] in same

    def url(self, page: Json) -> str:
        url: str = page["meta"]["html_url"]
        return url

    def header(self) -> str:
        home = next(one for one in self.line() if not one["meta"]["breadcrumbs"])
        href, name = escape(self.href(self.url(home))), self.settings["name"]
        label = escape(self.words["to home"].format(name=name))
        wordmark = f'<a class="wordmark" href="{href}" aria-label="{label}">{escape(name)}</a>'
        labels = self.words["language"], self.words["main"]
        return (
            f'<header class="site-header">{wordmark}\n'
            f'<nav class="languages" aria-label="{labels[0]}"><ul>{self.languages()}</ul></nav>\n'
            f'<nav class="main-nav" aria-label="{labels[1]}"><ul>{self.menu("main")}</ul></nav></header>\n'
        )

    def line(self) -> list[Json]:
        """This page and those above it."""
        return [self.page, *(self.content.pages[one["id"]] for one in self.page["meta"]["breadcrumbs"])]

    def menu(self, name: str) -> str:
        return self.menu_items(self.navigation.get(name, []))

    def menu_items(self, entries: list[Json]) -> str:
        return "".join(f"<li>{self.menu_link(one)}{self.submenu(one)}</li>" for one in entries)

    def submenu(self, entry: Json) -> str:
        return f"<ul>{self.menu_items(entry['children'])}</ul>" if entry["children"] else ""

    def menu_link(self, entry: Json) -> str:
        current = self.menu_current(entry)
        mark = f' aria-current="{current}"' if current else ""
        return f'<a href="{escape(self.href(entry["url"]))}"{mark}>{escape(entry["label"])}</a>'

    def menu_current(self, entry: Json) -> str:
        """Whether it leads to this page, or to one above it; every page is below the home page. An entry is
        above those of its submenu."""
        id_ = (entry["page"] or {}).get("id")
        above = [one["id"] for one in self.page["meta"]["breadcrumbs"][1:]]
        if id_ == self.page["id"]:
            return "page"
        return "true" if id_ in above or any(map(self.menu_current, entry["children"])) else ""

    def languages(self, with_this: bool = False) -> str:
        """`with_this`: the language of this page is a link too."""
        return "".join(
            f"<li>{self.language(locale, target, with_this)}</li>"
            for locale, target in self.content.language_links(self.page)
        )

    def language(self, locale: Json, target: Json, with_this: bool) -> str:
        code, name = escape(locale["code"]), escape(locale["name"])
        mark = ' aria-current="true"' if target is self.page else ""
        if mark and not with_this:
            return f'<span{mark} lang="{code}">{name}</span>'
        words = WORDS.get(locale["code"], WORDS["en"])
        note = "" if self.is_same(target) else f" {words['untranslated'].format(title=target['title'])}"
        href = escape(self.href(self.url(target)))
        return f'<a href="{href}" lang="{code}" hreflang="{code}"{mark}>{name}{escape(note)}</a>'

    def notice(self) -> str:
        text = self.settings["notice"]
        label = self.words["notice"]
        return f'<aside class="notice" aria-label="{label}"><p>{escape(text)}</p></aside>\n' if text else ""

    def breadcrumbs(self) -> str:
        above = self.page["meta"]["breadcrumbs"]
        if not above:
            return ""
        home = self.blocks.anchor(above[0]["html_url"], self.words["home"])
        others = [self.blocks.anchor(one["html_url"], one["title"]) for one in above[1:]]
        here = f'<span aria-current="page">{escape(self.page["title"])}</span>'
        items = "".join(f"<li>{item}</li>" for item in [home, *others, here])
        return f'<nav class="crumbs" aria-label="{self.words["you are here"]}"><ol>{items}</ol></nav>\n'

    def footer(self) -> str:
        own = self.settings
        address = "<br>".join(map(escape, own["address"].splitlines()))
        mail = f"mailto:{own['contact_email']}"
        contact = [
            self.blocks.anchor(mail, own["contact_label"] or own["contact_email"])
            if own["contact_email"]
            else "",
            self.blocks.anchor(f"tel:{own['phone'].replace(' ', '')}", own["phone"]) if own["phone"] else "",
            *(self.blocks.anchor(one["url"], one["name"]) for one in own["social_links"]),
        ]
        items = "".join(f"<li>{item}</li>" for item in contact if item)
        return (
            f'<footer class="site-footer"><div>{paragraph(own["footer_text"])}</div>\n'
            f"<div><h2>{self.words['contact']}</h2><address>{address}<ul>{items}</ul></address></div>\n"
            f"{footer_nav('site', escape(own['name']), self.menu('main'))}"
            f"{footer_nav('about', self.words['about site'], self.menu('footer'))}"
            f"{footer_nav('languages', self.words['languages'], self.languages(with_this=True))}</footer>\n"
        )

    def main(self) -> str:
        shown: dict[str, Callable[[], str]] = {
            "home.HomePage": self.home,
            "home.JoinPage": self.form,
            "faq.FaqIndexPage": self.questions,
            "faq.QuestionPage": self.question,
            "partners.PartnerIndexPage": self.directory,
            "partners.PartnerPage": self.partner,
            "news.NewsIndexPage": self.news,
            "news.ArticlePage": self.article,
        }
        return shown.get(self.page["meta"]["type"], self.standard)()

    def title(self, lead: str = "") -> str:
        """`lead` is HTML."""
        return f"<h1>{escape(self.page['title'])}</h1>\n{f'<div class=lead>{lead}</div>' if lead else ''}\n"

    def standard(self) -> str:
        page = self.page
        shown = picture(page.get("image"))
        return (
            self.title(paragraph(page.get("introduction")))
            + (f"<figure>{shown}</figure>" if shown else "")
            + self.blocks.render(page.get("body", []))
        )

    def home(self) -> str:
        page = self.page
        target = page["hero_page"]
        has_button = target and page["hero_button"]
        button = self.blocks.anchor(target["url"], page["hero_button"], "button") if has_button else ""
        return (
            f'<div class="hero"><div><h1>{escape(page["hero_title"] or page["title"])}</h1>\n'
            f"{paragraph(page['hero_text'] or page['purpose'], 'lead')}{button}</div>"
            f"{picture(page['hero_image'])}</div>\n{self.blocks.render(page['body'])}"
        )

    def form(self) -> str:
        """A copy cannot take a form in: it leads to the one on the site."""
        page, privacy = self.page, self.page["privacy_page"]
        title = f"<h2>{escape(page['form_title'])}</h2>" if page["form_title"] else ""
        label = page["privacy_label"] or (privacy or {}).get("title", "")
        more = f"<p>{self.blocks.anchor(privacy['url'], label)}</p>" if privacy else ""
        there = self.words["form"].format(host=urlsplit(self.url(page)).netloc)
        return (
            f"{self.standard()}{title}{paragraph(page['required_notice'])}{paragraph(page['purpose_notice'])}{more}"
            f'<p class="to-form"><a class="button" href="{escape(self.url(page))}">{escape(there)}</a></p>'
        )

    def questions(self) -> str:
        groups = self.content.groups(self.page)
        named = [category for category, _ in groups if category]
        jumps = "".join(f'<li><a href="#g-{one["slug"]}">{escape(one["name"])}</a></li>' for one in named)
        nav = f'<nav aria-label="{self.words["subjects"]}"><ul class="jump">{jumps}</ul></nav>'
        sections = "\n".join(self.group(category, questions) for category, questions in groups)
        return (
            self.title(self.page["introduction"])
            + (nav if len(groups) > 1 else "")
            + sections
            + self.after_questions()
        )

    def group(self, category: Json | None, questions: list[Json]) -> str:
        known = self.content.categories.get(category["id"]) if category else None
        name = category["name"] if category else self.words["other questions"]
        id_ = f' id="g-{escape(category["slug"])}"' if category else ""
        about = paragraph(known["description"]) if known else ""
        listed = "".join(map(self.blocks.question, questions))
        return f"<section{id_}><h2>{escape(name)}</h2>{about}{listed}</section>"

    def after_questions(self) -> str:
        mail = self.settings["contact_email"]
        if not mail:
            return ""
        return (
            f'<div class="cta"><h2>{self.words["not here"]}</h2><p>{self.words["send"]}</p>'
            f"{self.blocks.anchor(f'mailto:{mail}', self.words['e-mail'], 'button')}</div>"
        )

    def question(self) -> str:
        page, category = self.page, self.page["category"]
        index = self.content.pages[page["meta"]["breadcrumbs"][-1]["id"]]
        facts = ""
        if category:
            url = f"{self.url(index)}#g-{category['slug']}"
            facts += fact(self.words["subject"], self.blocks.anchor(url, category["name"]))
        facts += fact(self.words["updated"], self.blocks.time(page["meta"]["last_published_at"]))
        return (
            f'<article><p class="kicker">{self.words["question"]}</p>{self.title()}'
            f'<aside aria-label="{self.words["about question"]}"><dl class="facts">{facts}</dl></aside>'
            f"{self.blocks.render(page['answer'])}{self.neighbours(index)}</article>"
        )

    def neighbours(self, index: Json) -> str:
        category = self.page["category"]
        if not category:
            return ""
        same = [
            one for one in self.content.children(index) if (one["category"] or {}).get("id") == category["id"]
        ]
        others = [one for one in same if one is not self.page][:5]
        kicker = f'<p class="kicker">{escape(category["name"])}</p>'
        items = "".join(f'<li class="card">{kicker}<h3>{self.blocks.link(one)}</h3></li>' for one in others)
        heading = self.words["neighbours"]
        return f'<section><h2>{heading}</h2><ul class="cards">{items}</ul></section>' if others else ""

    def directory(self) -> str:
        partners = self.content.directory(self.page)
        items = "".join(
            f"<li>{sign(one)}<div><h3>{self.blocks.link(one)}</h3><p>{self.in_short(one)}</p></div></li>"
            for one in partners
        )
        count = self.words["partners"].format(count=len(partners))
        return f'{self.title(self.page["introduction"])}<h2>{count}</h2><ul class="partner-list">{items}</ul>'

    def in_short(self, partner: Json) -> str:
        parts = [
            self.words[partner["kind"]],
            partner["place"],
            self.words["founder"] if partner["founder"] else "",
        ]
        return escape(" · ".join(part for part in parts if part))

    def partner(self) -> str:
        page = self.page
        logo = sign(page, self.words["logo"].format(name=page["title"]))
        related = self.content.pointing_to(page)[:4]
        more = self.blocks.cards(self.words["more about"].format(name=page["title"]), related)
        return (
            f'<article class="partner">{logo}<p class="kicker">{self.in_short(page)}</p>'
            f"{self.title(paragraph(page['introduction']))}"
            f'<aside aria-label="{self.words["about partner"]}"><dl class="facts">{self.facts()}</dl></aside>'
            f"{self.blocks.render(page['story'])}{more}</article>"
        )

    def facts(self) -> str:
        page, words = self.page, self.words
        index = self.content.pages[page["meta"]["breadcrumbs"][-1]["id"]]
        website = page["website"]
        short = website.replace("https://", "").replace("http://", "").removesuffix("/")
        sector = page["sector"]
        return (
            fact(words["kind"], self.blocks.anchor(self.url(index), words[page["kind"]]))
            + fact(words["place"], escape(page["place"]))
            + fact(words["partner since"], str(page["partner_since"] or ""))
            + fact(words["sector"], self.blocks.anchor(self.url(index), sector["name"]) if sector else "")
            + fact(words["website"], self.blocks.anchor(website, short) if website else "")
        )

    def news(self) -> str:
        page, words = self.page, self.words
        lead, *others = [self.blocks.entry(one) for one in self.content.articles(page)] or [""]
        return (
            f'{self.title(page["introduction"])}<h2 class="hidden">{words["articles"]}</h2>'
            f'<ul class="cards front">{lead}</ul><p>{self.blocks.anchor(page["feed_url"], words["feed"])}</p>'
            f'<ul class="cards">{"".join(others)}</ul>'
        )

    def article(self) -> str:
        page = self.page
        related = page["related"] or self.same_topic()
        items = "".join(f'<li class="card"><h3>{self.blocks.link(one)}</h3></li>' for one in related)
        heading = f"<h2>{self.words['read on']}</h2>"
        more = f'<section>{heading}<ul class="cards">{items}</ul></section>' if related else ""
        return (
            f"<article>{self.blocks.kicker(page)}{self.title(paragraph(page['introduction']))}"
            f"{picture(page['hero_image'])}{self.blocks.render(page['body'])}{more}{self.onward()}"
            "</article>"
        )

    def same_topic(self) -> list[Json]:
        topic = self.page["topic"]
        return [one for one in self.archive() if topic and one["topic"] == topic and one is not self.page][:3]

    def archive(self) -> list[Json]:
        return self.content.articles(self.content.pages[self.page["meta"]["breadcrumbs"][-1]["id"]])

    def onward(self) -> str:
        archive = self.archive()
        place = archive.index(self.page)
        older, newer = archive[place + 1 : place + 2], archive[max(place - 1, 0) : place]
        items = "".join(
            f"<li>{self.blocks.anchor(self.url(one), self.words[label] + ' ' + one['title'])}</li>"
            for label, found in (("older", older), ("newer", newer))
            for one in found
        )
        return (
            f'<nav aria-label="{self.words["other articles"]}"><ul class="onward">{items}</ul></nav>'
            if items
            else ""
        )


def footer_nav(id_: str, title: str, items: str) -> str:
    """`title` and `items` are HTML."""
    heading = f'<h2 id="footer-{id_}">{title}</h2>'
    return f'<nav aria-labelledby="footer-{id_}">{heading}<ul>{items}</ul></nav>\n'


def fact(name: str, value: str) -> str:
    """`value` is HTML; nothing where it is empty."""
    return f"<div><dt>{name}</dt><dd>{value}</dd></div>" if value else ""
