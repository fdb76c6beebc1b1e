"""What a test has to say, though it has passed: a line that is seen at the end of every run."""

import sys
from collections.abc import Callable

import pytest
from django.db import connection

PROPERTY = "said at the end"


@pytest.fixture
def note(record_property: Callable[[str, str], None]) -> Callable[[str], None]:
    """`note("50 kills")`: seen at once with `-s`, too."""

    def note(said: str) -> None:
        line = f"{connection.vendor}, {said}"
        sys.stdout.write(f"\n{line}\n")
        record_property(PROPERTY, line)

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for some in terminalreporter.stats.values() for report in some]
    said = {
        f"{report.nodeid}: {value}"
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY
    }
    if said:
        terminalreporter.section("what tests tell")
        for line in sorted(said):
            terminalreporter.write_line(line)
