"""Run every check, as many at a time as there are processors: lint.py [names]"""

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
PYTHON_CODE = ("techport_cms", "home", "faq", "partners", "news", "scripts", "benchmarks", "examples")

TEST_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "techport_cms.settings.test",
    "DATABASE_URL": "sqlite://:memory:",
}
PRODUCTION_SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "techport_cms.settings.base",
    "DATABASE_URL": "sqlite://:memory:",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "www.example.org",
    "SITE_URL": "https://www.example.org",
}
STRICT = ("--fail-level", "WARNING")

# The slowest come first, so that the others run beside them.
CHECKS = {
    "types": ((BIN / "mypy", *PYTHON_CODE), TEST_SETTINGS),
    "messages": ((sys.executable, "scripts/messages.py", "check"), {}),
    "templates": ((BIN / "djlint", ".", "--lint", "--quiet"), {}),
    "layers": ((BIN / "lint-imports", "--no-cache"), {}),
    "settings": ((*MANAGE, "check", *STRICT), TEST_SETTINGS),
    "deployment": ((*MANAGE, "check", "--deploy", *STRICT), PRODUCTION_SETTINGS),
    "migrations": ((*MANAGE, "makemigrations", "--check", "--dry-run"), TEST_SETTINGS),
    "style": ((BIN / "ruff", "check", "."), {}),
    "format": ((BIN / "ruff", "format", "--check", "."), {}),
    "house rules": ((sys.executable, "scripts/house_rules.py"), {}),
}


def main(names):
    unknown = set(names) - CHECKS.keys()
    if unknown:
        sys.exit(f"There is no check {', '.join(unknown)}. There are: {', '.join(CHECKS)}.")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(run, names or CHECKS))
    sys.exit(0 if all(results) else 1)


def run(name):
    command, variables = CHECKS[name]
    started = time.monotonic()
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    passed = result.returncode == 0
    output = "" if passed else f"{result.stdout.rstrip()}\n"
    verdict = "ok" if passed else "FAILED"
    print(f"{output}{name:12} {verdict} ({time.monotonic() - started:.1f} s)", flush=True)
    return passed


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
