"""The message catalogs: messages.py update|compile|check

Texts in code are English. Every app has a catalog of its own in <app>/locale, so that a
plug-in takes its texts along; the site's templates, settings and addresses have theirs in
locale/ at the top (LOCALE_PATHS). Dutch is written by people; English is the text itself.

update needs GNU gettext; compile and the rest of check do not, and the compiled catalogs
are part of the repository, so that the site runs without it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ("nl", "en")
APPS = ("home", "faq", "partners", "news", "techport_cms")
NOT_OURS = (".*", "var", "build", "dist", "tests", "benchmarks", "scripts", "docs")
HEADER = {
    "Project-Id-Version": "techport-cms",
    "Language": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def update(root=ROOT):
    if not shutil.which("xgettext"):
        sys.exit("GNU gettext is missing. On Debian and Ubuntu: apt install gettext")
    for directory in locale_directories(root):
        for language in LANGUAGES:
            (directory / language / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    make_messages(root)
    for file in catalogs(root):
        tidy(file)
    compile_catalogs(root)
    remove_empty(locale_directories(root))


def remove_empty(directories):
    """Of apps without a text: makemessages wants the directories, nobody else does."""
    for directory in directories:
        for path in sorted(directory.rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        if directory.exists() and not any(directory.iterdir()):
            directory.rmdir()


def locale_directories(root):
    """Where texts are gathered: makemessages takes the nearest directory named locale."""
    apps = (file.parent for name in APPS for file in (root / name).rglob("apps.py"))
    return [root / "locale", *(app / "locale" for app in apps)]


def make_messages(root):
    options = ["--no-obsolete", "--no-wrap", "--add-location", "file", "--verbosity", "0"]
    options += [f"--locale={language}" for language in LANGUAGES]
    options += [f"--ignore={pattern}" for pattern in NOT_OURS]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "django", "makemessages", *options]
    subprocess.run(command, cwd=root, env=environment, check=True)


def tidy(file):
    """Write a catalog in a form that changes only when a text does; drop an empty one."""
    catalog = polib.pofile(file, wrapwidth=0)
    if not catalog:
        file.unlink()
        return
    catalog.header = "Gathered from the code by make messages."
    catalog.metadata_is_fuzzy = False
    catalog.metadata = HEADER | {"Language": language_of(file)}
    catalog.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    if language_of(file) == "en":
        for entry in catalog:
            copy_source(entry)
    catalog.save(file)


def copy_source(entry):
    entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    if entry.msgid_plural:
        entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
    else:
        entry.msgstr = entry.msgid


def catalogs(root):
    return sorted(file for directory in locale_directories(root) for file in directory.rglob("*.po"))


def language_of(file):
    return file.parts[-3]


def compile_catalogs(root=ROOT):
    for file in catalogs(root):
        file.with_suffix(".mo").write_bytes(polib.pofile(file).to_binary())


def check(root=ROOT):
    problems = [problem for file in catalogs(root) for problem in check_catalog(file, root)]
    if shutil.which("xgettext"):
        problems += outdated(root)
    elif os.environ.get("CI") == "true":
        problems.append("GNU gettext is missing, so nobody knows whether a text is new.")
    else:
        print("Not checked whether a text is new: GNU gettext is missing.")
    sys.exit("\n".join(problems) or 0)


def check_catalog(file, root):
    catalog = polib.pofile(file)
    name = file.relative_to(root)
    for entry in catalog:
        if not entry.translated():
            reason = "fuzzy" if entry.fuzzy else "untranslated"
            yield f"{name}: {reason}: {entry.msgid!r}"
    compiled = file.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != catalog.to_binary():
        yield f"{name} is not what its .mo was made from: run make messages (or scripts/messages.py compile)"


def outdated(root):
    """Gather the texts in a copy of the source and tell which catalogs would change."""
    with tempfile.TemporaryDirectory(prefix="techport-messages-") as directory:
        copy = Path(directory)
        for name in (*APPS, "locale"):
            if (root / name).exists():
                shutil.copytree(
                    root / name, copy / name, ignore=shutil.ignore_patterns("static", "__pycache__")
                )
        update(copy)
        before, after = (
            {file.relative_to(top): file.read_bytes() for file in catalogs(top)} for top in (root, copy)
        )
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return [f"{name} does not hold the texts of the code: run make messages" for name in changed]


if __name__ == "__main__":
    {"update": update, "compile": compile_catalogs, "check": check}[sys.argv[1]]()
