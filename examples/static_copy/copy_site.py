"""A static copy of a Techport site, made of its delivery API alone.

    python copy_site.py https://www.example.org public
    python -m http.server --directory public

Needs Python 3.11, nothing else. Every public page in every language becomes one file at the path that it
has on the site. Run it again whenever you like: only what differs is written, and files of pages that are
gone are deleted (those that an earlier run wrote, no others). Pictures and documents stay on the site; so
does what a copy cannot do: forms, search, filters.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from site_content import Api, Content
from site_pages import Copy

LIST = ".copied"  # the files that the last run wrote
STYLE = Path(__file__).with_name("style.css")


def copy_site(site: str, target: Path) -> list[Path]:
    """The files that were written, because they are new or differ."""
    content = Content.fetch(Api(site))
    copy = Copy(content)
    files = {file_of(page["meta"]["html_url"]): copy.page(page) for page in content.pages.values()}
    return write({**files, "style.css": STYLE.read_text()}, target)


def file_of(url: str) -> str:
    """The file for an address. Raises ValueError where it would be outside of the copy."""
    path = unquote(urlsplit(url).path).strip("/")
    if ".." in path.split("/"):
        raise ValueError(f"no address for a file: {url}")
    return f"{path}/index.html" if path else "index.html"


def write(files: dict[str, str], target: Path) -> list[Path]:
    before = target / LIST
    known = before.read_text().splitlines() if before.exists() else []
    remove(target / name for name in known if name not in files)
    written = [target / name for name, text in files.items() if write_file(target / name, text)]
    before.write_text("\n".join(sorted(files)))
    return written


def write_file(file: Path, text: str) -> bool:
    if file.exists() and file.read_text() == text:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.write_text(text)
    draft.replace(file)  # at once: no visitor meets half a page
    return True


def remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make a static copy of a site from its delivery API.")
    parser.add_argument("site", help="https://www.example.org")
    parser.add_argument("target", type=Path, help="the directory to write to")
    options = parser.parse_args()
    written = copy_site(options.site, options.target)
    print(f"{len(written)} files written to {options.target}")  # noqa: T201 - for who runs it


if __name__ == "__main__":
    main()
