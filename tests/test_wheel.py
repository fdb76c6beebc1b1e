"""The wheel holds the plug-ins and nothing of the site, and works in somebody else's project."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
PROJECT_FILES = ROOT / "tests/wheel_project"
PLUG_INS = [
    "faq",
    "partners",
    "news",
    *(f"techport_cms/{app}" for app in ("core", "content", "changes", "cache", "webhooks", "headless")),
]
OF_THE_SITE = [
    *("home/", "tests/", "scripts/", "benchmarks/", "locale/", "manage.py"),
    *("techport_cms/settings/", "techport_cms/urls.py", "techport_cms/wsgi.py"),
    *("techport_cms/templates/", "techport_cms/static/", "techport_cms/locale/", "techport_cms/formats/"),
]


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE"}}
    result = subprocess.run(  # noqa: S603
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", directory, cwd=ROOT)
    return next(directory.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory to put on the path: the wheel alone, its dependencies are those of this environment."""
    directory = tmp_path_factory.mktemp("installed")
    run(BIN / "uv", "pip", "install", "--no-deps", "--no-index", "--target", directory, wheel, cwd=directory)
    return directory


@pytest.fixture(scope="module")
def project(installed: Path, tmp_path_factory: pytest.TempPathFactory):
    """A project as `wagtail start` makes it, with an image model of its own and the plug-ins."""
    directory = tmp_path_factory.mktemp("project")
    run(BIN / "wagtail", "start", "mysite", ".", cwd=directory)
    images = directory / "host_images"
    (images / "migrations").mkdir(parents=True)
    for file in (images / "__init__.py", images / "migrations/__init__.py"):
        file.touch()
    (images / "models.py").write_text((PROJECT_FILES / "images.py").read_text())
    (directory / "mysite/settings/plugins.py").write_text((PROJECT_FILES / "settings.py").read_text())
    (directory / "home/tests.py").write_text((PROJECT_FILES / "tests.py").read_text())
    urls = directory / "mysite/urls.py"
    include = '    path("api/", include("techport_cms.headless.urls")),\n'
    urls.write_text(urls.read_text().replace("urlpatterns = [\n", f"urlpatterns = [\n{include}", 1))

    wsgi = directory / "mysite/wsgi.py"
    cached = "from techport_cms.cache.wsgi import cached\n\napplication = cached(get_wsgi_application())"
    wsgi.write_text(wsgi.read_text().replace("application = get_wsgi_application()", cached))

    def manage(*arguments: str) -> str:
        variables = {"DJANGO_SETTINGS_MODULE": "mysite.settings.plugins", "PYTHONPATH": str(installed)}
        return run(sys.executable, "manage.py", *arguments, cwd=directory, **variables)

    manage("makemigrations", "host_images")
    return manage


def test_wheel_holds_the_plug_ins_only(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for plug_in in PLUG_INS:
        assert f"{plug_in}/apps.py" in names
        assert (
            f"{plug_in}/locale/nl/LC_MESSAGES/django.mo" in names or not (ROOT / plug_in / "locale").exists()
        )
    assert [name for name in names if name.startswith(tuple(OF_THE_SITE))] == []


def test_system_check_is_silent(project) -> None:
    assert "no issues" in project("check", "--fail-level", "WARNING")


def test_plug_ins_need_no_migration_of_the_host(project) -> None:
    assert "No changes detected" in project("makemigrations", "--check", "--dry-run")


def test_plug_ins_work(project) -> None:
    assert "Ran 7 tests" in project("test", "home")
