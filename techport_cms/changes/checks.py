from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as CheckWarning
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from django_tasks.backends.immediate import ImmediateBackend

from .tasks import TransactionalBackend

GONE = "techport_cms.changes.middleware.GoneMiddleware"
REDIRECTS = "wagtail.contrib.redirects.middleware.RedirectMiddleware"
MIDDLEWARE = "techport_cms.changes.middleware.WriteTransactionMiddleware"
BACKEND = "techport_cms.changes.tasks.TransactionalBackend"


@register
def check_middleware(**kwargs: Any) -> list[CheckMessage]:
    if settings.MIDDLEWARE and settings.MIDDLEWARE[-1] == MIDDLEWARE:
        return []
    return [
        CheckWarning(
            "Requests that write are not transactions: publishing may be left half-done.",
            hint=f"Make {MIDDLEWARE} the last entry of MIDDLEWARE.",
            id="techport_changes.W001",
        )
    ]


@register
def check_order_of_redirects(**kwargs: Any) -> list[CheckMessage]:
    if not {GONE, REDIRECTS} <= {*settings.MIDDLEWARE}:
        return []
    if settings.MIDDLEWARE.index(GONE) < settings.MIDDLEWARE.index(REDIRECTS):
        return []
    return [
        CheckWarning(
            "Redirects from pages that were moved do not work: their old addresses answer 410.",
            hint=f"Put {GONE} before {REDIRECTS} in MIDDLEWARE.",
            id="techport_changes.W003",
        )
    ]


@register
def check_task_backend(**kwargs: Any) -> list[CheckMessage]:
    """A real queue is somebody's choice; the immediate backend of django-tasks hides what fails."""
    backend = task_backends[DEFAULT_TASK_BACKEND_ALIAS]
    if not isinstance(backend, ImmediateBackend) or isinstance(backend, TransactionalBackend):
        return []
    return [
        CheckWarning(
            "A task of Wagtail's that fails is not noticed, and leaves a publish half-done.",
            hint=f'TASKS = {{"default": {{"BACKEND": "{BACKEND}"}}}}',
            id="techport_changes.W002",
        )
    ]
