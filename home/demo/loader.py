"""Loads the demo content. May be interrupted and run again; touches nothing that people made.

1. Locales, site, pictures, snippets.
2. Every Dutch page as an empty draft, so that texts can link to any other page.
3. Every Dutch page that was never published gets its content and is published.
4. English, item by item, as wagtail-localize translations; three are left as translators meet them.

Each object is a transaction of its own, and what is there already (by translation key) is left alone.
"""

import hashlib
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.files.images import ImageFile
from django.db import models, transaction
from wagtail.models import Locale, Page

from home.bootstrap import ensure_tree
from techport_cms.content.models import ContentImage

from . import items, source
from .items import Item
from .translate import translate

# As a translator meets them: the Dutch was changed and published after its translation; half
# translated and not published; not translated.
CHANGED_SINCE = {
    "what-is-a-heat-network": "De uitleg is in november 2026 bijgewerkt.",
}
HALF_TRANSLATED = "repair-before-replace"
NOT_TRANSLATED = "voorbeeld-vakschool-metaal"

LANGUAGES = (source.SOURCE_LANGUAGE, source.TRANSLATION_LANGUAGE)
CREDIT = "techport-cms"


class Loader:
    """Also the Lookup of the fill functions."""

    def __init__(self, report: Callable[[str], None]) -> None:
        self.report = report
        self.page_id = cache(self._page_id)
        self.image = cache(self._image)

    def load(self) -> None:
        home = ensure_tree()
        self.keys = {"home": home.translation_key}  # made before the demo content, maybe by people
        self.dutch, self.english = (Locale.objects.get(language_code=code) for code in LANGUAGES)
        if self._is_complete():
            self.report("The demo content is there.")
            return
        self._load_pictures()
        for item in items.snippets():
            self._load_snippet(item)
        pages = items.pages()
        for item in pages:
            self._make_draft(item)
        self._each("Dutch pages", pages, self._publish_source)
        self._each("English pages", pages, self._translate_page)
        for item in items.frame():
            self._load_snippet(item)

    def term(self, model: type[models.Model], key: str | None) -> models.Model | None:
        return self._existing(model, f"term/{key}", self.dutch) if key else None

    def _page_id(self, key: str) -> int:
        return Page.objects.get(translation_key=self._key(key), locale=self.dutch).pk

    def _image(self, file: str | None) -> ContentImage | None:
        if file is None:
            return None
        content = (source.PICTURES / file).read_bytes()
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return ContentImage.objects.filter(file_hash=digest).first()

    def _is_complete(self) -> bool:
        last = items.frame()[-1]
        return self._existing(last.model, last.key, self.english) is not None

    def _existing(self, model: type[models.Model], key: str, locale: Locale) -> Any:
        found = model._default_manager.filter(translation_key=self._key(key), locale=locale)
        return found.first()

    def _key(self, key: str) -> uuid.UUID:
        return self.keys.get(key) or source.translation_key(key)

    def _each(self, name: str, all_items: list[Item], action: Callable[[Item], None]) -> None:
        for number, item in enumerate(all_items, start=1):
            action(item)
            if number % 10 == 0 or number == len(all_items):
                self.report(f"{name}: {number} of {len(all_items)}")

    def _load_pictures(self) -> None:
        described = {entry["file"]: entry for entry in source.read("pictures")["pictures"]}
        for path in sorted(source.PICTURES.glob("*.png")):
            if self._image(path.name) is None:
                self._make_image(path, described.get(path.name))
        self.image.cache_clear()
        self.report("Pictures: done")

    @transaction.atomic
    def _make_image(self, path: Any, entry: dict[str, Any] | None) -> None:
        title = entry["nl"]["title"] if entry else path.stem
        with path.open("rb") as file:
            image = ContentImage(title=title, credit=CREDIT, file=ImageFile(file, name=path.name))
            image._set_image_file_metadata()
            if entry:
                _set_focal_point(image, entry["focal"])
            image.save()
        if entry:
            for locale in (self.dutch, self.english):
                image.alt_texts.create(locale=locale, text=entry[locale.language_code]["alt"])

    def _load_snippet(self, item: Item) -> None:
        original = self._existing(item.model, item.key, self.dutch)
        if original is None:
            original = self._make_snippet(item)
        if self._existing(item.model, item.key, self.english) is None:
            translate(original, self.english, self._edit(item))

    @transaction.atomic
    def _make_snippet(self, item: Item) -> Any:
        snippet: Any = item.model(
            locale=self.dutch, translation_key=source.translation_key(item.key), live=False
        )
        item.fill(snippet, item.entry, items.texts(item, self.dutch), self)
        snippet.save()
        snippet.save_revision().publish()
        snippet.refresh_from_db()
        return snippet

    @transaction.atomic
    def _make_draft(self, item: Item) -> None:
        if item.parent is None or self._existing(Page, item.key, self.dutch):
            return
        text = items.texts(item, self.dutch)
        page: Any = item.model(title=text["title"], slug=text["slug"], locale=self.dutch, live=False)
        page.translation_key = source.translation_key(item.key)
        self._existing(Page, item.parent, self.dutch).add_child(instance=page)

    @transaction.atomic
    def _publish_source(self, item: Item) -> None:
        page = self._existing(item.model, item.key, self.dutch)
        if page.first_published_at is None:
            item.fill(page, item.entry, items.texts(item, self.dutch), self)
            page.save_revision().publish()

    @transaction.atomic
    def _translate_page(self, item: Item) -> None:
        if item.key == NOT_TRANSLATED or self._existing(item.model, item.key, self.english):
            return
        original = self._existing(item.model, item.key, self.dutch)
        if item.key == HALF_TRANSLATED:
            translate(original, self.english, self._edit(item), publish=False, share=0.5)
            return
        translate(original, self.english, self._edit(item))
        if item.key in CHANGED_SINCE:
            original.introduction = f"{original.introduction} {CHANGED_SINCE[item.key]}"
            original.save_revision().publish()

    def _edit(self, item: Item) -> Callable[[Any], None]:
        return lambda twin: item.fill(twin, item.entry, items.texts(item, self.english), self)


def _set_focal_point(image: ContentImage, focal: dict[str, float]) -> None:
    image.focal_point_x = round(focal["x"] * image.width)
    image.focal_point_y = round(focal["y"] * image.height)
    image.focal_point_width = round(focal["width"] * image.width)
    image.focal_point_height = round(focal["height"] * image.height)
