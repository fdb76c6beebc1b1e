"""What a person does with one webhook: see its secret, send a test, read the delivery log, send again.

Nothing is sent from here: a request is a transaction, which must not wait for a stranger. It writes
a delivery that waits, and the worker sends it a second later.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.permissions import policy_registry

from . import signing
from .events import TEST
from .models import Delivery, Endpoint

PER_PAGE = 50
UNTOLD = ("cookie", "set-cookie", "authorization")

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@get_or_post
def secret_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then show the secret, once; after that, replace it and show the new one, once."""
    endpoint = _endpoint(request, pk, lock=request.method == "POST")
    context = _context(endpoint, _("Secret"))
    if request.method == "POST":
        if endpoint.secret_shown or not endpoint.has_secret:
            endpoint.replace_secret()
        endpoint.secret_shown = True
        fields = ["sealed_secret", "sealed_old_secret", "old_secret_until", "secret_shown"]
        try:
            context["secret"] = signing.unseal(endpoint.sealed_secret)
        except signing.LostSecretError:
            messages.error(request, _("The secret cannot be read any more. Make a new one."))
        endpoint.save(update_fields=fields)
    return TemplateResponse(request, "techport_webhooks/secret.html", context)


@get_or_post
def test_view(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    if request.method == "POST":
        return _wait_for(request, endpoint, Delivery(reason=Delivery.Reason.TEST, event=TEST))
    return TemplateResponse(request, "techport_webhooks/test.html", _context(endpoint, _("Send a test")))


@require_safe
def deliveries_view(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = _endpoint(request, pk)
    page = Paginator(endpoint.deliveries.all(), PER_PAGE).get_page(request.GET.get("p"))
    context = _context(endpoint, _("Deliveries")) | {"page_obj": page}
    return TemplateResponse(request, "techport_webhooks/deliveries.html", context)


@get_or_post
def delivery_view(request: HttpRequest, pk: int, delivery_pk: int) -> HttpResponse:
    """One delivery; a POST sends its event again."""
    endpoint = _endpoint(request, pk)
    delivery = get_object_or_404(endpoint.deliveries, pk=delivery_pk)
    if request.method == "POST" and delivery.may_be_replayed:
        again = Delivery(
            reason=Delivery.Reason.REPLAY,
            event=delivery.event,
            sequence=delivery.sequence,
            webhook_id=delivery.webhook_id,
        )
        return _wait_for(request, endpoint, again)
    context = _context(endpoint, _("Delivery")) | {
        "delivery": delivery,
        "response_headers": _shown(delivery.response_headers),
        "redirected": delivery.status is not None and 300 <= delivery.status < 400,
    }
    return TemplateResponse(request, "techport_webhooks/delivery.html", context)


def _wait_for(request: HttpRequest, endpoint: Endpoint, delivery: Delivery) -> HttpResponse:
    delivery.endpoint = endpoint
    delivery.requested_by = request.user  # type: ignore[assignment]  # who may come here has signed in
    delivery.requested_at = timezone.now()
    delivery.save()
    messages.success(request, _("The worker sends it in a moment."))
    return redirect("techport_webhooks_delivery", endpoint.pk, delivery.pk)


def _endpoint(request: HttpRequest, pk: int, *, lock: bool = False) -> Endpoint:
    """Raises PermissionDenied, or Http404 where there is none. Locked in the request's transaction."""
    if not policy_registry.get_by_type(Endpoint).user_has_permission(request.user, "change"):
        raise PermissionDenied
    endpoints = Endpoint.objects.select_for_update() if lock else Endpoint.objects.all()
    return get_object_or_404(endpoints, pk=pk)


def _context(endpoint: Endpoint, title: str) -> dict[str, Any]:
    return {"endpoint": endpoint, "page_title": title}


def _shown(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in UNTOLD}
