"""What a text points to, resolved to what a reader may see of it."""

import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from django.utils.translation import get_language
from wagtail.rich_text import features

from techport_cms.core.delivery import Delivery, Json, current
from techport_cms.core.expectations import DocumentLoader, ImageLoader
from techport_cms.core.pictures import load_picture
from techport_cms.core.references import pages_by_id
from techport_cms.core.together import once, shared

T = TypeVar("T")

_ID = re.compile(r"[0-9]{1,9}")


class Links(Protocol):
    """Each method answers None for what is not public, or is not there. Ids are as stored: any text."""

    def page(self, id_: str) -> Json | None: ...

    def document(self, id_: str) -> Json | None: ...

    def image(self, id_: str, alt: str | None) -> Json | None:
        """`alt` is what the text says; None where it says nothing, "" where the image is decoration."""

    def other_link(self, kind: str, attributes: dict[str, str]) -> str | None:
        """The opening tag of a link of a project's own type."""

    def other_embed(self, kind: str, attributes: dict[str, str]) -> str | None:
        """The HTML of an embed of a project's own type."""

    def absolute(self, url: str) -> str | None: ...


class PublicLinks:
    """As the request at hand wants it delivered, and never more than is public.

    Links and embeds of a project's own types come as its handlers show them on the website.
    """

    def page(self, id_: str) -> Json | None:
        return once(_delivered_page, id_, get_language(), current())

    def document(self, id_: str) -> Json | None:
        return current().document(_one(shared(DocumentLoader).get, id_))

    def image(self, id_: str, alt: str | None) -> Json | None:
        image = _one(shared(ImageLoader).get, id_)
        if image is not None and alt is None:
            load_picture(image)  # its own text, with those of all images that are expected
        return current().image(image, alt)

    def other_link(self, kind: str, attributes: dict[str, str]) -> str | None:
        return _expanded(features.get_link_types().get(kind), attributes)

    def other_embed(self, kind: str, attributes: dict[str, str]) -> str | None:
        return _expanded(features.get_embed_types().get(kind), attributes)

    def absolute(self, url: str) -> str | None:
        return current().absolute(url)


def _delivered_page(id_: str, language: str | None, delivery: Delivery) -> Json | None:
    """Asked once for all links to a page, since its address takes longer to make than the rest of a text."""
    return delivery.page(_one(pages_by_id, id_))


def _one(load: Callable[[list[int]], dict[int, T]], id_: str) -> T | None:
    if not _ID.fullmatch(id_):
        return None
    number = int(id_)
    return load([number]).get(number)


def _expanded(handler: Any, attributes: dict[str, str]) -> str | None:
    return handler.expand_db_attributes(attributes) if handler is not None else None
