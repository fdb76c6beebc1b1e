from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from . import admin_views
from .conf import conf
from .drafts import may_preview
from .token_viewset import channel_token_viewset


@hooks.register("register_admin_viewset")
def register_channel_tokens() -> ViewSet:
    return channel_token_viewset


@hooks.register("register_admin_urls")
def channel_urls() -> list[URLPattern]:
    return [
        path("channel-tokens/<int:pk>/token/", admin_views.token_view, name="techport_headless_token"),
        path(
            "channel-tokens/<int:pk>/revoke/",
            admin_views.revoke_token_view,
            name="techport_headless_revoke_token",
        ),
        path("pages/<int:page_id>/preview-links/", admin_views.share_view, name="techport_headless_share"),
        path("preview-links/", admin_views.preview_links_view, name="techport_headless_preview_links"),
        path(
            "preview-links/<uuid:key>/revoke/",
            admin_views.revoke_link_view,
            name="techport_headless_revoke_link",
        ),
    ]


@hooks.register("register_page_header_buttons")
def preview_link_button(page: Page, user: Any, view_name: str, next_url: Any = None) -> Iterator[Button]:
    if view_name == "edit" and conf().preview_url and may_preview(user, page):
        url = reverse("techport_headless_share", args=[page.pk])
        yield Button(_("Copy preview link"), url=url, icon_name="link", priority=45)


@hooks.register("register_reports_menu_item")
def preview_links_item() -> MenuItem:
    return PreviewLinksItem(
        gettext_lazy("Preview links"),
        reverse("techport_headless_preview_links"),
        name="techport-preview-links",
        icon_name="link",
        order=750,
    )


class PreviewLinksItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return bool(conf().preview_url)


@hooks.register("register_log_actions")
def log_actions(actions: Any) -> None:
    actions.register_action(
        admin_views.NEW_TOKEN, gettext_lazy("New token"), gettext_lazy("A new token was made")
    )
    actions.register_action(admin_views.REVOKE, gettext_lazy("Revoke"), gettext_lazy("Revoked"))
