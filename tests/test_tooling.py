"""The scripts behind make: an interrupted set-up is made good, an untranslated text is found."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from demo_site import free_port
from installed import installed
from PIL import Image

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    (tmp_path / "requirements-dev.txt").write_text("django==5.2\npytest==9\n")
    return tmp_path


@pytest.fixture
def environment(checkout: Path, monkeypatch: pytest.MonkeyPatch):
    """An environment whose commands are written down instead of run."""
    module = importlib.import_module("environment")

    class Recorded(module.Environment):
        def __init__(self) -> None:
            super().__init__(checkout / ".venv", root=checkout)
            self.done: list[str] = []
            self.interrupt_at = ""

        def create(self) -> None:
            self.check_is_ours()
            shutil.rmtree(self.path, ignore_errors=True)
            self.python.parent.mkdir(parents=True)
            self.note("create")
            self.python.touch()
            (self.path / "pyvenv.cfg").touch()

        def install(self, lock_file: Path) -> None:
            self.note(f"install {lock_file.name}")

        def note(self, step: str) -> None:
            self.done.append(step)
            if step == self.interrupt_at:
                raise KeyboardInterrupt

    return Recorded()


def test_environment_is_made_once(environment) -> None:
    environment.ensure("site")
    environment.ensure("site")
    assert environment.done == ["create", "install requirements.txt"]


def test_development_adds_to_the_site_and_serves_it(environment) -> None:
    for group in ("site", "dev", "site", "dev"):
        environment.ensure(group)
    assert environment.done == ["create", "install requirements.txt", "install requirements-dev.txt"]


def test_changed_lock_file_is_installed(environment, checkout: Path) -> None:
    environment.ensure("site")
    (checkout / "requirements.txt").write_text("django==5.2.1\n")
    environment.ensure("site")
    assert environment.done == ["create", "install requirements.txt", "install requirements.txt"]


@pytest.mark.parametrize("step", ["create", "install requirements.txt"])
def test_interrupted_environment_is_made_anew(environment, step: str) -> None:
    environment.interrupt_at = step
    with pytest.raises(KeyboardInterrupt):
        environment.ensure("site")
    environment.done.clear()
    environment.interrupt_at = ""
    environment.ensure("site")
    assert environment.done == ["create", "install requirements.txt"]


def test_half_written_stamp_counts_for_nothing(environment) -> None:
    environment.ensure("site")
    environment.stamp.write_text(environment.stamp.read_text()[:20])
    assert not environment.is_current("site")


def test_another_python_is_another_environment(environment) -> None:
    environment.ensure("site")
    environment.stamp.write_text(json.dumps(environment.fingerprint("site") | {"python": "3.10"}))
    environment.ensure("site")
    assert environment.done.count("create") == 2


@pytest.mark.parametrize(
    ("broken", "installed"), [(None, "uv"), ("uv", "pip"), ("requirements-uv.txt", "pip")]
)
def test_pip_installs_where_uv_cannot(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, broken: str | None, installed: str
) -> None:
    module = importlib.import_module("environment")
    done = []

    def run(*command: object) -> None:
        tool = "uv" if str(command[0]).endswith("bin/uv") else "pip"
        lock_file = Path(str(command[-1]))
        if broken in (tool, lock_file.name):
            raise module.EnvironmentSetupError("That failed")
        assert "--require-hashes" in command
        done.append((tool, lock_file.name))

    monkeypatch.setattr(module, "run", run)
    module.Environment(checkout / ".venv", root=checkout).install(checkout / "requirements.txt")
    assert done[-1] == (installed, "requirements.txt")


def test_directory_of_somebody_else_is_left_alone(environment) -> None:
    module = importlib.import_module("environment")
    environment.path.mkdir()
    (environment.path / "thesis.odt").touch()
    with pytest.raises(module.EnvironmentSetupError, match="not a virtual environment"):
        environment.ensure("site")
    assert (environment.path / "thesis.odt").exists()


def test_old_python_is_told_what_to_do() -> None:
    module = importlib.import_module("environment")
    module.check_python((3, 11, 0))
    with pytest.raises(module.EnvironmentSetupError, match=r"3\.11 or newer is needed, this one is 3\.9"):
        module.check_python((3, 9, 18))


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A project with one app and one text, in Dutch and English."""
    app = tmp_path / "faq"
    app.mkdir()
    (app / "apps.py").write_text(
        'from django.utils.translation import gettext as _\n\nNAME = _("Questions")\n'
    )
    for language, text in (("nl", "Vragen"), ("en", "Questions")):
        catalog = polib.POFile(wrapwidth=0)
        catalog.append(polib.POEntry(msgid="Questions", msgstr=text, occurrences=[("faq/apps.py", "")]))
        directory = app / "locale" / language / "LC_MESSAGES"
        directory.mkdir(parents=True)
        catalog.save(str(directory / "django.po"))
    messages = importlib.import_module("messages")
    for file in messages.catalogs(tmp_path):
        messages.tidy(file)
    messages.compile_catalogs(tmp_path)
    return tmp_path


def check_messages(root: Path) -> str:
    """What the check complains about; empty where all is well."""
    messages = importlib.import_module("messages")
    with pytest.raises(SystemExit) as end:
        messages.check(root)
    return str(end.value.code or "")


