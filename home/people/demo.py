"""One person in each group, to try the site with. Never in production: all share one password."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.db import transaction
from wagtail.models import Locale
from wagtail.users.models import UserProfile

from .groups import CHIEF_EDITORS, EDITORS, translators


class NotADemoSiteError(RuntimeError):
    """The settings do not have DEMO_USERS."""


@dataclass(frozen=True)
class DemoUser:
    username: str
    first_name: str
    language: str
    group: str | None  # None: may do everything


def is_demo_site() -> bool:
    return getattr(settings, "DEMO_USERS", False)


def demo_users() -> list[DemoUser]:
    english = Locale.objects.get(language_code="en")
    return [
        DemoUser("admin", "Beheer", "nl", None),
        DemoUser("editor", "Redactie", "nl", EDITORS),
        DemoUser("chief", "Eindredactie", "nl", CHIEF_EDITORS),
        DemoUser("translator", "Translation", "en", translators(english)),
    ]


@transaction.atomic
def create_demo_users(password: str) -> list[str]:
    """Make who is missing; return the names of those who have this password.

    Raises NotADemoSiteError, and Group.DoesNotExist before `create_groups` has run.
    """
    if not is_demo_site():
        raise NotADemoSiteError("Only for a demo site: the settings must have DEMO_USERS = True.")
    users = {demo.username: _get_or_create(demo, password) for demo in demo_users()}
    return [name for name, user in users.items() if user.is_active and user.check_password(password)]


def _get_or_create(demo: DemoUser, password: str) -> AbstractUser:
    manager = get_user_model()._default_manager
    user = manager.filter(username=demo.username).first()
    if user is not None:
        return user
    user = manager.create_user(
        demo.username,
        f"{demo.username}@example.org",
        password,
        first_name=demo.first_name,
        last_name="Demo",
        is_staff=demo.group is None,
        is_superuser=demo.group is None,
    )
    if demo.group:
        user.groups.add(Group.objects.get(name=demo.group))
    UserProfile.objects.create(user=user, preferred_language=demo.language)
    return user
