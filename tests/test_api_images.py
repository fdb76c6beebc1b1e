"""Pictures of the delivery API: in named sizes only, what they show, and none that is not public."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from api_client import ask, ids, problem, read, showing, titles
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import (
    ArticlePageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    language_homes,
    published_home,
    translated,
)
from PIL import Image
from wagtail.api import APIField
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, Page

from news.models import ArticlePage
from techport_cms.content.models import ContentImage, ContentRendition, ImageAltText
from techport_cms.core.pictures import Preset
from techport_cms.headless.openapi.components import Components
from techport_cms.headless.openapi.models import object_schema
from techport_cms.headless.pages import PagesEndpoint

pytestmark = pytest.mark.django_db

SMALL = {"file__width": 8, "file__height": 8}
PIECES = (
    "fill-99999x99999", "original", "width-100", "max-1x1|format-avif", "card", "hero", "../../etc/passwd",
    "..%2f..", "CARD", "card ", " card", "card\n", "fill-400x267", "é", "卡", "😀", "'", '"; DROP TABLE x',
    "*", "null", "0", "-1", "jpegquality-1", "format-webp", "bgcolor-fff", "card|hero", "%00", "{}", "[card]",
    "\\",
)  # fmt: skip


@pytest.fixture
def sizes(settings: Any) -> None:
    """Two presets that are quick to make."""
    settings.TECHPORT_PRESETS = {
        "card": Preset(("fill-16x16", "fill-32x32")),
        "logo": Preset(("max-16x16",), fallback="png"),
    }


def two_halves(**fields: Any) -> ContentImage:
    """Black on the left, white on the right."""
    picture = Image.new("RGB", (128, 64), "black")
    picture.paste("white", (64, 0, 128, 64))
    file = io.BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    return ImageFactory(file=ImageFile(file, "halves.png"), **fields)


def rendition(image: ContentImage, preset: str) -> dict[str, Any]:
    return read(f"images/{image.pk}/", renditions=preset)["meta"]["renditions"][preset]


class TestPresets:
    def test_sizes_in_each_format(self, db: None, sizes: None) -> None:
        shown = rendition(two_halves(), "card")
        assert shown.keys() == {"alt", "focal_point", "width", "height", "sources", "src"}
        assert (shown["width"], shown["height"]) == (32, 32)
        assert [one["type"] for one in shown["sources"]] == ["image/avif", "image/webp", "image/jpeg"]
        for source in shown["sources"]:
            candidates = [candidate.split(" ") for candidate in source["srcset"].split(", ")]
            assert [width for _url, width in candidates] == ["16w", "32w"]
            for url, width in candidates:
                made = opened(url)
                assert (f"{made.width}w", Image.MIME[made.format or ""]) == (width, source["type"])
        assert shown["src"] == shown["sources"][-1]["srcset"].split(", ")[-1].split(" ")[0]

    def test_a_fallback_that_keeps_transparency(self, db: None, sizes: None) -> None:
        shown = rendition(two_halves(), "logo")
        assert [one["type"] for one in shown["sources"]] == ["image/avif", "image/webp", "image/png"]
        assert shown["src"].endswith(".png")
        assert (shown["width"], shown["height"]) == (16, 8)

    def test_several_and_none(self, db: None, sizes: None) -> None:
        image = ImageFactory(**SMALL)
        assert "renditions" not in read(f"images/{image.pk}/")["meta"]
        assert ContentRendition.objects.count() == 0
        assert read("images/", renditions="logo,card,logo")["items"][0]["meta"]["renditions"].keys() == {
            "card",
            "logo",
        }

    def test_the_focal_point_stays_in_the_picture(self, db: None, sizes: None) -> None:
        square = {"focal_point_y": 32, "focal_point_width": 20, "focal_point_height": 20}
        left, right = two_halves(focal_point_x=20, **square), two_halves(focal_point_x=108, **square)
        assert rendition(left, "card")["focal_point"] == {"x": 0.1562, "y": 0.5}
        assert read(f"images/{right.pk}/")["meta"]["focal_point"] == {"x": 0.8438, "y": 0.5}
        assert rendition(two_halves(), "card")["focal_point"] is None
        dark, light = (opened(rendition(image, "card")["src"]).convert("L") for image in (left, right))
        assert dark.getpixel((8, 16)) < 20 < 235 < light.getpixel((24, 16))  # type: ignore[operator]

    def test_what_is_no_preset_makes_no_file(self, db: None) -> None:
        """What anybody may put there, alone and between names that there are."""
        page = ArticlePageFactory(
            parent=NewsIndexPageFactory(parent=published_home()), hero_image=ImageFactory(**SMALL)
        )
        paths = ("images/", f"images/{page.hero_image_id}/", "pages/", f"pages/{page.pk}/")
        before, chance = files(), random.Random(20)  # noqa: S311
        for number in range(200):
            named = [chance.choice(PIECES) for _ in range(chance.randint(1, 3))]
            named.insert(chance.randint(0, len(named)), chance.choice(("fill-1x1", "x" * 300, "original")))
            detail = problem(paths[number % 4], renditions=",".join(named))
            assert detail.startswith("renditions ")
        assert files() == before
        assert ContentRendition.objects.count() == 0


def opened(url: str) -> Image.Image:
    name = url.removeprefix("http://localhost/media/")
    assert name != url
    with default_storage.open(name) as file:
        return Image.open(io.BytesIO(file.read()))


def files() -> set[Path]:
    return {path for path in Path(default_storage.location).rglob("*") if path.is_file()}  # type: ignore[attr-defined]


class TestUnreadableFiles:
    """What is wrong with one image is no reason to show nothing of all others, and of the page."""

    @pytest.fixture
    def broken(self, db: None, sizes: None) -> list[ContentImage]:
        """One whose file is away, and one whose file is no image."""
        images = [ImageFactory(title=title, **SMALL) for title in ("Weg", "Stuk")]
        default_storage.delete(images[0].file.name)
        Path(images[1].file.path).write_bytes(b"no image")
        return images

    def test_in_a_list_and_alone(self, broken, caplog: pytest.LogCaptureFixture) -> None:
        whole = ImageFactory(title="Heel", **SMALL)
        for _ in range(2):
            found = {item["title"]: item["meta"] for item in read("images/", renditions="card")["items"]}
        assert len(found["Heel"]["renditions"]["card"]["sources"]) == 3
        for image in broken:
            shown = found[image.title]["renditions"]["card"]
            assert (shown["width"], shown["height"], shown["sources"]) == (8, 8, [])
            assert shown["src"] == found[image.title]["download_url"]
            assert rendition(image, "card") == shown
            told = [record for record in caplog.records if f"image {image.pk} " in record.getMessage()]
            assert [record.levelname for record in told] == ["WARNING"]
        assert rendition(whole, "card") == found["Heel"]["renditions"]["card"]

    def test_on_a_page(self, broken) -> None:
        news = NewsIndexPageFactory(parent=published_home())
        for image in broken:
            alt = f"Een {image.title}"
            picture = {"image": image, "alt_text": alt, "decorative": False, "caption": ""}
            page = ArticlePageFactory(parent=news, hero_image=image, body=[("picture", picture)])
            detail = read(f"pages/{page.pk}/", renditions="card")
            assert detail["hero_image"]["renditions"]["card"]["sources"] == []
            answer = ask(page.get_url())
            html = answer.content.decode()
            assert answer.status_code == 200
            assert f'src="{image.file.url}"' in html and f'alt="{alt}"' in html
            assert 'srcset=""' not in html
            assert "img/social" in html, "what is shared shows the site's own picture"
        assert ask(news.get_url()).status_code == 200


class TestPlainForeignKey:
    """A host's `APIField("feed_image")`, without a serializer of ours."""

    def test_it_carries_what_every_image_does(self, db: None, sizes: None) -> None:
        news = NewsIndexPageFactory(parent=language_homes()["nl"])
        images = [two_halves(focal_point_x=20, focal_point_y=32) for _ in range(3)]
        pages = [ArticlePageFactory(parent=news, hero_image=image) for image in images]
        english = translated(pages[0], "en")
        for page, text in ((pages[0], "Een sluis"), (english, "A lock")):
            ImageAltText.objects.create(image=images[0], locale=page.locale, text=text)
        with showing(ArticlePage, APIField("hero_image")):
            alts = []
            for page in (pages[0], english):
                meta = read(f"pages/{page.pk}/", renditions="card")["hero_image"]["meta"]
                assert meta["focal_point"] == {"x": 0.1562, "y": 0.5}
                assert meta["alt_texts"] == {"nl": "Een sluis", "en": "A lock"}
                assert meta["renditions"]["card"].keys() == {
                    "alt", "focal_point", "width", "height", "sources", "src",
                }  # fmt: skip
                alts.append(meta["renditions"]["card"]["alt"])
            assert alts == ["Een sluis", "A lock"]
            query = {"type": "news.ArticlePage", "fields": "hero_image", "renditions": "card"}
            read("pages/", **query)  # makes the files
            counts = []
            for limit in (2, 3):
                with CaptureQueriesContext(connection) as queries:
                    read("pages/", limit=limit, **query)
                counts.append(len(queries))
            assert counts == [10, 10]

    def test_the_document_tells_it(self, db: None) -> None:
        with showing(ArticlePage, APIField("hero_image")):
            schema = object_schema(PagesEndpoint, ArticlePage, Components(), show_details=True)
        shown = json.dumps(schema["properties"]["hero_image"])
        assert "renditions" in shown and "focal_point" in shown


