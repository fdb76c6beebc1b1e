"""Where Wagtail's background tasks run: at once, in the transaction that they belong to.

The immediate backend of django-tasks catches what a task raises, so that a reference index
that could not be updated leaves a committed publish. Here the publish fails, whole.
"""

from typing import Any

from django.db import connection
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus


class TaskFailedError(RuntimeError):
    """A task raised; the message holds its traceback."""


class TransactionalBackend(ImmediateBackend):
    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Run the task. Raises TaskFailedError in a transaction, which is rolled back.

        After a commit nothing can be taken back, and django-tasks has logged the failure with its traceback.
        An exception in a hook of `on_commit`, where Wagtail deletes files, would lose the hooks behind it.
        Autocommit looks the same from here, and what the task follows from is committed there too.
        """
        result = super().enqueue(task, args, kwargs)
        if result.status == TaskResultStatus.FAILED and connection.in_atomic_block:
            raise TaskFailedError(_traceback(result))
        return result


def _traceback(result: TaskResult) -> str:
    return "\n".join(error.traceback for error in result.errors)
