"""Pictures of the website: AVIF, WebP and a fallback, each in several sizes, with their dimensions."""

import io
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.test import Client
from factories import (
    ArticlePageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    published_home,
)
from PIL import Image
from wagtail.models import Page

from techport_cms.content.models import ContentImage
from techport_cms.core.pictures import Preset, readable_renditions

pytestmark = pytest.mark.django_db

# Of each preset three sizes that are quick to make.
PRESETS = {
    "hero": Preset(("width-24", "width-48", "width-64"), sizes="(min-width: 80rem) 76rem, 100vw"),
    "figure": Preset(("width-16", "width-32", "width-48"), sizes="(min-width: 48rem) 44rem, 100vw"),
    "logo": Preset(("max-8x8", "max-16x16", "max-32x32"), sizes="12rem", fallback="png"),
}
Attributes = dict[str, str | None]


@dataclass
class Picture:
    sources: list[Attributes] = field(default_factory=list)
    img: Attributes = field(default_factory=dict)


class Pictures(HTMLParser):
    """The pictures of a page; an `<img>` on its own is one without sources."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Picture] = []
        self._open: Picture | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "picture":
            self._open = Picture()
        elif tag == "source" and self._open:
            self._open.sources.append(dict(attrs))
        elif tag == "img":
            shown = self._open or Picture()
            shown.img = dict(attrs)
            self.found.append(shown)

    def handle_endtag(self, tag: str) -> None:
        if tag == "picture":
            self._open = None


@pytest.fixture(autouse=True)
def sizes(settings: Any) -> None:
    settings.TECHPORT_PRESETS = {**PRESETS, "card": PRESETS["figure"], "social": PRESETS["figure"]}


def drawing() -> ContentImage:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((128, 64)).convert("RGB").save(file, "PNG")
    file.seek(0)
    return ImageFactory(file=ImageFile(file, "drawing.png"))


def shown(page: Page) -> list[Picture]:
    response = Client().get(page.url)
    assert response.status_code == 200
    return Pictures(response.content.decode()).found


def file(url: str | None) -> Image.Image:
    assert url and url.startswith("/media/")
    with default_storage.open(url.removeprefix("/media/")) as content:
        return Image.open(io.BytesIO(content.read()))


def candidates(srcset: str | None) -> dict[str, str]:
    """Address by width, as `480w`."""
    assert srcset
    return {width: url for url, width in (candidate.split() for candidate in srcset.split(", "))}


def assert_offered(picture: Picture, preset: Preset, widths: list[str]) -> None:
    """In each format, best first, every size; the files are what the markup says of them."""
    assert [source["type"] for source in picture.sources] == ["image/avif", "image/webp"]
    for offer, type_ in (
        *((source, source["type"]) for source in picture.sources),
        (picture.img, f"image/{preset.fallback}"),
    ):
        assert offer["sizes"] == preset.sizes
        offered = candidates(offer["srcset"])
        assert list(offered) == widths
        for width, url in offered.items():
            made = file(url)
            assert (f"{made.width}w", Image.MIME[made.format or ""]) == (width, type_)
    largest = file(picture.img["src"])
    assert (picture.img["width"], picture.img["height"]) == (str(largest.width), str(largest.height))
    assert picture.img["src"] == candidates(picture.img["srcset"])[widths[-1]]


def test_an_article(db: None) -> None:
    image = drawing()
    block = {"image": image.pk, "alt_text": "Een sluis", "decorative": False, "caption": ""}
    index = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    article = ArticlePageFactory(
        parent=index, slug="sluis", hero_image=image, body=[{"type": "picture", "value": block}]
    )
    hero, below = shown(article)
    assert_offered(hero, PRESETS["hero"], ["24w", "48w", "64w"])
    assert_offered(below, PRESETS["figure"], ["16w", "32w", "48w"])
    assert (hero.img["width"], hero.img["height"]) == ("64", "32")
    assert below.img["alt"] == "Een sluis"
    # What is seen first is asked for first, what stands below when it comes near.
    assert (hero.img.get("fetchpriority"), hero.img.get("loading")) == ("high", None)
    assert (below.img.get("fetchpriority"), below.img.get("loading")) == (None, "lazy")


def test_a_logo_keeps_its_transparency(db: None) -> None:
    index = PartnerIndexPageFactory(parent=published_home(), slug="partners")
    partner = PartnerPageFactory(parent=index, slug="staal", title="Staal", logo=drawing())
    logos = shown(partner)
    assert logos
    for logo in logos:
        assert_offered(logo, PRESETS["logo"], ["8w", "16w", "32w"])


def test_who_is_later_names_the_files_of_who_was_first(
    image: ContentImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes make the same sizes; the other one writes its rows between our look and our own rows."""
    specs = ["width-8|format-webp", "width-16|format-webp"]
    sizes = type(image.renditions.model.objects)
    manager = image.renditions.model._default_manager

    def write_late(renditions: Any, **options: Any) -> Any:
        monkeypatch.undo()
        ContentImage.objects.get(pk=image.pk).get_renditions(*specs)
        return manager.bulk_create(renditions, **options)

    monkeypatch.setattr(sizes, "bulk_create", lambda self, *given, **options: write_late(*given, **options))
    found = readable_renditions(image, specs)
    rows = {row.filter_spec: row.file.name for row in image.renditions.all()}
    assert {spec: rendition.file.name for spec, rendition in found.items()} == rows
    assert len(rows) == 2
    kept = [name for name in default_storage.listdir("images")[1] if Path(image.file.name).stem in name]
    assert sorted(f"images/{name}" for name in kept) == sorted(rows.values())


def test_a_large_number_has_no_separator(db: None, settings: Any) -> None:
    """Which the numbers of a Dutch text have."""
    settings.TECHPORT_PRESETS = {**settings.TECHPORT_PRESETS, "hero": Preset(("width-128", "fill-2000x1000"))}
    index = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    image = ImageFactory(file__width=2000, file__height=1000)
    (hero,) = shown(ArticlePageFactory(parent=index, slug="groot", hero_image=image))
    assert (hero.img["width"], hero.img["height"]) == ("2000", "1000")
    assert list(candidates(hero.img["srcset"])) == ["128w", "2000w"]
