"""How content that points elsewhere looks in the API: images, pages, terms. Never more than is public."""

from collections.abc import Iterable
from typing import Any

from rest_framework.fields import Field
from wagtail.images.models import AbstractImage
from wagtail.models import Page

from techport_cms.core.delivery import current
from techport_cms.core.references import preloaded
from techport_cms.core.schemas import nullable, ref
from techport_cms.core.visibility import is_public_snippet


class DeliveredField(Field):
    """A read-only field. `schema` is the JSON Schema of what comes out, for the API's OpenAPI."""

    schema: dict[str, Any] = {}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)


class ImageField(DeliveredField):
    schema = nullable(ref("Image"))

    def to_representation(self, value: AbstractImage) -> dict | None:
        return current().image(value)


class NamesField(DeliveredField):
    """A list of names, as it is stored."""

    schema = {"type": "array", "items": {"type": "string"}}

    def to_representation(self, value: list[str]) -> list[str]:
        return value


class TermField(DeliveredField):
    """{"id", "type", "name", "slug"} of a category, sector or topic, or None while it is a draft."""

    schema = nullable(ref("Term"))

    def to_representation(self, value: Any) -> dict | None:
        if not is_public_snippet(value):
            return None
        return {"id": value.pk, "type": value._meta.label, "name": value.name, "slug": value.slug}


class PageField(DeliveredField):
    """The page that a reader is led to, or None."""

    schema = nullable(ref("PageLink"))

    def to_representation(self, value: Page) -> dict | None:
        return current().page(value)


class PageLinksField(DeliveredField):
    """The same of each page in a StreamField of page choosers; who is not public is left out."""

    schema = {"type": "array", "items": ref("PageLink")}

    def to_representation(self, value: Iterable[Any]) -> list[dict]:
        pages = [block.value for block in value if block.value is not None]
        with preloaded(page.pk for page in pages):
            links = [current().page(page) for page in pages]
        return [link for link in links if link is not None]
