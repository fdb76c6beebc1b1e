"""Mails to members of staff: each in the language that its reader chose for the admin."""

from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import override
from wagtail.admin.forms.auth import PasswordResetForm
from wagtail.users.models import UserProfile

SECONDS_PER_DAY = 24 * 3600


def language_of(user: Any) -> str:
    """The language that the user chose, else the site's own: who sends it does not decide."""
    chosen = UserProfile.objects.filter(user=user).values_list("preferred_language", flat=True).first()
    return chosen or settings.LANGUAGE_CODE


class StaffPasswordResetForm(PasswordResetForm):
    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        *args: Any,
        **kw: Any,
    ) -> None:
        with override(language_of(context["user"])):
            super().send_mail(subject_template_name, email_template_name, context, *args, **kw)


def is_invited(user: Any) -> bool:
    """No password yet: the user was made without one and has not followed the invitation."""
    return user.is_active and not user.password


def send_invitation(user: Any) -> None:
    """Mail the address where the user sets a password. Raises OSError where the mail cannot be sent."""
    with override(language_of(user)):
        context = {
            "name": user.get_full_name() or user.get_username(),
            "username": user.get_username(),
            "site_name": settings.WAGTAIL_SITE_NAME,
            "link": settings.WAGTAILADMIN_BASE_URL + _path_to_set_password(user),
            "days": settings.PASSWORD_RESET_TIMEOUT // SECONDS_PER_DAY,
        }
        subject = render_to_string("people/invitation_subject.txt", context).strip()
        send_mail(subject, render_to_string("people/invitation.txt", context), None, [user.email])


def _path_to_set_password(user: Any) -> str:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return reverse("wagtailadmin_password_reset_confirm", args=[uid, token])
