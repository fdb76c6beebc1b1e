"""Take the pictures of docs/look.md from a running site: screenshots.py [address]

Each file shows one page in both languages, on a wide screen and on a phone, in light and in dark colours.
"""

import io
import sys
from itertools import product
from pathlib import Path

from browser import BROWSERS, OPTIONS, find_browser
from PIL import Image
from playwright.sync_api import Error, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
PAGES = {
    "home": ("/", "/en/"),
    "faq": ("/veelgestelde-vragen/", "/en/frequently-asked-questions/"),
    "partner": ("/partners/voorbeeld-staalbouw/", "/en/partners/example-steel-construction/"),
    "article": ("/nieuws/techport-bestaat-tien-jaar/", "/en/news/techport-turns-ten/"),
    "partners": ("/partners/", "/en/partners/"),
}
THEMES = ("light", "dark")
WIDTHS = (1280, 360)  # CSS pixels
HEIGHT = 900
GAP = 40
SCALE = 0.5
MOST = 150_000  # bytes of a file


def main(address="http://localhost:8000"):
    executable = find_browser()
    if executable is None:
        sys.exit(f"A browser is needed: {' or '.join(BROWSERS)}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=OPTIONS)
        page = browser.new_page(reduced_motion="reduce")
        for name, paths in PAGES.items():
            rows = [[view(page, address + path, *how) for how in product(THEMES, WIDTHS)] for path in paths]
            file = picture_of(name)
            file.write_bytes(small_enough(sheet(rows)))
            print(f"{file.relative_to(Path.cwd())}: {file.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()


def picture_of(name):
    return IMAGES / f"look-{name}.webp"


def view(page, url, theme, width):
    """The top of the page, as wide as this."""
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": HEIGHT})
    answer = page.goto(url, wait_until="networkidle")
    if answer is None or not answer.ok:
        sys.exit(f"{url} is not there. The pictures are those of the demo site: make run")
    return Image.open(io.BytesIO(page.screenshot()))


def sheet(rows):
    """Rows of views, all in one picture."""
    width = max(sum(view.width + GAP for view in row) for row in rows) + GAP
    height = len(rows) * (HEIGHT + GAP) + GAP
    whole = Image.new("RGB", (width, height), "#808890")
    for number, row in enumerate(rows):
        left = GAP
        for one in row:
            whole.paste(one, (left, GAP + number * (HEIGHT + GAP)))
            left += one.width + GAP
    return whole.resize((round(width * SCALE), round(height * SCALE)), Image.Resampling.LANCZOS)


def small_enough(picture):
    """As WebP, in the best quality that is not too large."""
    for quality in range(90, 0, -5):
        file = io.BytesIO()
        picture.save(file, "WEBP", quality=quality, method=6)
        if file.tell() <= MOST:
            return file.getvalue()
    raise ValueError(f"the picture is larger than {MOST} bytes in any quality")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Error as error:
        sys.exit(f"The site cannot be pictured; does it run? {error.message}")
    except KeyboardInterrupt:
        sys.exit(130)
