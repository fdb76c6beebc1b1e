from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from .models import Navigation, SiteSettings
from .people.mail import is_invited
from .people.users import invite_after_commit, invite_view


class SiteSettingsViewSet(SnippetViewSet):
    model = SiteSettings
    icon = "cog"
    menu_label = _("Site settings")
    menu_name = "techport-site-settings"
    menu_order = 100
    add_to_settings_menu = True
    list_display = ["name", "site", "locale", "live"]


class NavigationViewSet(SnippetViewSet):
    model = Navigation
    icon = "list-ul"
    menu_label = _("Navigation")
    menu_name = "techport-navigation"
    menu_order = 110
    add_to_settings_menu = True
    list_display = ["__str__", "site", "locale", "live"]


register_snippet(SiteSettingsViewSet)
register_snippet(NavigationViewSet)


@hooks.register("insert_global_admin_css")
def admin_colours() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("home/css/admin.css"))


@hooks.register("register_admin_urls")
def people_urls() -> list[URLPattern]:
    return [path("people/<str:pk>/invite/", invite_view, name="people_invite")]


@hooks.register("after_create_user")
def invite_new_user(request: HttpRequest, user: Any) -> None:
    if is_invited(user):
        invite_after_commit(request, user)
