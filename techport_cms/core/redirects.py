"""Redirects for renamed pages, but only from addresses that somebody can have, to what is there.

Wagtail makes one whenever the slug of a row changes. A translation starts as a draft under its
source's slug, so each would leave a redirect from an address that never was public, and a
renamed draft would give its address away.
"""

from functools import wraps
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from wagtail.models import Page, Site
from wagtail.signals import page_slug_changed


def connect() -> None:
    """Take the place of Wagtail's own receiver, which must be connected already (see checks.py)."""
    if not apps.is_installed("wagtail.contrib.redirects"):
        return
    from wagtail.contrib.redirects import signal_handlers

    page_slug_changed.disconnect(signal_handlers.autocreate_redirects_on_slug_change)
    page_slug_changed.connect(redirect_what_was_public, dispatch_uid="techport_core.redirects")
    only_to_what_is_live()


def redirect_what_was_public(instance: Page, instance_before: Page, **kwargs: Any) -> None:
    from wagtail.contrib.redirects.signal_handlers import autocreate_redirects_on_slug_change

    if instance_before.first_published_at is not None:
        autocreate_redirects_on_slug_change(instance=instance, instance_before=instance_before, **kwargs)


def only_to_what_is_live() -> None:
    """Let the lookup find no redirect to a draft: its address is nobody's business, and shows nothing.

    A redirect to a private page is found: who may see the page logs in there.
    """
    from wagtail.contrib.redirects.models import Redirect

    find = Redirect.get_for_site.__func__
    if hasattr(find, "is_live_only"):
        return

    @wraps(find)
    def find_live(cls: type[Redirect], site: Site | None = None) -> QuerySet[Redirect]:
        return find(cls, site).filter(Q(redirect_page=None) | Q(redirect_page__live=True))

    find_live.is_live_only = True  # type: ignore[attr-defined]
    Redirect.get_for_site = classmethod(find_live)
