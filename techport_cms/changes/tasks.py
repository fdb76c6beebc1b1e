"""Where Wagtail's background tasks run: at once, in the transaction that they belong to.

The immediate backend of django-tasks catches what a task raises, so that a reference index
that could not be updated leaves a committed publish. Here the publish fails, whole.
"""

from typing import Any

from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus


class TaskFailedError(RuntimeError):
    """A task raised; the message holds its traceback."""


class TransactionalBackend(ImmediateBackend):
    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Run the task. Raises TaskFailedError."""
        result = super().enqueue(task, args, kwargs)
        if result.status == TaskResultStatus.FAILED:
            raise TaskFailedError(_traceback(result))
        return result


def _traceback(result: TaskResult) -> str:
    return "\n".join(error.traceback for error in result.errors)
