"""The README tells the truth about what each room needs: its table and its settings against the code."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()
# What `wagtail start` installs, but for the redirects, which have to stand in the right place.
OF_EVERY_PROJECT = {
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "taggit",
    "wagtail",
    "wagtail.admin",
    "wagtail.contrib.forms",
    "wagtail.documents",
    "wagtail.embeds",
    "wagtail.images",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.snippets",
    "wagtail.users",
}


def table() -> dict[str, set[str]]:
    """By room, the apps that its row names."""
    rows: dict[str, set[str]] = {}
    named: set[str] = set()
    lines = README.split("| you want | you need |\n|---|---|\n")[1].split("\n\n")[0]
    for room, cell in re.findall(r"^\| `([\w.]+)` \| (.*) \|$", lines, re.MULTILINE):
        names = {name for name in re.findall(r"`([a-z_.0-9]+)`", cell) if not name.endswith(".py")}
        named = names | (named if "the same" in cell else set())
        rows[room] = named
    return rows


TABLE = table()


def with_theirs(names: set[str]) -> set[str]:
    """These apps, and what the rows of the rooms among them name."""
    found = names.union(*(TABLE.get(name, set()) for name in names))
    return found if found == names else with_theirs(found)


def imported(room: str) -> Iterator[str]:
    """The modules that the room's code imports from elsewhere."""
    for path in (ROOT / room.replace(".", "/")).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def needed(room: str) -> set[str]:
    """The rooms that it imports, and the apps that have to be installed for the models that it imports."""
    names = set(imported(room))
    rooms = {other for other in TABLE for name in names if f"{name}.".startswith(f"{other}.")}
    return (rooms | {app for name in names for app in apps_of_models(name)}) - {room, *OF_EVERY_PROJECT}


def apps_of_models(name: str) -> Iterator[str]:
    if name.partition(".")[0] not in {config.name.partition(".")[0] for config in apps.get_app_configs()}:
        return
    for value in vars(import_module(name)).values():
        if isinstance(value, type) and issubclass(value, Model) and value in apps.get_models():
            yield apps.get_app_config(value._meta.app_label).name


def rooms_for_everybody() -> set[str]:
    rooms = re.findall(r"^\| `([\w/]+)/` \| .* \| yes \|$", README, re.MULTILINE)
    return {room.replace("/", ".") for room in rooms}


def test_every_room_has_a_row() -> None:
    assert set(TABLE) == rooms_for_everybody()


@pytest.mark.parametrize("room", TABLE)
def test_a_row_names_what_the_room_needs(room: str) -> None:
    assert needed(room) - with_theirs(TABLE[room]) == set()


@pytest.mark.parametrize("room", TABLE)
def test_a_row_names_no_room_that_is_not_needed(room: str) -> None:
    assert TABLE[room] & set(TABLE) <= needed(room)


def test_the_settings_name_all_of_them() -> None:
    installed = README.split("INSTALLED_APPS = [\n")[1].split("\n]")[0]
    missing = with_theirs(set(TABLE)) - set(re.findall(r'^ +"([\w.]+)",', installed, re.MULTILINE))
    assert missing == {"wagtail.contrib.redirects"}, "which is among the apps of the project"
