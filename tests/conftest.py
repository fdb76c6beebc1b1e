"""What every test may use: a clean cache, a known language, a real browser."""

import functools
import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from at_the_end import note, pytest_terminal_summary  # noqa: F401 - a fixture and a hook
from browser import BROWSERS, OPTIONS
from cache_visitor import committed, question, stage, visitor  # noqa: F401 - fixtures
from chaos_seed import SEED, tell  # noqa: F401 - a fixture
from demo_site import demo_site  # noqa: F401 - a fixture
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from factories import published_home
from installed import installed
from made_once import asked_for, rows
from migrated_once import migrated_once
from playwright.sync_api import Browser, Page, sync_playwright
from put_back import copied
from pytest_django import DjangoDbBlocker
from pytest_django.plugin import blocking_manager_key
from scratch_database import scratch  # noqa: F401 - a fixture
from typescript_packages import typescript  # noqa: F401 - a fixture
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from techport_cms.content.models import ContentImage

# Playwright runs an event loop in the test's thread; the tests themselves are synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def hand_on_migrated(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Callable[[], None]]:
    """Begins before Django makes the test database, where there are several processes."""
    if not hasattr(request.config, "workerinput"):
        yield lambda: None
        return
    shared = tmp_path_factory.getbasetemp().parent
    with migrated_once(shared, django_db_blocker) as hand_on:
        yield hand_on


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, hand_on_migrated: Callable[[], None]
) -> None:
    """The database that is migrated by one process may be the template of another one's."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    hand_on_migrated: Callable[[], None],
) -> Iterator[None]:
    """Nearly every test needs a published home page, so it is there. A test that commits leaves what it has
    found."""
    with django_db_blocker.unblock():
        hand_on_migrated()
        published_home()
        before = copied()
    TransactionTestCase._fixture_teardown = lambda self: before.put_back()
    gc.collect()
    gc.freeze()  # what is there now stays: the collector need not look at it between tests
    yield
    rows.turn_to([], django_db_blocker)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Iterator[None]:
    if fixturedef.argname == "_django_db_helper":  # opens the transaction of a test
        makers = [] if _commits(request.node) else asked_for(request.node)
        rows.turn_to(makers, request.config.stash[blocking_manager_key])
    return (yield)


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = {"transactional_db", "live_server"}.intersection(getattr(item, "fixturenames", ()))
    return bool(names) or (marker is not None and bool(marker.kwargs.get("transaction")))


class ByFile(LoadFileScheduling):
    """A file is done by one process; those that need the running demo site by one together."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "the demo site" if _needs_demo_site(file) else file


@functools.cache
def _needs_demo_site(file: str) -> bool:
    return "demo_site: DemoSite" in Path(file).read_text()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return ByFile(config, log)


def pytest_report_header() -> list[str]:
    return [f"database: {os.environ.get('DATABASE_URL') or 'SQLite'}", f"seed of tests/chaos: {SEED}"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.fixture(autouse=True)
def clean_state() -> Iterator[None]:
    """No test sees another one's language, cached answers or requests that count."""
    from techport_cms.headless.limits import buckets  # once the settings are there

    translation.deactivate()
    yield
    translation.deactivate()
    cache.clear()
    buckets.clear()


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    executable = installed(*BROWSERS)
    # Its event loop gives this thread another connection, which knows nothing of transactions of the old one;
    # once it has ended there is the old one again.
    blocker = request.config.stash[blocking_manager_key]
    rows.turn_to([], blocker)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=OPTIONS)
        yield chromium
        chromium.close()
        rows.turn_to([], blocker)
        connection.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh browser profile; an error in a script of the page fails the test."""
    context = browser.new_context(locale="nl-NL")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert not errors, f"the page's scripts failed: {errors}"


@pytest.fixture
def image(db: None) -> "ContentImage":
    from factories import ImageFactory  # models can be imported once the settings are there

    return ImageFactory()