class TestAlternativeText:
    @pytest.fixture
    def article(self, db: None) -> Page:
        news = NewsIndexPageFactory(parent=language_homes()["nl"])
        image = ImageFactory(title="Titel van het beeld", **SMALL)
        picture = {"image": image, "alt_text": "", "decorative": False, "caption": ""}
        own = {**picture, "alt_text": "Eigen tekst"}
        decorative = {**own, "decorative": True}
        body = [("picture", picture), ("picture", own), ("picture", decorative)]
        return ArticlePageFactory(parent=news, title="Artikel", hero_image=image, body=body)

    def alts(self, page: Page) -> list[str]:
        """Of the hero image, and of the blocks: without a text of their own, with one, decorative."""
        found = read(f"pages/{page.pk}/", renditions="logo")
        images = [found["hero_image"], *(block["value"]["image"] for block in found["body"])]
        for image in images:
            assert image["renditions"]["logo"]["alt"] == image["alt"]
        return [image["alt"] for image in images]

    def test_the_places_own_then_the_images_in_the_language_then_none(self, article) -> None:
        english = translated(article, "en")
        image = ContentImage.objects.get()
        assert self.alts(article) == self.alts(english) == ["", "", "Eigen tekst", ""]
        ImageAltText.objects.create(image=image, locale=article.locale, text="Een sluis")
        assert self.alts(article) == ["Een sluis", "Een sluis", "Eigen tekst", ""]
        assert self.alts(english) == ["", "", "Eigen tekst", ""]  # no other language's
        ImageAltText.objects.create(image=image, locale=english.locale, text="A lock")
        assert self.alts(english) == ["A lock", "A lock", "Eigen tekst", ""]
        assert self.alts(article) == ["Een sluis", "Een sluis", "Eigen tekst", ""]
        assert read(f"images/{image.pk}/")["meta"]["alt_texts"] == {"nl": "Een sluis", "en": "A lock"}

    def test_a_list_of_two_languages(self, article) -> None:
        english = translated(article, "en")
        image = ContentImage.objects.get()
        ImageAltText.objects.create(image=image, locale=article.locale, text="Een sluis")
        ImageAltText.objects.create(image=image, locale=english.locale, text="A lock")
        found = read("pages/", type="news.ArticlePage", fields="hero_image", renditions="logo")["items"]
        assert {item["id"]: item["hero_image"]["alt"] for item in found} == {
            article.pk: "Een sluis",
            english.pk: "A lock",
        }


