"""The browser that this machine has, for tests and for pictures of the site."""

import shutil

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",  # root, as in a container, may not start it otherwise
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_browser():
    """Its path, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)
