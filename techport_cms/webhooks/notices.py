"""The mail that tells of a webhook that was switched off, each in the language of its reader."""

import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from wagtail.permissions import policy_registry
from wagtail.users.models import UserProfile

from .models import Delivery, Endpoint

logger = logging.getLogger(__name__)


def tell_disabled(endpoint: Endpoint, delivery: Delivery) -> None:
    """Mail everybody who may change webhooks. What cannot be mailed is logged; the admin shows it too."""
    for user in _recipients():
        try:
            _mail(user, endpoint, delivery)
        except OSError:  # the base of SMTPException too
            logger.exception(
                "User %s could not be told that webhook %s was switched off.", user.pk, endpoint.pk
            )


def _recipients() -> Any:
    policy = policy_registry.get_by_type(Endpoint)
    return policy.users_with_permission("change").exclude(email="").order_by("pk")


def _mail(user: Any, endpoint: Endpoint, delivery: Delivery) -> None:
    with override(_language_of(user)):
        context = {
            "name": user.get_full_name() or user.get_username(),
            "endpoint": endpoint,
            "delivery": delivery,
            "link": settings.WAGTAILADMIN_BASE_URL + reverse("techport_webhooks:edit", args=[endpoint.pk]),
        }
        # In one line: a name with a line break would make a header of its own, which is refused.
        subject = " ".join(render_to_string("techport_webhooks/disabled_subject.txt", context).split())
        send_mail(subject, render_to_string("techport_webhooks/disabled.txt", context), None, [user.email])


def _language_of(user: Any) -> str:
    chosen = UserProfile.objects.filter(user=user).values_list("preferred_language", flat=True).first()
    return chosen or settings.LANGUAGE_CODE
