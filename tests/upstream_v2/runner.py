"""Run Wagtail's own tests of its API v2 against our endpoints: runner.py [label …]

Writes one line of JSON: {"run": number, "failed": {test: its last line}}. DATABASE_NAME=<file> keeps
the database for the next run.
"""

import json
import os
import sys
import unittest
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
LABELS = ["wagtail.api.v2.tests"]


def main(labels: list[str]) -> None:
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "upstream_v2.settings"
    import django

    django.setup()
    from django.test.runner import DiscoverRunner

    class Runner(DiscoverRunner):
        def suite_result(self, suite: Any, result: unittest.TestResult, **kwargs: Any) -> int:
            sys.stdout.write(json.dumps(told(result)) + "\n")
            return 0

    Runner(verbosity=0, keepdb="DATABASE_NAME" in os.environ).run_tests(labels or LABELS)


def told(result: unittest.TestResult) -> dict[str, Any]:
    failed = {test.id(): trace.strip().splitlines()[-1] for test, trace in result.failures + result.errors}
    return {"run": result.testsRun, "failed": failed}


if __name__ == "__main__":
    main(sys.argv[1:])
