"""A process of the server: answers from its cache. reader.py <directory>

Reads lines of addresses as JSON, writes what it answers to each as a line of JSON: see `shown`.
"""

import hashlib
import json
import os
import re
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
NOW = re.compile(b"<updated>[^<]*</updated>")  # what Django says of a feed without entries
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')  # of a form that asks for a password


def set_up(directory: str) -> None:
    """As a process of the server whose host has its shared memory and its media in this directory."""
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "techport_cms.settings.test"
    from django.conf import settings

    settings.MEDIA_ROOT = Path(directory)
    settings.TECHPORT_CACHE["DIRECTORY"] = directory
    import django

    django.setup()


def shown(reply) -> list:
    """What a visitor is told, and whether it came from the cache."""
    body = TOKEN.sub(b"", reply.body)
    body = body if b"<entry>" in body else NOW.sub(b"", body)
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    return [reply.status, reply.headers.get("Location", ""), digest, reply.cached]


def main(directory: str) -> None:
    set_up(directory)
    from cache_visitor import Visitor

    from techport_cms.wsgi import application

    visitor = Visitor(application)
    for line in sys.stdin:
        answers = [shown(visitor.get(address)) for address in json.loads(line)]
        sys.stdout.write(json.dumps(answers) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
