"""A site with a canary at every place where something that is not public could come out: what
points to it is public each time."""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils import timezone
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
    StandardPageFactory,
    TopicFactory,
    make_private,
    published_home,
    translated,
)
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.log_actions import log
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Comment,
    Locale,
    Page,
    PageViewRestriction,
    Site,
)

from home.models import JoinFormField, JoinPage, Navigation, SiteSettings
from techport_cms.content.models import ImageAltText


def token(name: str) -> str:
    """A word that is nowhere else."""
    digits = hashlib.sha256(name.encode()).hexdigest()[:14]
    return "".join(chr(ord("a") + int(digit, 16)) for digit in digits)


class Canaries:
    """`names` are those of all canaries; each text that must not be seen holds the token of one."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.home = published_home()
        self.faq = FaqIndexPageFactory(parent=self.home, slug="vragen")
        self.partners = PartnerIndexPageFactory(parent=self.home, slug="partners")
        self.news = NewsIndexPageFactory(parent=self.home, slug="nieuws")
        self.hidden = self._hidden_pages()
        self._files()
        self._pointing()
        self._frame()
        self._apart()

    def text(self, name: str) -> str:
        self.names.add(name)
        return f"Kanarie {token(name)} fluit"

    def page(self, name: str, parent: Page | None = None, **fields: Any) -> Page:
        """A page whose title and address hold a canary, and whose text one of its own."""
        title, body = self.text(name), self.text(f"{name} text")
        blocks = [("paragraph", f"<p>Zoekwoord <b>{body}</b> &amp; meer</p>")]
        slug = fields.pop("slug", token(name))
        page = StandardPageFactory(parent=parent or self.home, title=title, slug=slug, body=blocks, **fields)
        page.save_revision()
        return page

    def _hidden_pages(self) -> dict[str, Page]:
        soon, past = timezone.now() + timedelta(days=1), timezone.now() - timedelta(days=1)
        private = self.page("private")
        make_private(private)
        password = self.page("password")
        PageViewRestriction.objects.create(
            page=password, restriction_type="password", password=self.text("word")
        )
        unpublished = self.page("unpublished")
        unpublished.get_latest_revision().publish()
        unpublished.refresh_from_db()
        unpublished.unpublish()
        alias = private.create_alias(parent=self.home, update_slug="alias")
        return {
            "draft": self.page("draft", live=False),
            "scheduled": self.page("scheduled", live=False, go_live_at=soon),
            "expired": self.page("expired", live=False, expired=True, expire_at=past),
            "unpublished": unpublished,
            "private": private,
            "inherited": self.page("inherited", parent=private),
            "password": password,
            "alias": alias,
            "alias of alias": alias.create_alias(parent=self.home, update_slug="alias-2"),
            "outside": self.page("outside", parent=Page.get_first_root_node(), locale=self.home.locale),
        }

    def _files(self) -> None:
        outer = Collection.get_first_root_node().add_child(name=self.text("collection"))
        inner = outer.add_child(name=self.text("inner collection"))
        CollectionViewRestriction.objects.create(collection=outer, restriction_type="login")
        name = f"{token('file name')}.png"
        self.names.add("file name")
        self.image = ImageFactory(
            collection=inner, title=self.text("image"), file__filename=name, file__width=8, file__height=8
        )
        for code in ("nl", "en"):
            locale = Locale.objects.get_or_create(language_code=code)[0]
            ImageAltText.objects.create(image=self.image, locale=locale, text=self.text(f"alt {code}"))
        content = ContentFile(self.text("content").encode(), f"{token('document name')}.txt")
        self.names.discard("content")  # is in no row: a file that is sent is told as such
        self.document = get_document_model().objects.create(
            title=self.text("document"), file=content, collection=inner
        )

    def blocks(self) -> list[tuple[str, Any]]:
        """What points to every hidden thing, at every depth."""
        pages = list(self.hidden.values())
        links = " ".join(f'<a linktype="page" id="{page.pk}">hier</a>' for page in pages)
        document = f'<a linktype="document" id="{self.document.pk}">stuk</a>'
        image = f'<embed embedtype="image" id="{self.image.pk}" alt="" format="left"/>'
        return [
            ("paragraph", f"<p>{links} {document}</p>{image}"),
            *(("call_to_action", {"text": "Kijk", "button": "Verder", "page": page}) for page in pages),
            ("related_pages", {"heading": "", "pages": pages[:6]}),
            ("related_pages", {"heading": "", "pages": pages[6:]}),
            ("picture", {"image": self.image, "alt_text": "", "decorative": False, "caption": ""}),
            ("downloads", {"heading": "", "documents": [self.document]}),
        ]

    def _pointing(self) -> None:
        topic = TopicFactory(name=self.text("topic"), slug="onderwerp", live=False)
        sector = SectorFactory(name=self.text("sector"), slug="sector", live=False)
        category = FaqCategoryFactory(name=self.text("category"), slug="categorie", live=False)
        pointing: dict[str, Any] = {"social_image": self.image}
        self.article = ArticlePageFactory(
            parent=self.news, title="Zoekwoord nieuws", slug="artikel", topic=topic, hero_image=self.image,
            body=self.blocks(), related=[("page", page) for page in list(self.hidden.values())[:4]],
            **pointing,
        )  # fmt: skip
        PartnerPageFactory(
            parent=self.partners, title="Partij", slug="partij", sector=sector, logo=self.image,
            story=self.blocks(), **pointing,
        )  # fmt: skip
        answer = self.blocks()[:1]
        QuestionPageFactory(
            parent=self.faq, title="Wat?", slug="wat", category=category, answer=answer, **pointing
        )
        self.home.hero_image, self.home.hero_page = self.image, self.hidden["draft"]
        self.home.hero_button, self.home.body = "Verder", self.blocks()[:5]
        self.home.save_revision().publish()
        # Below what is not public, but itself public: its breadcrumbs lead over there.
        above = self.page("above", slug="boven", live=False)
        StandardPageFactory(parent=above, title="Eronder", slug="eronder", body=self.blocks())

    def _frame(self) -> None:
        row = {"site": Site.objects.get(), "locale": self.home.locale}
        hidden = [{"label": "", "page": page, "url": ""} for page in self.hidden.values()]
        below = [("entry", entry) for entry in hidden]
        # A submenu below what is seen, and a public page below what is not.
        entries = [
            *(("entry", {**entry, "children": [("entry", {**entry, "page": self.faq})]}) for entry in hidden),
            ("entry", {"label": "", "page": self.faq, "url": "", "children": below}),
        ]
        Navigation.objects.create(**row, main=entries, footer=entries).save_revision().publish()
        SiteSettings.objects.create(**row, name="Techport", social_image=self.image)
        for number, page in enumerate(self.hidden.values()):
            if not page.live:
                Redirect.objects.create(old_path=f"/oud-{number}", redirect_page=page)
        Redirect.objects.create(old_path="/deur", redirect_page=self.hidden["private"])
        Redirect.objects.create(old_path="/buiten", redirect_page=self.hidden["outside"])

    def _apart(self) -> None:
        """What has no page of its own to be seen at."""
        translated(self.article, "en", live=False, title=self.text("translation"))
        draft = self.article
        draft.title = self.text("changed title")
        draft.body = [("paragraph", f"<p>{self.text('changed body')}</p>")]
        draft.save_revision()
        navigation = Navigation.objects.get()
        address = {"page": None, "url": "https://example.org/"}
        submenu = [("entry", {"label": self.text("submenu"), **address})]
        navigation.main = [("entry", {"label": self.text("menu"), **address, "children": submenu})]
        navigation.save_revision()
        for page in (self.page("deleted", slug="verwijderd"),):
            page.get_latest_revision().publish()
            log(instance=page, action="wagtail.delete", deleted=True)
            Page.objects.get(pk=page.pk).delete()
        self.names.discard("deleted text")  # nothing is left of it
        user = get_user_model().objects.create_user("redactie")
        Comment.objects.create(page=self.article, user=user, text=self.text("comment"), contentpath="title")
        form = JoinPage(title="Word partner", slug="word-partner", locale=self.home.locale)
        form.purpose_notice, form.privacy_page, form.thank_you_page = "Een jaar bewaard", self.home, self.home
        form.form_fields = [JoinFormField(label="Naam", field_type="singleline")]
        self.home.add_child(instance=form)
        data = {"naam": self.text("submission")}
        form.get_submission_class().objects.create(page=form, form_data=data)
