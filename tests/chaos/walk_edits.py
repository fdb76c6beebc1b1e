"""An editor who changes lists at random, and every state of them that anybody could have seen."""

import datetime
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from factories import ArticlePageFactory, ImageFactory, NewsIndexPageFactory, make_private, published_home
from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from news.models import ArticlePage
from techport_cms.content.models import ContentImage
from techport_cms.core.visibility import public_images, public_pages

TITLES = ["Aanbod", "Beroepen", "Cursus"]  # so few that most of a list is a tie
FEWEST, MOST = 16, 28  # articles
PATIENCE = 60  # seconds
PAGE = ("path", "title", "slug", "first_published_at", "last_published_at", "articlepage__date")
IMAGE = ("title", "width", "height")

# What is public, by list and id: the values that the list may be ordered by.
State = dict[str, dict[int, dict[str, Any]]]


def make_site() -> None:
    news = NewsIndexPageFactory(parent=published_home(), slug="nieuws")
    NewsIndexPageFactory(parent=news.get_parent(), slug="archief")
    for number in range(FEWEST + 5):
        title = TITLES[number % len(TITLES)]
        article = ArticlePageFactory(parent=news, title=title, slug=f"a{number}")
        if number % 3:  # the others have never been published: their times are NULL
            article.save_revision().publish()
    Collection.get_first_root_node().add_child(name="Beelden")
    for number in range(10):
        ImageFactory(title=TITLES[number % len(TITLES)], file__width=8, file__height=8)


def state() -> State:
    pages = public_pages().filter(depth__gt=1)
    return {"pages": _rows(pages, PAGE), "images": _rows(public_images(), IMAGE)}


def _rows(found: QuerySet, names: tuple[str, ...]) -> dict[int, dict[str, Any]]:
    return {pk: dict(zip(names, row, strict=True)) for pk, *row in found.values_list("pk", *names)}


class History:
    """All states that were ever committed, in their order."""

    def __init__(self) -> None:
        self._more = threading.Condition()
        self.states = [state()]

    @contextmanager
    def edit(self) -> Iterator[None]:
        """A transaction. Nobody commits the next one before this one's state has been noted."""
        with self._more:
            with transaction.atomic():
                yield
            self.states.append(state())
            self._more.notify_all()

    def now(self) -> int:
        """The number of the newest state; none that has been committed is left out."""
        with self._more:
            return len(self.states) - 1

    def wait(self) -> None:
        """Until something has been edited."""
        with self._more:
            assert self._more.wait(PATIENCE), "nobody edits any more"


class WalkEditor:
    """Changes what is in a list, and where it stands there."""

    def __init__(self, seed: int, history: History) -> None:
        self.random = Random(seed)  # noqa: S311 - not for secrets
        self.number = 0
        self.history = history
        self.made: Counter[str] = Counter()
        pages = [self._unpublish, self._restrict, self._move, self._move_away, self._retitle, self._redate]
        others = [self._create, self._delete, self._publish, self._publish, self._open]
        images = [self._retitle_an_image, self._replace_an_image, self._hide_images]
        self.kinds = [*pages, *others, *images]

    def make(self) -> None:
        self.number += 1
        edit = self.random.choice(self.kinds)
        with self.history.edit():
            edit()
        self.made[edit.__name__.strip("_")] += 1

    def _any(self, **where: Any) -> ArticlePage:
        return self.random.choice(list(ArticlePage.objects.filter(**where).order_by("pk")))

    def _any_image(self) -> ContentImage:
        return self.random.choice(list(ContentImage.objects.order_by("pk")))

    def _index(self, slug: str) -> Page:
        return Page.objects.get(slug=slug)

    def _unpublish(self) -> None:
        if ArticlePage.objects.live().count() > FEWEST // 2:
            self._any(live=True).unpublish()

    def _publish(self) -> None:
        hidden = list(ArticlePage.objects.filter(live=False).order_by("pk"))
        if hidden:
            self.random.choice(hidden).save_revision().publish()

    def _restrict(self) -> None:
        if PageViewRestriction.objects.count() < FEWEST // 4:
            make_private(self._any())

    def _open(self) -> None:
        restriction = PageViewRestriction.objects.order_by("?").first()
        if restriction is not None:
            restriction.delete()

    def _create(self) -> None:
        if ArticlePage.objects.count() < MOST:
            title, slug = self.random.choice(TITLES), f"b{self.number}"
            article = ArticlePageFactory(parent=self._index("nieuws"), title=title, slug=slug)
            article.save_revision().publish()

    def _delete(self) -> None:
        if ArticlePage.objects.count() > FEWEST:
            self._any().delete()

    def _move(self) -> None:
        page, other = self._any(), self._any()
        if page != other and page.get_parent() == other.get_parent():
            page.move(other, pos="left")

    def _move_away(self) -> None:
        page = self._any()
        name = self.random.choice(["nieuws", "archief"])
        if page.get_parent().slug != name:
            page.move(self._index(name), pos="last-child")

    def _retitle(self) -> None:
        page = self._any()
        page.title = self.random.choice(TITLES)
        page.save_revision().publish()

    def _redate(self) -> None:
        page = self._any()
        page.date = datetime.date(2025, 5, self.random.choice([21, 22, 23]))
        page.save()

    def _retitle_an_image(self) -> None:
        image = self._any_image()
        image.title = self.random.choice(TITLES)
        image.save()

    def _replace_an_image(self) -> None:
        self._any_image().delete()
        ImageFactory(title=self.random.choice(TITLES), file__width=8, file__height=8)

    def _hide_images(self) -> None:
        """Some of them; and all that are hidden are public again when it comes the next time."""
        hidden = Collection.objects.get(name="Beelden")
        if hidden.get_view_restrictions().exists():
            CollectionViewRestriction.objects.filter(collection=hidden).delete()
            return
        chosen = self.random.sample(list(ContentImage.objects.values_list("pk", flat=True)), 3)
        ContentImage.objects.filter(pk__in=chosen).update(collection=hidden)
        kind = CollectionViewRestriction.LOGIN
        CollectionViewRestriction.objects.create(collection=hidden, restriction_type=kind)