def dutch(root: Path) -> Path:
    return root / "faq/locale/nl/LC_MESSAGES/django.po"


def test_complete_catalogs_pass(texts: Path) -> None:
    assert check_messages(texts) == ""


def test_untranslated_text_is_found(texts: Path) -> None:
    dutch(texts).write_text(dutch(texts).read_text().replace('"Vragen"', '""'))
    assert "untranslated: 'Questions'" in check_messages(texts)


def test_fuzzy_translation_is_found(texts: Path) -> None:
    dutch(texts).write_text(
        dutch(texts).read_text().replace('msgid "Questions"', '#, fuzzy\nmsgid "Questions"')
    )
    assert "fuzzy: 'Questions'" in check_messages(texts)


def test_stale_compiled_catalog_is_found(texts: Path) -> None:
    dutch(texts).write_text(dutch(texts).read_text().replace("Vragen", "Alle vragen"))
    assert "is not what its .mo was made from" in check_messages(texts)


@pytest.mark.skipif(not shutil.which("xgettext"), reason="GNU gettext is missing")
def test_new_text_in_the_code_is_found(texts: Path) -> None:
    with (texts / "faq/apps.py").open("a") as code:
        code.write('ANSWER = _("Answers")\n')
    assert "does not hold the texts of the code" in check_messages(texts)


def test_missing_gettext_fails_in_ci_only(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("CI", raising=False)
    assert check_messages(texts) == ""
    monkeypatch.setenv("CI", "true")
    assert "GNU gettext is missing" in check_messages(texts)


def test_lock_files_hold_every_requirement(tmp_path: Path) -> None:
    rules = importlib.import_module("house_rules")
    assert list(rules.stale_locks(rules.ROOT)) == []
    for name in ("pyproject.toml", *rules.LOCKED_GROUPS):
        shutil.copy(rules.ROOT / name, tmp_path / name)
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text().replace('"Django>=5.2,', '"Unheard-of>=1", "Django>=7,'))
    problems = "\n".join(rules.stale_locks(tmp_path))
    assert "requirements.txt holds nothing for Unheard-of>=1" in problems
    assert "for Django<6.2,>=7: run make lock" in problems


def test_what_make_starts_keeps_its_bytecode() -> None:
    """Each process would compile Django and Wagtail anew where a container's image forbids it."""
    shown = subprocess.run(
        ["make", "--eval", "shown: ; @env", "shown"],  # noqa: S607
        cwd=SCRIPTS.parent,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "SHOWN": "yes"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "SHOWN=yes" in shown and "PYTHONDONTWRITEBYTECODE" not in shown


def test_port_in_use_is_a_sentence() -> None:
    import socket

    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]
        result = subprocess.run(  # noqa: S603
            [sys.executable, str(SCRIPTS / "run.py"), "serve"],
            env={"PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert result.stderr.startswith(f"Port {port} cannot be used")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["server"], 2), ([], 2)])
def test_who_asks_for_help_starts_no_site(arguments: list[str], code: int) -> None:
    command = [sys.executable, str(SCRIPTS / "run.py"), *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    assert result.returncode == code
    assert "{serve,dev}" in result.stdout + result.stderr


@pytest.mark.parametrize("mode", ["serve", "dev"])
def test_the_demo_site_is_not_made_of_a_real_one(tmp_path: Path, mode: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PORT": str(free_port()),
        "DJANGO_SETTINGS_MODULE": "techport_cms.settings.base",
        "SECRET_KEY": "x" * 50,
        "ALLOWED_HOSTS": "localhost",
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "CACHE_DIR": str(tmp_path),
    }
    command = [sys.executable, str(SCRIPTS / "run.py"), mode]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)  # noqa: S603
    assert result.returncode == 1
    assert result.stderr.startswith("This is for a demo site. techport_cms.settings.base is for a real one")
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_a_missing_program_fails_in_ci_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert installed("no-such-program", "sh") == shutil.which("sh")
    with pytest.raises(pytest.skip.Exception, match="not installed: no-such-program or nor-this-one"):
        installed("no-such-program", "nor-this-one")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not installed: no-such-program"):
        installed("no-such-program")


@pytest.mark.parametrize("name", ["home", "faq", "partner", "article", "partners"])
def test_a_picture_of_the_look_is_shown_and_small(name: str) -> None:
    screenshots = importlib.import_module("screenshots")
    assert name in screenshots.PAGES
    file = screenshots.picture_of(name)
    assert file.stat().st_size <= 150_000
    assert f"](images/{file.name})" in (SCRIPTS.parent / "docs/look.md").read_text()


def test_a_sheet_shows_every_view_and_fits() -> None:
    screenshots = importlib.import_module("screenshots")
    colours = [["#ff0000", "#00ff00"], ["#0000ff", "#ffffff"]]
    sheet = screenshots.sheet([[Image.new("RGB", (360, 900), colour) for colour in row] for row in colours])
    shown = {sheet.getpixel((x, y)) for x in (110, 310) for y in (245, 715)}
    assert shown == {(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)}
    noise = Image.effect_noise((174, 96), 100).resize((1740, 960)).convert("RGB")
    assert len(screenshots.small_enough(noise)) <= screenshots.MOST
