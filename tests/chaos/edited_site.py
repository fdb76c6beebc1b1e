"""A small site in two languages that edits are made on, and every address that shows some of it."""

from random import Random

from django.core.files.base import ContentFile
from factories import (
    ArticlePageFactory,
    FaqCategoryFactory,
    FaqIndexPageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    QuestionPageFactory,
    SectorFactory,
    TopicFactory,
    published_home,
    translated,
)
from wagtail.documents import get_document_model
from wagtail.models import Collection, Locale, Page, Site

from techport_cms.content.models import ContentImage

DEEPER = "verdieping"  # an index below an index: a tree to be moved, renamed and taken away as a whole
FIXED = (
    "/",
    "/en/",
    "/sitemap.xml",
    "/robots.txt",
    "/nieuws/feed/",
    "/en/nieuws/feed/",
    "/nieuws/?year=2025",
    "/nieuws/?topic=zee",
    "/partners/?sector=bouw",
    "/search/?q=nummer",
    "/en/search/?q=nummer",
    "/oud/",
    "/api/v2/pages/",
    "/api/v2/pages/?fields=*",
    "/api/v2/pages/?locale=en&fields=*",
    "/api/v2/pages/?search=nummer",
    "/api/v2/images/?fields=*",
    "/api/v2/documents/?fields=*",
    "/api/v2/categories/",
    "/api/v2/navigation/?locale=nl",
    "/api/v2/navigation/?locale=en",
    "/api/v2/site/?locale=nl",
    "/api/v2/site/?locale=en",
    "/api/v2/changes/",
)


class EditedSite:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.number = 0
        self.seen: set[str] = set()  # of Page.url_path
        self.pictures = Collection.get_first_root_node().add_child(name="Foto's")
        self.home = published_home()
        self._fill()

    def _fill(self) -> None:
        self.category, self.topic, self.sector = (
            FaqCategoryFactory(name="Vragen", slug="vragen"),
            TopicFactory(name="Zee", slug="zee"),
            SectorFactory(name="Bouw", slug="bouw"),
        )
        images = [ImageFactory(collection=self.pictures), ImageFactory()]
        self.new_document()
        questions = FaqIndexPageFactory(parent=self.home, slug="vragen")
        deeper = FaqIndexPageFactory(parent=questions, slug=DEEPER)
        partners = PartnerIndexPageFactory(parent=self.home, slug="partners")
        news = NewsIndexPageFactory(parent=self.home, slug="nieuws")
        for number in range(3):
            image = images[number % 2]
            QuestionPageFactory(parent=questions, slug=f"v{number}", category=self.category)
            QuestionPageFactory(parent=deeper, slug=f"d{number}", social_image=image)
            PartnerPageFactory(parent=partners, slug=f"p{number}", logo=image)
            ArticlePageFactory(parent=news, slug=f"a{number}", hero_image=image, topic=self.topic)
        for page in Page.objects.filter(depth__gt=1):
            page.specific.save_revision().publish()
        for page in Page.objects.filter(depth=4).exclude(slug__endswith="2"):
            translated(page.specific, "en")

    def addresses(self) -> list[str]:
        """Of everything that is or was there."""
        pages = Page.objects.filter(depth__gt=2)
        self.seen.update(pages.values_list("url_path", flat=True))
        of_pages = [f"/api/v2/pages/{pk}/" for pk in pages.values_list("pk", flat=True)]
        of_images = [f"/api/v2/images/{pk}/" for pk in ContentImage.objects.values_list("pk", flat=True)]
        return [*FIXED, *sorted(map(self._address, self.seen)), *of_pages, *of_images]

    def _address(self, url_path: str) -> str:
        """Whatever the home page was called when it was there."""
        root, rest = url_path.strip("/").split("/", 1)
        return f"/en/{rest}/" if root.endswith("en") else f"/{rest}/"

    def new_document(self) -> None:
        file = ContentFile(b"text", "folder.txt")
        get_document_model().objects.create(title="Folder", file=file, collection=self.pictures)

    def site(self) -> Site:
        return Site.objects.get(is_default_site=True)

    def locale(self) -> Locale:
        return Locale.objects.get(language_code=self.random.choice(["nl", "en"]))

    def title(self) -> str:
        return f"Nummer {self.number}"

    def slug(self) -> str:
        return f"n{self.number}"

    def any_page(self, **where: object) -> Page:
        """One that people write: no home page, no alias."""
        where = {"depth__gt": 2, **where}
        pages = Page.objects.filter(alias_of=None, **where).order_by("pk")
        return self.random.choice(list(pages)).specific

    def any_leaf(self) -> Page:
        return self.any_page(numchild=0, depth__gt=3)

    def deeper(self) -> Page:
        """The index below an index, made anew where it was deleted."""
        found = Page.objects.filter(slug=DEEPER, locale__language_code="nl", alias_of=None).first()
        if found is not None:
            return found.specific
        parent = Page.objects.get(url_path=f"{self.site().root_page.url_path}vragen/")
        index = FaqIndexPageFactory(parent=parent, slug=DEEPER)
        QuestionPageFactory(parent=index, slug=self.slug(), title=self.title())
        return index
