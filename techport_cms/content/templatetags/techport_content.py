from typing import Any, TypeVar

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage

from techport_cms.core import files, pictures
from techport_cms.core.expectations import expect
from techport_cms.core.kept import kept
from techport_cms.core.together import together
from techport_cms.core.visibility import is_public_file

AnyFile = TypeVar("AnyFile", AbstractImage, AbstractDocument)

register = template.Library()


@register.filter
def public(file: AnyFile | None) -> AnyFile | None:
    """`{% if page.image|public %}`: the image or document, or None where it is in a restricted collection."""
    return file if file and is_public_file(file) else None


@register.simple_tag
def picture(
    image: AbstractImage | None,
    preset: str,
    alt: str = "",
    decorative: bool = False,
    eager: bool = False,
    css_class: str = "",
) -> str:
    """`{% picture image "card" %}`: the image in a preset, with its alternative text.

    `alt` is the place's own text; `decorative` leaves the alternative text empty; `eager`
    is for the one picture that readers see first. Nothing for an image that is not public.
    """
    image = public(image)
    if image is None:
        return ""

    def render() -> str:
        pictures.load_picture(image)  # its alternative text comes along
        text = "" if decorative else pictures.alt_text(image, own=alt)
        shown = pictures.picture(image, preset, text)
        context = {"picture": shown, "eager": eager, "css_class": css_class}
        return get_template("techport_content/picture.html").render(context)

    return kept(("picture", image.pk, preset, alt, decorative, eager, css_class, get_language()), render)


@register.simple_tag
def picture_url(image: AbstractImage, preset: str) -> str:
    """The address of the largest fallback of a preset, for `og:image`; empty where nobody may see it, or
    its file cannot be read."""
    if public(image) is None:
        return ""

    def find() -> str:
        chosen = pictures.presets()[preset]
        pictures.load_picture(image)
        spec = chosen.filters(chosen.fallback)[-1]
        found = pictures.readable_renditions(image, [spec])
        return found[spec].url if found else ""

    return kept(("picture url", image.pk, preset), find)


@register.tag
def preload(parser: Parser, token: Token) -> "PreloadNode":
    """`{% preload value … %} … {% endpreload %}`: what the values point to costs a fixed number of queries.

    Takes StreamField values, rich text, images, pages and lists of them.
    """
    values = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endpreload",))
    parser.delete_first_token()
    return PreloadNode(values, nodelist)


class PreloadNode(template.Node):
    def __init__(self, values: list[FilterExpression], nodelist: NodeList) -> None:
        self.values = values
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        with together():
            for value in self.values:
                found = value.resolve(context)
                expect(found if isinstance(found, list) else [found], context.get("page"))
            return self.nodelist.render(context)


@register.filter
def attributes(items: Any, name: str) -> list[Any]:
    """`questions|attributes:"answer"`: the attribute of each item, for `{% preload %}`."""
    return [getattr(item, name) for item in items]


register.filter(files.size_in_bytes)
