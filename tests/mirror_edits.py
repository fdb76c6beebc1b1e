"""More kinds of edits, by several editors at once: what a copy of the site must not miss."""

from random import Random

from cache_edits import Edits
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.base import ContentFile
from factories import FaqCategoryFactory, ImageFactory, StandardPageFactory, make_private, translated
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Collection, Locale, Page, Site

from faq.models import FaqCategory
from techport_cms.content.models import ContentImage, ImageAltText

# Another process does not learn of it: Wagtail keeps the roots of sites in the cache of each.
LEFT_OUT = {"change_the_slug_of_the_home_page"}
ROOM = 100_000  # edits of an editor, so that no two use the same number


def make_site(seed: int) -> None:
    home = Edits(seed).site.root_page
    private = StandardPageFactory(parent=home, slug="intern")
    private.save_revision().publish()
    make_private(private)


class MirrorEdits(Edits):
    """Of a site that is there."""

    def __init__(self, seed: int, editor: int) -> None:
        self.random = Random(seed)  # noqa: S311 - not for secrets
        self.number = editor * ROOM
        self.kinds = self._kinds(LEFT_OUT)

    @property
    def site(self) -> Site:
        return Site.objects.get(is_default_site=True)

    @property
    def pictures(self) -> Collection:
        return Collection.objects.get(name="Beelden")

    @property
    def category(self) -> FaqCategory:
        return FaqCategory.objects.order_by("pk")[0]

    def move_to_where_nobody_sees_it(self) -> None:
        page = self._page()
        private = Page.objects.filter(slug="intern").order_by("pk")[0]
        _move_below(private, page)

    def move_back(self) -> None:
        page = Page.objects.filter(slug="intern").order_by("pk")[0].get_children().first()
        if page is not None:
            _move_below(self._index(self.random.choice(["vragen", "nieuws"])), page)

    def change_the_root_of_the_site(self) -> None:
        """What is beside the new one is not public any more; the next time it is again."""
        site = self.site
        home = site.root_page if site.root_page.depth == 2 else site.root_page.get_parent()
        site.root_page = self._index("vragen") if site.root_page == home else home
        site.save()

    def translate(self) -> None:
        page = self._page()
        english = Locale.objects.get(language_code="en")
        translation = page.get_translation_or_none(english)
        if translation is None and page.locale_id != english.pk:
            translated(page, "en", title=f"Number {self.number}", slug=f"number-{self.number}")
        elif translation is not None:
            translation.delete()

    def alias(self) -> None:
        page = self._page()
        page.create_alias(update_slug=f"alias-{self.number}")

    def change_a_document(self) -> None:
        documents = get_document_model().objects
        if documents.count() > 3:
            documents.order_by("pk")[0].delete()
        title = f"Nummer {self.number}"
        documents.create(title=title, file=ContentFile(title.encode(), "nummer.txt"))

    def replace_an_image(self) -> None:
        image = ImageFactory(collection=self.pictures, file__width=8, file__height=8)
        if ContentImage.objects.count() > 4:
            ContentImage.objects.order_by("pk")[0].delete()
        for page in self._index("nieuws").get_children().filter(alias_of=None).specific()[:2]:
            page.hero_image = image
            page.save_revision().publish()

    def change_an_alternative_text(self) -> None:
        image = ContentImage.objects.order_by("pk")[0]
        ImageAltText.objects.update_or_create(
            image=image, locale=self._locale(), defaults={"text": f"Nummer {self.number}"}
        )

    def redirect_to_a_page(self) -> None:
        Redirect.objects.create(old_path=f"/oud-{self.number}", redirect_page=self._page())

    def delete_a_redirect(self) -> None:
        redirect = Redirect.objects.order_by("pk").first()
        if redirect is not None:
            redirect.delete()

    def a_category_more(self) -> None:
        if FaqCategory.objects.count() > 5:
            FaqCategory.objects.order_by("-pk")[0].delete()
        FaqCategoryFactory(name=f"Nummer {self.number}")

    def unpublish_a_category(self) -> None:
        category = FaqCategory.objects.order_by("-pk")[0]
        if category.live:
            category.unpublish()
        else:
            category.save_revision().publish()

    def _index(self, slug: str) -> Page:
        return Page.objects.get(slug=slug, locale=self._locale())


def _move_below(parent: Page, page: Page) -> None:
    """Move it to the end of its new parent.

    Raises ObjectDoesNotExist where another editor takes the parent's last child away meanwhile:
    treebeard looks first whether there is one, and then fetches it.
    """
    try:
        page.move(parent, pos="last-child")
    except AttributeError as error:
        if error.obj is not None:
            raise
        raise ObjectDoesNotExist("the last child is gone") from error