class TestRestrictedCollections:
    @pytest.fixture
    def inner(self, db: None) -> Collection:
        """Below a collection that is going to be restricted."""
        outer = Collection.get_first_root_node().add_child(instance=Collection(name="Buiten"))
        return outer.add_child(instance=Collection(name="Binnen"))

    def restrict(self, collection: Collection) -> None:
        CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")

    def document(self, collection: Collection) -> Any:
        return get_document_model().objects.create(
            title="Geheim stuk", file=ContentFile(b"x", "stuk.txt"), collection=collection
        )

    def test_hidden_at_once_and_everywhere(self, inner) -> None:
        outer = inner.get_parent()
        hidden = {
            "images": [ImageFactory(title="Geheim", collection=one, **SMALL) for one in (inner, outer)],
            "documents": [self.document(one) for one in (inner, outer)],
        }
        open_image = ImageFactory(title="Open", **SMALL)
        document = hidden["documents"][0]
        body = [
            ("picture", {"image": hidden["images"][0], "alt_text": "", "decorative": True, "caption": ""}),
            ("downloads", {"heading": "", "documents": [document]}),
            ("paragraph", f'<p><a linktype="document" id="{document.pk}">hier</a></p>'),
        ]
        news = NewsIndexPageFactory(parent=published_home())
        page = ArticlePageFactory(parent=news, hero_image=hidden["images"][1], body=body)
        assert len(ids("images/")) == 3 and len(ids("documents/")) == 2
        assert "Geheim" in ask(f"pages/{page.pk}/").content.decode()

        self.restrict(outer)
        assert titles("images/") == ["Open"]
        assert read("images/")["meta"]["total_count"] == 1
        assert titles("documents/") == []
        assert ids("images/", search="Geheim") == ids("images/", title="Geheim") == []
        assert ids("documents/", search="Geheim") == []
        for endpoint, files_ in hidden.items():
            for file in files_:
                assert "Geheim" not in problem(f"{endpoint}/{file.pk}/", 404)
                assert "Geheim" not in problem(f"{endpoint}/find/", 404, id=file.pk)
        detail = read(f"pages/{page.pk}/", renditions="logo")
        assert detail["hero_image"] is None
        assert "Geheim" not in json.dumps([detail, read("pages/", fields="*")])
        assert ids("images/", order="title") == [open_image.pk]

    def test_below_a_restricted_one(self, inner) -> None:
        self.restrict(inner)
        shown = ImageFactory(collection=inner.get_parent(), **SMALL)
        hidden = ImageFactory(collection=inner, title="Geheim", **SMALL)
        assert ids("images/") == [shown.pk]
        assert "Geheim" not in problem(f"images/{hidden.pk}/", 404)
        CollectionViewRestriction.objects.all().delete()
        assert ids("images/") == [shown.pk, hidden.pk]
