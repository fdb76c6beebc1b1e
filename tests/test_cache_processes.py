"""The cache of the running site: two processes, writers of every kind, through real requests."""

import os
import re
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from demo_site import ROOT, DemoSite, site_environment

pytestmark = pytest.mark.browser

QUESTION = "/veelgestelde-vragen/voor-wie-is-techport/"
SLUG = "voor-wie-is-techport"
ASKED = 16  # times, so that both processes answer
PUBLISH = """
import os
from django.db import transaction
from wagtail.models import Page
page = Page.objects.get(slug="{slug}").specific
page.title = "{title}"
with transaction.atomic():
    if {killed}:  # runs before the callbacks that the change itself adds
        transaction.on_commit(lambda: os.kill(os.getpid(), 9))
    page.save_revision().publish()
"""


class Editor:
    """Somebody signed in to the admin."""

    def __init__(self, site: DemoSite) -> None:
        self.site = site
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post("/admin/login/", username="admin", password=site.admin_password)

    def post(self, path: str, **fields: str) -> None:
        form = self.opener.open(self.site.url + path).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token, f"{path} has no form"
        data = urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        headers = {"Referer": self.site.url + path, "Origin": self.site.url}
        self.opener.open(Request(self.site.url + path, data, headers)).close()  # noqa: S310


def run_code(site: DemoSite, code: str, **variables: str) -> int:
    """Run code in a process of its own beside the site; return its exit status."""
    environment = site_environment(site.data_dir, site.database_url) | variables
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    return subprocess.run(  # noqa: S603
        command, cwd=ROOT, env=environment, check=False, capture_output=True
    ).returncode


def statuses(site: DemoSite, path: str) -> set[int]:
    return {status(site, path) for _ in range(ASKED)}


def status(site: DemoSite, path: str) -> int:
    try:
        with site.get(path) as answer:
            return answer.status
    except HTTPError as error:
        return error.code


def all_show(site: DemoSite, text: str, path: str = QUESTION) -> bool:
    return all(text in read(site, path) for _ in range(ASKED))


def read(site: DemoSite, path: str) -> str:
    with site.get(path) as answer:
        return answer.read().decode()


def test_both_processes_answer_from_memory(demo_site: DemoSite) -> None:
    statuses(demo_site, QUESTION)
    told = []
    for _ in range(ASKED):
        with demo_site.get(QUESTION) as answer:
            told.append(answer.headers["Cache-Status"])
    assert set(told) == {"techport; hit"}


def test_what_is_unpublished_is_gone_with_the_answer(demo_site: DemoSite) -> None:
    editor = Editor(demo_site)
    page = re.search(r'"id": ?(\d+)', read(demo_site, f"/api/v2/pages/?slug={SLUG}&locale=nl"))
    assert page
    assert statuses(demo_site, QUESTION) == {200}
    try:
        editor.post(f"/admin/pages/{page[1]}/unpublish/")
        assert statuses(demo_site, QUESTION) == {410}
        assert SLUG not in read(demo_site, "/sitemap.xml")
    finally:
        assert (
            run_code(demo_site, PUBLISH.format(slug=SLUG, title="Voor wie is Techport?", killed=False)) == 0
        )
    assert statuses(demo_site, QUESTION) == {200}


def test_what_a_command_publishes_is_there_when_it_ends(demo_site: DemoSite) -> None:
    for number in range(3):
        statuses(demo_site, QUESTION)
        code = PUBLISH.format(slug=SLUG, title=f"Opdracht {number}", killed=False)
        assert run_code(demo_site, code) == 0
        assert all_show(demo_site, f"Opdracht {number}")


def test_a_writer_that_is_killed_after_its_commit_leaves_nothing_stale(demo_site: DemoSite) -> None:
    for number in range(3):
        statuses(demo_site, QUESTION)
        assert run_code(demo_site, PUBLISH.format(slug=SLUG, title=f"Gedood {number}", killed=True)) == -9
        time.sleep(1)
        assert all_show(demo_site, f"Gedood {number}")


def test_another_host_shows_it_within_a_second(demo_site: DemoSite, tmp_path) -> None:
    """The writer shares the database with the site, but no memory."""
    statuses(demo_site, QUESTION)
    code = PUBLISH.format(slug=SLUG, title="Van elders", killed=False)
    assert run_code(demo_site, code, CACHE_DIR=str(tmp_path)) == 0
    time.sleep(1)
    assert all_show(demo_site, "Van elders")


def test_static_files_and_the_admin_are_left_alone(demo_site: DemoSite) -> None:
    for path in ("/admin/login/", "/robots.txt?x=1"):
        with demo_site.get(path) as answer:
            assert answer.headers["Cache-Status"] is None
            assert os.linesep.encode() in answer.read()
