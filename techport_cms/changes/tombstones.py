"""Where something public was: an address that is looked for in vain is "gone" then, not "unknown".

The log is trimmed, these rows stay. They are written before the page goes, in the transaction
of the change, and count only while nothing live is at their place.
"""

import hashlib
from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from wagtail.models import Page, PageQuerySet

from techport_cms.core.visibility import open_pages

from .models import Tombstone

BATCH = 1000  # rows


def is_gone(url_path: str) -> bool:
    """Whether something public was at this Page.url_path and nothing is there now. One query.

    Ask it where nothing was found: a redirect, or a page that may not be seen, is something.
    """
    here = Page.objects.filter(url_path=OuterRef("url_path"), live=True)
    return Tombstone.objects.filter(~Exists(here), digest=digest_of(url_path)).exists()


def bury(pages: PageQuerySet) -> None:
    """Remember where the public ones among these pages are. Call it before they go."""
    # Also those under no site: what it is the home page of may just be changing.
    _remember(open_pages(pages).values_list("url_path", flat=True))


def follow(old_root: str, new_root: str) -> None:
    """The home page of a site has another url_path, and visitors find all below at the same address."""
    paths = Tombstone.objects.filter(url_path__startswith=old_root).values_list("url_path", flat=True)
    _remember(new_root + path.removeprefix(old_root) for path in paths)


def digest_of(url_path: str) -> str:
    """A key of known length: PostgreSQL indexes no text longer than 2,700 bytes."""
    return hashlib.blake2b(url_path.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def _remember(url_paths: Iterable[str]) -> None:
    # Sorted, so that two writers who remember the same wait for each other instead of locking each other.
    rows = sorted((digest_of(path), path) for path in set(url_paths))
    Tombstone.objects.bulk_create(
        [Tombstone(digest=digest, url_path=path) for digest, path in rows],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
