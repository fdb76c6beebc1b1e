"""How content comes out for the request of a channel: its rich text format, its picture presets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from wagtail.api.utils import get_full_url
from wagtail.images.models import AbstractImage

from techport_cms.core.delivery import Delivery, Json
from techport_cms.core.pictures import Source, load_picture, picture, presets

from .conf import conf
from .parameters import Parameter, one_of
from .richtext import FORMATS, rich_text


@dataclass(frozen=True)
class ChannelDelivery(Delivery):
    rich_text_format: str = "html"
    renditions: tuple[str, ...] = ()  # names of presets

    def absolute(self, url: str | None) -> str | None:
        """As Wagtail's API makes addresses: of WAGTAILAPI_BASE_URL, else of the request's site."""
        return get_full_url(self.request, url) if url else url

    def image(self, image: AbstractImage | None, alt: str | None = None) -> Json | None:
        """With `focal_point`, and `renditions` by preset where the request asks for some."""
        if self.renditions and image is not None:
            load_picture(image)  # with its alternative texts
        found = super().image(image, alt)
        if found is None or image is None:
            return found
        found["focal_point"] = focal_point(image)
        if self.renditions:
            found["renditions"] = {name: self._rendition(image, name, found) for name in self.renditions}
        return found

    def _rendition(self, image: AbstractImage, preset: str, found: Json) -> Json:
        """{"alt", "width", "height", "focal_point", "sources": [{"type", "srcset"}, …], "src"}; without
        sources and with the image itself where it has no other sizes."""
        common = {"alt": found["alt"], "focal_point": found["focal_point"]}
        if image.is_svg():  # has no pixels to be cut out
            size = {"width": found["width"], "height": found["height"]}
            return {**common, **size, "sources": [], "src": found["url"]}
        made = picture(image, preset)
        sources = [*made.sources, Source(made.type, made.srcset)] if made.srcset else []
        return {
            **common,
            "width": made.width,
            "height": made.height,
            "sources": [{"type": one.type, "srcset": self._srcset(one.srcset)} for one in sources],
            "src": self.absolute(made.src),
        }

    def _srcset(self, srcset: str) -> str:
        candidates = (candidate.rsplit(" ", 1) for candidate in srcset.split(", "))
        return ", ".join(f"{self.absolute(url)} {width}" for url, width in candidates)

    def rich_text(self, source: str) -> Any:
        return rich_text(source, self.rich_text_format)


def focal_point(image: AbstractImage) -> dict[str, float] | None:
    """Its centre as fractions of the original's width and height, from the left and the top."""
    if image.focal_point_x is None or not image.width or not image.height:
        return None
    x, y = image.focal_point_x / image.width, image.focal_point_y / image.height
    return {"x": round(x, 4), "y": round(y, 4)}


def default_format() -> str:
    """Raises ImproperlyConfigured."""
    name = conf().rich_text_format or getattr(settings, "WAGTAILAPI_RICH_TEXT_FORMAT", "html")
    if name not in FORMATS:
        raise ImproperlyConfigured(f"The default rich text format must be one of {', '.join(FORMATS)}.")
    return name


def parse_renditions(text: str) -> tuple[str, ...]:
    """ValueError for a preset that there is not."""
    known, names = presets(), tuple(dict.fromkeys(text.split(",")))
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"knows no {', '.join(unknown)}; there is {', '.join(known)}")
    return names


RICH_TEXT_FORMAT = Parameter(
    "rich_text_format",
    "In which form rich text comes, at every depth.",
    {"enum": list(FORMATS)},
    one_of(FORMATS),
)
RENDITIONS = Parameter(
    "renditions",
    "Names of presets, with commas: every image then carries files in these sizes.",
    {"type": "string"},
    parse_renditions,
)


def channel_delivery(request: Any, values: Mapping[str, Any]) -> ChannelDelivery:
    return ChannelDelivery(
        request,
        rich_text_format=values.get("rich_text_format", default_format()),
        renditions=values.get("renditions", ()),
    )
