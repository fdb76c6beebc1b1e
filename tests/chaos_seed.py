"""The seed of what tests choose by chance, and what each of them has done with it, at the end of the run.

The suite chooses the same each time; `make chaos` looks for what nobody has seen yet.
"""

import os
import random
import sys
from collections.abc import Callable

import pytest
from django.db import connection

IS_WHOLE = "CHAOS_KILLS" in os.environ  # else a tenth of it
CHANCE = random.SystemRandom().randrange(10**6) if IS_WHOLE else 1
SEED = int(os.environ.get("CHAOS_SEED") or CHANCE)
os.environ["CHAOS_SEED"] = str(SEED)  # the processes that this one starts take the same
PROPERTY = "done by chance"


@pytest.fixture
def tell(record_property: Callable[[str, str], None]) -> Callable[[str], None]:
    """`tell("50 kills")`: a line that is seen at once with `-s`, and at the end of every run."""

    def tell(done: str) -> None:
        line = f"{connection.vendor}, CHAOS_SEED={SEED}: {done}"
        sys.stdout.write(f"\n{line}\n")
        record_property(PROPERTY, line)

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for some in terminalreporter.stats.values() for report in some]
    done = {
        f"{report.nodeid}: {value}"
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY
    }
    if done:
        terminalreporter.section("done by chance")
        for line in sorted(done):
            terminalreporter.write_line(line)
