"""The documentation tells the truth where a program can know it: links, commands, variables, decisions."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "examples/README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
OPERATORS = (ROOT / "docs/operators.md").read_text()
DECISIONS = ROOT / "docs/decisions"

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]+`")
MAKE = re.compile(r"(?:^|[`$]\s*|\s)make ([a-z][a-z-]*)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
VARIABLE = re.compile(r'\benv\.\w+\(\s*"([A-Z_]+)"')


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_relative_links_and_images_resolve(page: Path) -> None:
    assert [link for link in links(page) if not resolves(page, link)] == []


def links(page: Path) -> Iterator[str]:
    text = FENCED.sub("", page.read_text())
    return (link for link in LINK.findall(text) if not ABSOLUTE.match(link))


def resolves(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    inside = target.is_relative_to(ROOT) and target.exists()
    return inside and (not anchor or anchor in anchors(target))


def anchors(page: Path) -> set[str]:
    """The ids of the headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_images_have_an_alternative_text(page: Path) -> None:
    assert "![](" not in page.read_text()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    assert named_targets(page.read_text()) <= targets()


def named_targets(text: str) -> set[str]:
    code = [*FENCED.findall(text), *INLINE_CODE.findall(FENCED.sub("", text))]
    return {target for part in code for target in MAKE.findall(part)}


def targets() -> set[str]:
    return set(TARGET.findall((ROOT / "Makefile").read_text()))


def test_readme_names_every_target() -> None:
    assert targets() == named_targets((ROOT / "README.md").read_text())


def test_every_variable_is_documented() -> None:
    """tests/test_settings.py compares .env.example with all readers; here the operators' page joins."""
    read = set(VARIABLE.findall((ROOT / "techport_cms/settings/base.py").read_text()))
    example = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", OPERATORS, re.MULTILINE))
    assert read, "the settings read no variable: the pattern above is out of date"
    assert read <= example
    assert example == documented


def test_every_command_is_documented() -> None:
    ours = {
        path.stem
        for path in ROOT.glob("*/**/management/commands/*.py")
        if not path.stem.startswith("_") and not path.relative_to(ROOT).parts[0].startswith(".")
    }
    assert ours, "there are no commands: the pattern above is out of date"
    assert ours <= get_commands().keys()
    documented = set(re.findall(r"^\| `([a-z_]+)[ `]", OPERATORS, re.MULTILINE))
    assert ours - documented == set()


def test_index_of_decisions_is_complete() -> None:
    titles = {}
    for page in sorted(DECISIONS.glob("0*.md")):
        heading = page.read_text().splitlines()[0]
        titles[page.name] = re.sub(r"^# (\d+)\.? ", r"\1 ", heading)
    index = (DECISIONS / "README.md").read_text()
    assert {file: title for title, file in re.findall(r"^- \[(.+)\]\((.+)\)$", index, re.MULTILINE)} == titles


def test_every_page_is_in_the_index() -> None:
    index = set(links(ROOT / "docs/README.md"))
    assert {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"} <= index


def test_every_system_check_is_documented() -> None:
    code = "".join(path.read_text() for path in (ROOT / "techport_cms").glob("*/checks.py"))
    ids = set(re.findall(r'"(techport_\w+\.[WE]\d+)"', code))
    assert ids
    contributors = (ROOT / "docs/contributors.md").read_text()
    assert {id_ for id_ in ids if f"`{id_}`" not in contributors} == set()
