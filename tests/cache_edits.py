"""Edits that change what visitors see, of every kind, at random: for comparing kept with fresh answers."""

from collections.abc import Callable, Iterable
from random import Random

from factories import (
    ArticlePageFactory,
    FaqCategoryFactory,
    FaqIndexPageFactory,
    ImageFactory,
    NewsIndexPageFactory,
    PartnerIndexPageFactory,
    PartnerPageFactory,
    QuestionPageFactory,
    published_home,
)
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)

from home.models import Navigation, SiteSettings
from techport_cms.content.models import ContentImage

INDEXES = ("vragen", "partners", "nieuws")
OTHER_ADDRESSES = (
    "/api/v2/pages/",
    "/api/v2/pages/?fields=*",
    "/api/v2/images/",
    "/sitemap.xml",
    "/nieuws/feed/",
    "/search/?q=nummer",
    "/verhuisd/",
)
NO_EDITS = {"make", "addresses"}


class Edits:
    """A small site, and everything that editors do to it. Numbers make each edit visible."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - not for secrets
        self.number = 0
        home = published_home()
        self.site = Site.objects.get(is_default_site=True)
        self.pictures = Collection.get_first_root_node().add_child(instance=Collection(name="Beelden"))
        image = ImageFactory(collection=self.pictures)
        self.category = FaqCategoryFactory(locale=home.locale)
        questions = FaqIndexPageFactory(parent=home, slug="vragen")
        partners = PartnerIndexPageFactory(parent=home, slug="partners")
        news = NewsIndexPageFactory(parent=home, slug="nieuws")
        for _ in range(3):
            QuestionPageFactory(parent=questions, category=self.category)
            PartnerPageFactory(parent=partners, logo=image)
            ArticlePageFactory(parent=news, hero_image=image)
        for page in Page.objects.filter(depth__gt=1):
            page.specific.save_revision().publish()
        self.kinds = self._kinds()

    def _kinds(self, left_out: Iterable[str] = ()) -> list[Callable[[], None]]:
        functions = {name for cls in type(self).__mro__ for name in vars(cls) if callable(vars(cls)[name])}
        names = sorted(name for name in functions if not name.startswith("_"))
        return [getattr(self, name) for name in names if name not in {*NO_EDITS, *left_out}]

    def make(self) -> str:
        """Make an edit; return the name of its kind."""
        edit = self.random.choice(self.kinds)
        self.number += 1
        edit()
        return edit.__name__

    def addresses(self) -> list[str]:
        """Of every page that is or was there, and what else shows pages."""
        pages = Page.objects.filter(depth__gt=2).values_list("url_path", flat=True)
        return ["/", *("/" + path.split("/", 2)[2] for path in pages), *OTHER_ADDRESSES]

    def publish(self) -> None:
        page = self._page()
        page.title = f"Nummer {self.number}"
        page.save_revision().publish()

    def save_the_row(self) -> None:
        page = self._page()
        page.title = f"Nummer {self.number}"
        page.save()

    def unpublish(self) -> None:
        self._page().unpublish()

    def create(self) -> None:
        parent = Page.objects.get(slug="vragen", locale=self._locale())
        page = QuestionPageFactory(parent=parent, title=f"Nummer {self.number}", category=self.category)
        page.save_revision().publish()

    def delete(self) -> None:
        page = self._page()
        if Page.objects.child_of(page.get_parent()).count() > 1:
            page.delete()

    def move(self) -> None:
        page = self._page()
        first = page.get_parent().get_first_child()
        if first not in (None, page):  # another editor may have taken all of them away
            page.move(first, pos="left")

    def change_the_slug(self) -> None:
        page = self._page()
        page.slug = f"nummer-{self.number}"
        page.save_revision().publish()

    def change_the_slug_of_the_home_page(self) -> None:
        home = Page.objects.get(pk=self.site.root_page_id).specific
        home.slug = f"thuis-{self.number}"
        home.save_revision().publish()

    def change_an_image(self) -> None:
        image = ContentImage.objects.first()
        image.title = f"Nummer {self.number}"
        image.focal_point_x = image.focal_point_y = self.number % 100
        image.focal_point_width = image.focal_point_height = 10
        image.save()

    def rename_a_category(self) -> None:
        self.category.name = f"Nummer {self.number}"
        self.category.save_revision().publish()

    def change_the_navigation(self) -> None:
        entry = {"label": f"Nummer {self.number}", "page": None, "url": "https://example.org/"}
        below = {**entry, "label": f"Onder {self.number}"}
        navigation, _ = Navigation.objects.get_or_create(site=self.site, locale=self._locale())
        navigation.main = [("entry", {**entry, "children": [("entry", below)]})]
        navigation.save_revision().publish()

    def change_the_settings(self) -> None:
        found, _ = SiteSettings.objects.get_or_create(site=self.site, locale=self._locale())
        found.name = f"Nummer {self.number}"
        found.save_revision().publish()

    def change_a_redirect(self) -> None:
        link = f"/nummer-{self.number}/"
        Redirect.objects.update_or_create(old_path="/verhuisd", site=None, defaults={"redirect_link": link})

    def change_privacy(self) -> None:
        page = self._page()
        if not page.view_restrictions.all().delete()[0]:
            PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)

    def change_privacy_of_a_collection(self) -> None:
        restrictions = CollectionViewRestriction.objects.filter(collection=self.pictures)
        if not restrictions.exists():
            CollectionViewRestriction.objects.create(
                collection=self.pictures, restriction_type=CollectionViewRestriction.LOGIN
            )
            return
        restrictions.delete()

    def change_the_site(self) -> None:
        self.site.site_name = f"Nummer {self.number}"
        self.site.save()

    def _page(self) -> Page:
        return self.random.choice(list(Page.objects.filter(depth=4, alias_of=None))).specific

    def _locale(self) -> Locale:
        return Locale.objects.get(language_code="nl")
