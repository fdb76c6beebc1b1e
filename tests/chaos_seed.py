"""The seed of what tests choose by chance, and what each of them has done with it, at the end of the run.

The suite chooses the same each time; `make chaos` looks for what nobody has seen yet.
"""

import os
import random
from collections.abc import Callable

import pytest

IS_WHOLE = "CHAOS_KILLS" in os.environ  # else a tenth of it
CHANCE = random.SystemRandom().randrange(10**6) if IS_WHOLE else 1
SEED = int(os.environ.get("CHAOS_SEED") or CHANCE)
os.environ["CHAOS_SEED"] = str(SEED)  # the processes that this one starts take the same


@pytest.fixture
def tell(note: Callable[[str], None]) -> Callable[[str], None]:
    """`tell("50 kills")`: what was done with the seed, at the end of the run."""
    return lambda done: note(f"CHAOS_SEED={SEED}: {done}")
