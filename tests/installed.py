"""Programs that tests need and a machine may not have."""

import os
import shutil

import pytest


def installed(*names: str) -> str:
    """The path of the first of these programs that is there. Without any the test is skipped, and where
    CI=true it fails: there all of them are to be there."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        missing = f"not installed: {' or '.join(names)}"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    return found
