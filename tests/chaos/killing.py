"""Run something in a process of its own and kill it, as `kill -9` does, at one of its steps.

A step is the moment before or after a statement or a COMMIT. Nothing dies between two steps that
does not die at one of them: what a process does in between, the database does not see.
"""

import json
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

BROKE = 70  # exit status of a process in which something raised


@dataclass(frozen=True)
class End:
    """How the process ended: `steps` are all that it took, or the one at which it was killed."""

    killed: bool
    steps: list[str]


@dataclass
class Steps:
    """Notes the steps, and dies at the one with this number among those whose name ends so (0: never)."""

    pipe: int
    number: int = 0
    ending: str = ""
    seen: list[str] = field(default_factory=list)
    counted: int = 0

    def step(self, name: str) -> None:
        self.seen.append(name)
        self.counted += name.endswith(self.ending)
        if self.counted == self.number and name.endswith(self.ending):
            tell(self.pipe, [name])
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        verb = sql.split(maxsplit=1)[0].upper()
        self.step(f"before {verb}")
        result = execute(sql, params, many, context)
        self.step(f"after {verb}")
        return result

    def watch_commits(self) -> None:
        commit = BaseDatabaseWrapper._commit

        def watched(wrapper: BaseDatabaseWrapper) -> None:
            self.step("before COMMIT")
            commit(wrapper)
            self.step("after COMMIT")

        BaseDatabaseWrapper._commit = watched


def tell(pipe: int, something: Any) -> None:
    with os.fdopen(pipe, "w") as file:
        json.dump(something, file)


def run(action: Callable[[], None], number: int = 0, ending: str = "") -> End:
    """Run `action`, killed at this step (see Steps). RuntimeError where it raised."""
    connections.close_all()  # a connection has one owner
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _be_killed(action, Steps(writer, number, ending))
    os.close(writer)
    with os.fdopen(reader) as pipe:
        told = json.load(pipe)
    status = os.waitpid(child, 0)[1]
    _wait_for_the_server()
    if status and not os.WIFSIGNALED(status):
        raise RuntimeError(told)
    return End(killed=os.WIFSIGNALED(status), steps=told)


def _be_killed(action: Callable[[], None], steps: Steps) -> None:
    status, told = 0, steps.seen
    try:
        steps.watch_commits()
        with connection.execute_wrapper(steps.statement):
            action()
    except BaseException:  # noqa: BLE001 - whatever it was, the parent is told, and no other code runs
        status, told = BROKE, traceback.format_exc()
    tell(steps.pipe, told)
    os._exit(status)


def _wait_for_the_server() -> None:
    """PostgreSQL notices in a moment that its client is gone, and rolls back."""
    if connection.vendor != "postgresql":
        return
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with connection.cursor() as cursor:
        cursor.execute(others)
        while cursor.fetchone()[0]:
            cursor.execute(others)
