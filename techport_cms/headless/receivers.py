from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from .models import PreviewToken


@receiver(user_logged_out, dispatch_uid="techport_headless.end_previews")
def end_previews(user: Any, **kwargs: Any) -> None:
    """Who has signed out leaves no preview of what he was editing; links that he handed on stay."""
    if user is not None:
        PreviewToken.revoke_unshared(user)
