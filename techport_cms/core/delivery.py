"""How content that points elsewhere comes out for a program: images, pages, documents, rich text.

One way for fields, blocks and endpoints, whoever asks: `current()` is how the request at hand
wants it. `headless` delivers with the formats and picture sizes that a channel asks for; without
it there is plain HTML. Never more than is public comes out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, Site
from wagtail.rich_text import expand_db_html

from .files import size_in_bytes
from .pictures import alt_text
from .references import public_page
from .together import once
from .visibility import is_public_file

Json = dict[str, Any]


@dataclass(frozen=True)
class Delivery:
    """Addresses are absolute: those of files by the request's host, else by the default site's."""

    request: HttpRequest | None = None

    def absolute(self, url: str | None) -> str | None:
        if not url:
            return url
        if self.request is not None:
            return self.request.build_absolute_uri(url)
        site = once(_default_site)
        return urljoin(site.root_url, url) if site else url

    def page(self, page: Page | None) -> Json | None:
        """{"id", "type", "title", "url"} of the page that a reader is led to, or None."""
        target = public_page(page)
        if target is None:
            return None
        return {
            "id": target.pk,
            "type": type_of(target),
            "title": target.title,
            "url": target.get_full_url(self.request),
        }

    def image(self, image: AbstractImage | None, alt: str | None = None) -> Json | None:
        """{"id", "type", "title", "alt", "width", "height", "url"}, or None where it is not public.

        `alt` is what the place says where the image stands; None: the image's own in the language.
        """
        if image is None or not is_public_file(image):
            return None
        return {
            "id": image.pk,
            "type": image._meta.label,
            "title": image.title,
            "alt": alt_text(image) if alt is None else alt,
            "width": image.width,
            "height": image.height,
            "url": self.absolute(image.file.url),
        }

    def document(self, document: AbstractDocument | None) -> Json | None:
        """{"id", "type", "title", "url", "extension", "size"} (size in bytes), or None."""
        if document is None or not is_public_file(document):
            return None
        return {
            "id": document.pk,
            "type": document._meta.label,
            "title": document.title,
            "url": self.absolute(document.url),
            "extension": document.file_extension,
            "size": size_in_bytes(document),
        }

    def rich_text(self, source: str) -> Any:
        """The text as its reader wants it; `source` is HTML as Wagtail stores it."""
        return expand_db_html(source)


_plain = Delivery()
_current: ContextVar[Delivery] = ContextVar("delivery", default=_plain)


def current() -> Delivery:
    return _current.get()


@contextmanager
def delivering(delivery: Delivery) -> Iterator[None]:
    """What is made in here comes out as this delivery says."""
    token = _current.set(delivery)
    try:
        yield
    finally:
        _current.reset(token)


def type_of(page: Page) -> str:
    """ "app_label.ModelName" of the page's own type."""
    return page.specific_class._meta.label if page.specific_class else "wagtailcore.Page"


def _default_site() -> Site | None:
    return Site.objects.filter(is_default_site=True).first()
