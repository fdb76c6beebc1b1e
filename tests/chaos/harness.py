"""Kill publishes and count what they leave half-done: harness.py <kills> <seed> [unsafe]

Works on the database of DATABASE_URL, which is migrated and holds nothing that anybody needs. `unsafe`
takes the transactions away, to see that the harness finds what they are there for. Writes its report
as one line of JSON.
"""

import json
import os
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def main(kills: int, seed: int, unsafe: bool) -> None:
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "techport_cms.settings.test"
    import django

    django.setup()
    from attempts import Attempts
    from scenarios import scenarios
    from unsafe import take_the_transactions_away

    if unsafe:
        take_the_transactions_away()
    attempts = Attempts(scenarios(), seed)
    attempts.rehearse()
    attempts.kill(kills)
    sys.stdout.write(json.dumps(vars(attempts.report)) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), "unsafe" in sys.argv[3:])
