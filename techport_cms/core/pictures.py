"""Pictures as the site and the API show them: named presets, AVIF and WebP with a fallback, alt.

A preset is the only way to ask for a size, so that nobody outside can make files. A project
adds or changes presets in settings:

    TECHPORT_PRESETS = {"card": Preset(("fill-480x320",), sizes="30rem")}

Alternative texts per language are rows of `image.alt_texts` (locale, text), where the image
model has them (`techport_cms.content` gives them to any); without them an image has none.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Value, prefetch_related_objects
from wagtail.images.models import AbstractImage, AbstractRendition

from .spoken import active_language, expected_languages
from .together import is_together, shared

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Preset:
    """The sizes in which a picture is offered, as Wagtail filter specs from small to large.

    `sizes` is the HTML attribute: how wide the picture stands on the page. `fallback` is the
    format for who has neither AVIF nor WebP: "jpeg", or "png" where transparency matters.
    """

    specs: tuple[str, ...]
    sizes: str = "100vw"
    fallback: str = "jpeg"

    def filters(self, image_format: str) -> list[str]:
        return [f"{spec}|format-{image_format}" for spec in self.specs]

    def all_filters(self) -> list[str]:
        return [f for fmt in ("avif", "webp", self.fallback) for f in self.filters(fmt)]


DEFAULT_PRESETS = {
    "card": Preset(
        ("fill-400x267", "fill-800x533"), "(min-width: 64rem) 24rem, (min-width: 40rem) 45vw, 100vw"
    ),
    "figure": Preset(("width-480", "width-960", "width-1440"), "(min-width: 48rem) 44rem, 100vw"),
    "hero": Preset(("width-640", "width-1280", "width-1600"), "(min-width: 80rem) 76rem, 100vw"),
    "logo": Preset(("max-240x160", "max-480x320"), "12rem", fallback="png"),
    "social": Preset(("fill-1200x630",), "1200px"),
}


@dataclass(frozen=True)
class Source:
    type: str  # media type
    srcset: str


@dataclass(frozen=True)
class Picture:
    """Everything that a `<picture>` element needs; widths and heights in pixels."""

    alt: str
    src: str
    width: int
    height: int
    sizes: str
    sources: list[Source] = field(default_factory=list)
    srcset: str = ""
    type: str = "image/jpeg"  # of src and srcset


def presets() -> dict[str, Preset]:
    return {**DEFAULT_PRESETS, **getattr(settings, "TECHPORT_PRESETS", {})}


def alt_text(image: AbstractImage, own: str = "", language: str | None = None) -> str:
    """What to say of the image: the place's own text, else the image's in this language, else ""."""
    if own:
        return own
    code = active_language(language)
    known = getattr(image, "known_alt_texts", {})
    return known[code] if code in known else alt_texts(image).get(code, "")


def alt_texts(image: AbstractImage) -> dict[str, str]:
    """What the image shows, by language code. One query for all images that are expected."""
    return shared(AltTextLoader).get(image)


class AltTextLoader:
    """The alternative texts, in all languages, of the images that are going to be shown."""

    def __init__(self) -> None:
        self._expected: set[int] = set()
        self._texts: dict[int, dict[str, str]] = {}  # by image and language code

    def expect(self, images: Iterable[AbstractImage]) -> None:
        self._expected.update(image.pk for image in images)

    def get(self, image: AbstractImage) -> dict[str, str]:
        if image.pk not in self._texts:
            self._load(image, {image.pk, *self._expected} - self._texts.keys())
            self._expected.clear()
        return self._texts[image.pk]

    def _load(self, image: AbstractImage, missing: set[int]) -> None:
        self._texts.update({id_: {} for id_ in missing})
        if hasattr(image, "alt_texts"):
            rows = image.alt_texts.model.objects.filter(image__in=missing)
            for id_, code, text in rows.values_list("image_id", "locale__language_code", "text"):
                self._texts[id_][code] = text


class PictureLoader:
    """The images that are going to be shown: the first one shown loads what all of them need."""

    def __init__(self) -> None:
        self._expected: list[AbstractImage] = []

    def expect(self, images: Iterable[AbstractImage]) -> None:
        self._expected += images

    def load(self) -> None:
        """Renditions and alternative texts, in the active language and those that are expected, in one
        query."""
        images = [image for image in self._expected if not hasattr(image, "prefetched_renditions")]
        self._expected.clear()
        if not images:
            return
        codes = expected_languages(active_language())
        prefetch_related_objects(
            images, Prefetch("renditions", _renditions(images[0], codes), to_attr="prefetched_renditions")
        )
        for image in images:
            if image.prefetched_renditions:  # else it is shown for the first time, which takes long anyway
                first = image.prefetched_renditions[0]
                image.known_alt_texts = {
                    code: getattr(first, _text_in(number)) or "" for number, code in enumerate(codes)
                }


def expect_pictures(images: Iterable[AbstractImage | None]) -> None:
    """Announce images that are going to be shown; where nothing is loaded together, load them now."""
    loader, shown = shared(PictureLoader), [image for image in images if image is not None]
    loader.expect(shown)
    shared(AltTextLoader).expect(shown)
    if not is_together():
        loader.load()


def load_picture(image: AbstractImage) -> None:
    """Load this image, and what is expected with it, unless that has been done."""
    if not hasattr(image, "prefetched_renditions"):
        loader = shared(PictureLoader)
        loader.expect([image])
        loader.load()


def _renditions(image: AbstractImage, codes: list[str]) -> QuerySet:
    """The renditions in all presets, each with the alternative texts of its image in these languages."""
    specs = [spec for preset in presets().values() for spec in preset.all_filters()]
    renditions = image.get_rendition_model().objects.filter(filter_spec__in=specs)
    if not hasattr(image, "alt_texts"):
        return renditions.annotate(**{_text_in(number): Value("") for number in range(len(codes))})
    texts = image.alt_texts.model.objects.filter(image=OuterRef("image"))
    return renditions.annotate(
        **{
            _text_in(number): Subquery(texts.filter(locale__language_code=code).values("text")[:1])
            for number, code in enumerate(codes)
        }
    )


def _text_in(number: int) -> str:
    """The name of the alternative text in the language with this number."""
    return f"text_of_image_{number}"


def picture(image: AbstractImage, preset_name: str, alt: str = "") -> Picture:
    """The image in this preset; as it is, in no other size, where its file cannot be read. KeyError for
    an unknown preset.

    Makes the files that are missing; costs no query where `expect_pictures` has announced it.
    """
    preset = presets()[preset_name]
    load_picture(image)
    renditions = readable_renditions(image, preset.all_filters())
    if not renditions:
        return Picture(alt, image.file.url, image.width, image.height, preset.sizes)
    fallbacks = [renditions[spec] for spec in preset.filters(preset.fallback)]
    largest = fallbacks[-1]
    return Picture(
        alt=alt,
        src=largest.url,
        width=largest.width,
        height=largest.height,
        sizes=preset.sizes,
        sources=[
            Source(f"image/{fmt}", _srcset(renditions[spec] for spec in preset.filters(fmt)))
            for fmt in ("avif", "webp")
        ],
        srcset=_srcset(fallbacks),
        type=f"image/{preset.fallback}",
    )


def readable_renditions(image: AbstractImage, specs: Iterable[str]) -> dict[str, AbstractRendition]:
    """By spec; none where one is missing and the image's file cannot be read, which is logged."""
    try:
        return _as_stored(image, image.get_renditions(*specs))
    except OSError as error:
        _tell_unreadable(image.pk, str(error))
        return {}


def _as_stored(
    image: AbstractImage, renditions: dict[str, AbstractRendition]
) -> dict[str, AbstractRendition]:
    """Where another process has made the same size at the same time, Wagtail returns ours, whose row was not
    written: its address would be another one than every other process has."""
    made = {spec: rendition for spec, rendition in renditions.items() if rendition.pk is None}
    if not made:
        return renditions
    rows = image.renditions.filter(filter_spec__in=made)
    stored = {
        row.filter_spec: row for row in rows if row.focal_point_key == made[row.filter_spec].focal_point_key
    }
    for spec, row in stored.items():
        if row.file.name != made[spec].file.name:
            made[spec].file.delete(save=False)
    return renditions | stored


@lru_cache(1000)  # once by each process, however often the image is shown
def _tell_unreadable(pk: int, reason: str) -> None:
    logger.warning("The file of image %s cannot be read, so it is shown as it is: %s", pk, reason)


def _srcset(renditions: Iterable[AbstractRendition]) -> str:
    by_width = {rendition.width: rendition.url for rendition in renditions}  # small originals repeat
    return ", ".join(f"{url} {width}w" for width, url in sorted(by_width.items()))
