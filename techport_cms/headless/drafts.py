"""Drafts that a token opens: making the tokens, and the page as the token's user may see it now."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import Page

from .conf import conf
from .models import PreviewToken

UNSAVED = 0  # the id of a page that is not in the database yet


def may_preview(user: Any, page: Page) -> bool:
    """As Wagtail's own view of a draft asks."""
    if not (user.is_active and user.has_perm("wagtailadmin.access_admin")):
        return False
    rights = page.permissions_for_user(user)
    return rights.can_edit() or rights.can_publish()


def share(user: Any, page: Page) -> PreviewToken:
    """A link to the newest draft of the page, whatever that will be."""
    return PreviewToken.objects.create(
        user=user,
        page_id=page.pk,
        content_type_id=page.content_type_id,
        is_shared=True,
        expires_at=_in(conf().shared_preview_seconds),
    )


def show(user: Any, page: Page, *, is_editing: bool) -> PreviewToken:
    """A token for this very content, which nobody has saved. While somebody edits, it stays the same
    one, so that a front end that asks again sees what was typed since."""
    about = {
        "user": user,
        "page_id": page.pk or page.get_parent().pk,
        "content_type": ContentType.objects.get_for_model(page, for_concrete_model=False),
        "is_shared": False,
    }
    fresh = {"content": page.serializable_data(), "expires_at": _in(conf().preview_seconds)}
    open_ones = PreviewToken.objects.filter(
        **about, content__isnull=False, revoked_at=None, expires_at__gt=timezone.now()
    )
    found = open_ones.first() if is_editing else None
    if found is None:
        return PreviewToken.objects.create(**about, **fresh)
    PreviewToken.objects.filter(pk=found.pk).update(**fresh)
    return found


def front_end_url(token: PreviewToken) -> str:
    """Where the front end shows it, by TECHPORT_HEADLESS["PREVIEW_URL"]."""
    kind = _model(token)._meta.label
    return conf().preview_url.replace("{token}", token.token).replace("{type}", quote(kind))


def draft_of(token: PreviewToken) -> Page | None:
    """The draft; None where the token's user may not see it (any more)."""
    if token.content is not None and token.content.get("pk") is None:
        return _unsaved(token)
    page = token.page.specific
    if not may_preview(token.user, page):
        return None
    return page.with_content_json(token.content) if token.content else page.get_latest_revision_as_object()


def _unsaved(token: PreviewToken) -> Page | None:
    parent = token.page.specific
    if not token.user.has_perm("wagtailadmin.access_admin"):
        return None
    if not parent.permissions_for_user(token.user).can_add_subpage():
        return None
    page = _model(token).from_serializable_data(token.content)
    page.id = page.pk = UNSAVED
    page.set_url_path(parent)
    return page


def _model(token: PreviewToken) -> type[Page]:
    return token.content_type.model_class()  # type: ignore[return-value]  # made from a page


def _in(seconds: int) -> Any:
    return timezone.now() + timedelta(seconds=seconds)
