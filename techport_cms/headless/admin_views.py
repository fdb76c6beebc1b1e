"""What a person does with a channel token and with preview links, besides Wagtail's own views."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail.permissions import policy_registry

from .conf import conf
from .drafts import front_end_url, may_preview, share
from .models import ChannelToken, PreviewToken
from .token_viewset import tokens_of

PER_PAGE = 50
NEW_TOKEN, REVOKE = "techport_headless.new_token", "techport_headless.revoke"

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
def token_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then make the token and show it, once. It is stored nowhere: asked again, a new one is made."""
    token = _channel_token(request, pk)
    context: dict[str, Any] = {"token": token, "page_title": _("Token")}
    if request.method == "POST" and not token.revoked_at:
        context["shown"] = token.replace_token()
        token.save(update_fields=["digest", "hint"])
        log(token, NEW_TOKEN, user=request.user)
    return TemplateResponse(request, "techport_headless/token.html", context)


@get_or_post
def revoke_token_view(request: HttpRequest, pk: int) -> HttpResponse:
    token = _channel_token(request, pk)
    if request.method == "POST":
        _revoke(request, token)
        messages.success(request, _("%(name)s cannot be used any more.") % {"name": token.name})
        return redirect("techport_channel_tokens:index")
    context = {"token": token, "page_title": _("Revoke")}
    return TemplateResponse(request, "techport_headless/revoke_token.html", context)


@never_cache
@get_or_post
def share_view(request: HttpRequest, page_id: int) -> HttpResponse:
    """The preview links of one page; a POST makes one more."""
    page = get_object_or_404(Page, pk=page_id).specific
    if not may_preview(request.user, page):
        raise PermissionDenied
    if request.method == "POST" and conf().preview_url:
        share(request.user, page)
        messages.success(request, _("The link works from now on, also for people without an account."))
        return redirect("techport_headless_share", page.pk)
    context = {
        "page": page,
        "page_title": _("Preview links"),
        "links": _with_urls(list(_shared(request).filter(page_id=page.pk))),
        "may_share": bool(conf().preview_url),
        "days": conf().shared_preview_seconds // 86400,
    }
    return TemplateResponse(request, "techport_headless/share.html", context)


@never_cache
@require_safe
def preview_links_view(request: HttpRequest) -> HttpResponse:
    """All links that this person may revoke, those of all pages."""
    page_obj = Paginator(_shared(request), PER_PAGE).get_page(request.GET.get("p"))
    context = {"page_obj": page_obj, "page_title": _("Preview links"), "links": _with_urls(page_obj)}
    return TemplateResponse(request, "techport_headless/preview_links.html", context)


@require_POST
def revoke_link_view(request: HttpRequest, key: Any) -> HttpResponse:
    link = get_object_or_404(_shared(request), pk=key)
    _revoke(request, link)
    messages.success(request, _("The link does not work any more."))
    if "all" in request.GET:
        return redirect("techport_headless_preview_links")
    return redirect("techport_headless_share", link.page_id)


def may_manage_links(user: Any) -> bool:
    """Whether he may see and revoke those of others."""
    return policy_registry.get_by_type(PreviewToken).user_has_permission(user, "change")


def _channel_token(request: HttpRequest, pk: int) -> ChannelToken:
    """Raises PermissionDenied, or Http404 where there is none that this person may change."""
    if not policy_registry.get_by_type(ChannelToken).user_has_permission(request.user, "change"):
        raise PermissionDenied
    return get_object_or_404(tokens_of(request.user), pk=pk)


def _shared(request: HttpRequest) -> QuerySet[PreviewToken]:
    """The links that still work and are this person's; who may manage them all sees all."""
    links = PreviewToken.objects.filter(is_shared=True, revoked_at=None, expires_at__gt=timezone.now())
    links = links.select_related("user", "page", "content_type")
    return links if may_manage_links(request.user) else links.filter(user=request.user)  # type: ignore[misc]


def _with_urls(links: Any) -> list[tuple[PreviewToken, str]]:
    return [(link, front_end_url(link) if conf().preview_url else "") for link in links]


def _revoke(request: HttpRequest, token: ChannelToken | PreviewToken) -> None:
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    log(token, REVOKE, user=request.user)
