"""An editor who makes edits of every kind, at random: writer.py <number> <edits> <seed>

Writer 0 of `writer.py 0 0 <seed>` makes the site that all of them edit. Each edit is one transaction; one
that another writer is in the way of is given up. Writes its report as one line of JSON.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def main(number: int, edits: int, seed: int) -> None:
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "techport_cms.settings.test"
    import django

    django.setup()
    from django.core.exceptions import ObjectDoesNotExist, ValidationError
    from django.db import DatabaseError, transaction
    from mirror_edits import MirrorEdits, make_site

    from techport_cms.changes.log import trim
    from techport_cms.changes.tasks import TaskFailedError

    if not edits:
        make_site(seed)
    editor = MirrorEdits(seed + number, number)
    made: Counter[str] = Counter()
    for count in range(edits):
        try:
            with transaction.atomic():
                made[editor.make()] += 1
        except (DatabaseError, ObjectDoesNotExist, TaskFailedError, ValidationError) as error:
            made[f"given up: {type(error).__name__}"] += 1
        if number == 0 and count == edits // 2:
            trim(timedelta(0))  # who has not read up to here must start over
    sys.stdout.write(json.dumps(made) + "\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
