"""The newest articles as an Atom feed (RFC 4287), one feed per language."""

import datetime
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

if TYPE_CHECKING:
    from .models import ArticlePage, NewsIndexPage

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # pasted text may hold them


def news_feed(index: "NewsIndexPage", articles: Iterable["ArticlePage"], request: HttpRequest) -> Atom1Feed:
    feed = Atom1Feed(
        title=_plain(index.title),
        link=index.get_full_url(request),
        description=None,
        subtitle=_plain(index.search_description) or None,
        language=index.locale.language_code,
        author_name=getattr(settings, "WAGTAIL_SITE_NAME", None) or _plain(index.title),
        feed_url=index.feed_url,
    )
    for article in articles:
        link = article.get_full_url(request)
        feed.add_item(
            title=_plain(article.title),
            link=link,
            description=escape(_plain(article.introduction)),  # a summary is read as HTML
            pubdate=_midnight(article.date),
            updateddate=article.last_published_at or _midnight(article.date),
            unique_id=_entry_id(article, link, index.locale.language_code),
            categories=[_plain(article.public_topic.name)] if article.public_topic else [],
        )
    return feed


def _entry_id(article: "ArticlePage", link: str, language: str) -> str:
    """A tag URI (RFC 4151) that outlives a change of title, slug and place."""
    born = article.first_published_at or article.date
    return f"tag:{urlsplit(link).hostname},{born:%Y-%m-%d}:{article.translation_key}/{language}"


def _midnight(date: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time.min))


def _plain(text: str) -> str:
    return _NOT_IN_XML.sub("", text)
