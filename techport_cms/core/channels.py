"""For which channels a page is meant: the website, a screen, an app.

The website shows every public page. Which other channels there are, and which pages are meant for
them, tells the room that keeps it (`content`), so that lists of pages of all types can ask here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from wagtail.models import PageQuerySet

WEBSITE = "website"


@dataclass(frozen=True)
class ChannelSource:
    names: Callable[[], Iterable[str]]  # the channels besides the website
    condition: Callable[[str], Q]  # filters pages, of whatever types, by the name of one


_sources: list[ChannelSource] = []


def register(source: ChannelSource) -> None:
    if source not in _sources:
        _sources.append(source)


def channel_names() -> list[str]:
    """What `for_channel` takes, the website first."""
    return [WEBSITE, *(name for source in _sources for name in source.names())]


def for_channel(pages: PageQuerySet, channel: str) -> PageQuerySet:
    """Those of these pages that are meant for the channel, in the same query. ValueError if there is none."""
    if channel not in channel_names():
        raise ValueError(f"There is no channel {channel}.")
    for source in _sources:
        if channel in source.names():
            pages = pages.filter(source.condition(channel))
    return pages
