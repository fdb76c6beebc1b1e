from typing import Any

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.models import Page, Site

from techport_cms.core import languages
from techport_cms.core.kept import kept

register = template.Library()


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[languages.LanguageLink]:
    """The language switch of this page or view: a list of LanguageLink."""
    request = context.get("request")
    page = context.get("page")
    if isinstance(page, Page):
        return languages.page_language_links(page, request)
    return languages.view_language_links(request) if request else []


@register.simple_tag
def x_default(links: list[languages.LanguageLink]) -> str | None:
    return languages.x_default(links)


@register.simple_tag(takes_context=True)
def breadcrumbs(context: Context) -> list[dict[str, Any]]:
    """The pages above this one, home page first: title and url."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, Page):
        return []
    above = languages.ancestors_of(page)
    return [{"title": item.title, "url": item.get_url(request)} for item in above]


@register.simple_tag(takes_context=True)
def absolute_url(context: Context, url: str) -> str:
    """The URL with scheme and host, as sharing and feeds want it."""
    request = context.get("request")
    return request.build_absolute_uri(url) if request is not None else url


@register.simple_tag(takes_context=True)
def canonical_query(context: Context) -> str:
    """The part of the query that makes another page of it: the page number, and no filter."""
    request = context.get("request")
    number = request.GET.get("page", "") if request is not None else ""
    return f"?page={number}" if number.isdecimal() and number != "1" else ""


@register.tag
def keep(parser: Parser, token: Token) -> "KeepNode":
    """`{% keep "entry" article.pk %} … {% endkeep %}`: kept while nothing is published, see core.kept.

    What is inside depends on the values, the site and the language alone, and is made of what is
    published: never of the page that is shown, which may be a draft. A last value that is empty
    means that it is not to be kept.
    """
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(values, nodelist)


class KeepNode(template.Node):
    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self.values = values
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        values = [value.resolve(context) for value in self.values]
        request = context.get("request")
        if request is None or not values[-1]:
            return self.nodelist.render(context)
        site = Site.find_for_request(request)
        key = ("fragment", *values, get_language(), site and site.pk)
        return kept(key, lambda: self.nodelist.render(context))
