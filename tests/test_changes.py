"""The publication log: what is written to it, in which order, and what its readers are told."""

import threading
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from change_log import Log
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from factories import (
    FaqIndexPageFactory,
    QuestionPageFactory,
    published_home,
    translated,
)
from made_once import made_once
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, ReferenceIndex, Site
from wagtail.signals import post_page_move

from faq.models import FaqIndexPage
from techport_cms.changes.log import BehindHorizonError, after, describe, horizon, latest, trim, write
from techport_cms.changes.models import Change, Kind
from techport_cms.changes.tasks import TaskFailedError

pytestmark = pytest.mark.django_db


@made_once
def home() -> Page:
    return published_home()


@made_once
def index(home) -> Page:
    return FaqIndexPageFactory(parent=home, title="Vragen", slug="vragen")


@made_once
def question(index) -> Page:
    page = QuestionPageFactory(parent=index, title="Waarom?", slug="waarom")
    page.save_revision().publish()
    return page


QUESTION, INDEX = "faq.QuestionPage", "faq.FaqIndexPage"
REDIRECT = "wagtailredirects.Redirect"


class TestPages:
    def test_publishing(self, question) -> None:
        log = Log()
        question.title = "Daarom?"
        question.save_revision().publish()
        assert log.news() == [("publish", QUESTION)]

    def test_drafts_are_nobodys_business(self, question, index) -> None:
        log = Log()
        question.title = "Daarom?"
        question.save_revision()
        draft = QuestionPageFactory(parent=index, live=False)
        draft.save_revision()
        draft.delete()
        assert log.news() == []

    def test_a_page_that_is_live_from_the_start(self, index) -> None:
        log = Log()
        QuestionPageFactory(parent=index)
        assert log.news() == [("publish", QUESTION)]

    def test_a_row_that_is_saved_without_publishing(self, question) -> None:
        log = Log()
        question.title = "Daarom?"
        question.save()
        assert log.news() == [("save", QUESTION)]

    def test_unpublishing_tells_where_it_was(self, question) -> None:
        log = Log()
        question.unpublish()
        (change,) = log.rows()
        assert (change.kind, change.old_url_path) == ("unpublish", question.url_path)

    def test_publishing_later_is_told_when_it_happens(self, index) -> None:
        page = QuestionPageFactory(parent=index, live=False)
        log = Log()
        page.go_live_at = timezone.now() + timedelta(hours=1)
        page.save_revision().publish()
        assert log.news() == []
        revision = page.get_latest_revision()
        revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
        revision.content["go_live_at"] = revision.approved_go_live_at.isoformat()
        revision.save()
        call_command("publish_scheduled")
        assert log.news() == [("publish", QUESTION)]

    def test_expiry(self, question) -> None:
        Page.objects.filter(pk=question.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
        log = Log()
        call_command("publish_scheduled")
        assert log.news() == [("unpublish", QUESTION)]

    def test_a_slug_moves_what_is_below(self, question, index) -> None:
        log = Log()
        index.slug = "faq"
        index.save_revision().publish()
        changes = {change.model: change for change in log.rows()}
        assert (changes[INDEX].kind, changes[QUESTION].kind) == ("publish", "slug")
        assert changes[INDEX].old_url_path.endswith("/vragen/")
        assert changes[QUESTION].old_url_path == question.url_path

    def test_moving_tells_of_every_page_below(self, question, index, home) -> None:
        other = FaqIndexPageFactory(parent=home, title="Ander", slug="ander")
        log = Log()
        index.move(other, pos="last-child")
        changes = {change.model: change for change in log.rows() if change.model != REDIRECT}
        assert {change.kind for change in changes.values()} == {"move"}
        assert changes[QUESTION].old_url_path == question.url_path
        assert changes[QUESTION].object_id == str(question.pk)

    def test_what_else_is_saved_while_a_page_moves(self, question, index, home) -> None:
        """As a project's receiver may do."""
        other = FaqIndexPageFactory(parent=home, title="Ander", slug="ander")

        def receive(**kwargs: Any) -> None:
            Redirect.objects.create(old_path="/was", redirect_link="/is")
            above = FaqIndexPage.objects.get(pk=index.pk)
            above.title = "Een vraag minder"
            above.save()

        log = Log()
        post_page_move.connect(receive)
        try:
            question.move(other, pos="last-child")
        finally:
            post_page_move.disconnect(receive)
        assert ("save", INDEX) in log.news()
        told = Change.objects.filter(model=REDIRECT, object_id=str(Redirect.objects.get(old_path="/was").pk))
        assert told.exists()

    def test_another_place_among_its_siblings(self, question, index) -> None:
        second = QuestionPageFactory(parent=index)
        log = Log()
        second.move(question, pos="left")
        assert log.news() == [("move", QUESTION)]

    def test_deleting_a_tree(self, question, index) -> None:
        log = Log()
        path = question.url_path
        index.delete()
        changes = {change.model: change for change in log.rows()}
        assert {(change.kind, model) for model, change in changes.items()} == {
            ("delete", INDEX),
            ("delete", QUESTION),
        }
        assert changes[QUESTION].old_url_path == path

    def test_deleting_with_a_queryset(self, question, index) -> None:
        log = Log()
        Page.objects.filter(pk=index.pk).delete()
        assert sorted(log.news()) == [("delete", INDEX), ("delete", QUESTION)]

    def test_unpublishing_a_tree(self, question, index) -> None:
        chief = get_user_model().objects.create_superuser("chief", "", "x")
        log = Log()
        UnpublishPageAction(index, user=chief, include_descendants=True).execute()
        assert sorted(log.news()) == [("unpublish", INDEX), ("unpublish", QUESTION)]

    def test_copying_a_tree(self, question, index, home) -> None:
        log = Log()
        index.copy(recursive=True, update_attrs={"slug": "kopie"})
        assert {("publish", INDEX), ("publish", QUESTION)} < set(log.news())
        index.copy(recursive=True, keep_live=False, update_attrs={"slug": "concept"})
        assert log.news() == []

    def test_copying_for_translation(self, question, index) -> None:
        english = Locale.objects.get_or_create(language_code="en")[0]
        log = Log()
        question.copy_for_translation(english, copy_parents=True, alias=True)
        # The home page, the index and the question: aliases are public at once.
        assert [change.locale for change in log.rows() if change.kind == "publish"] == ["en", "en", "en"]

    def test_a_draft_for_translation(self, question, index, home) -> None:
        translated(index, "en")
        log = Log()
        question.copy_for_translation(Locale.objects.get(language_code="en"))
        assert log.news() == []

    def test_an_alias(self, question) -> None:
        log = Log()
        alias = question.create_alias(update_slug="alias")
        assert log.news() == [("publish", QUESTION)]
        alias.unpublish()
        assert log.news() == [("unpublish", QUESTION)]

    def test_an_alias_becomes_a_page_of_its_own(self, question) -> None:
        alias = question.create_alias(update_slug="alias")
        log = Log()
        ConvertAliasPageAction(alias).execute(skip_permission_checks=True)
        assert log.news() == [("save", QUESTION)]

    def test_an_alias_loses_its_source(self, question) -> None:
        alias = question.create_alias(update_slug="alias")
        log = Log()
        question.delete()
        assert {(change.kind, change.object_id) for change in log.rows()} == {
            ("delete", str(question.pk)),
            ("unpublish", str(alias.pk)),
        }

    def test_an_alias_goes_with_its_source(self, question) -> None:
        question.create_alias(update_slug="alias")
        log = Log()
        question.unpublish()
        assert log.news() == [("unpublish", QUESTION), ("unpublish", QUESTION)]

    def test_a_redirect_that_wagtail_makes(self, question, committed) -> None:
        log = Log()
        with committed():
            question.slug = "daarom"
            question.save_revision().publish()
        assert log.news() == [("publish", QUESTION), ("save", REDIRECT)]

    def test_a_tree_whose_draft_on_top_is_renamed(self, question, index) -> None:
        index.unpublish()
        index.slug = "faq"
        log = Log()
        index.save()
        assert log.news() == [("slug", QUESTION)]

    def test_an_alias_follows_its_source(self, question) -> None:
        alias = question.create_alias(update_slug="alias")
        log = Log()
        question.title = "Daarom?"
        question.save_revision().publish()
        assert {change.object_id for change in log.rows()} == {str(question.pk), str(alias.pk)}

    def test_a_row_says_which_translation(self, question) -> None:
        log = Log()
        english = translated(question, "en")
        change = log.rows()[-1]
        assert (change.locale, change.translation_key) == ("en", english.translation_key)

    def test_a_row_says_the_language_that_a_page_has_gone_to(self, question) -> None:
        log = Log()
        question.locale = Locale.objects.get_or_create(language_code="en")[0]
        question.save()
        assert log.rows()[-1].locale == "en"


def test_a_change_that_is_rolled_back_is_not_in_the_log(question) -> None:
    log = Log()
    with pytest.raises(RuntimeError), transaction.atomic():
        question.save_revision().publish()
        raise RuntimeError
    assert log.news() == []


def test_a_publish_whose_reference_index_fails_is_not_done_at_all(question, monkeypatch) -> None:
    def fail(*args) -> None:
        raise RuntimeError("index")

    log = Log()
    question.title = "Half"
    revision = question.save_revision()
    monkeypatch.setattr(ReferenceIndex, "create_or_update_for_object", fail)
    with pytest.raises(TaskFailedError, match="RuntimeError: index"):
        revision.publish()
    assert log.news() == []
    question.refresh_from_db()
    assert question.title == "Waarom?"


def test_every_action_of_wagtail_is_a_transaction() -> None:
    from wagtail.actions import publish_page_revision, unpublish_page
    from wagtail.actions.base import BaseAction

    from techport_cms.changes.actions import _subclasses, wrap_actions

    wrap_actions()
    actions = {cls for cls in _subclasses(BaseAction) if "execute" in cls.__dict__}
    assert unpublish_page.UnpublishPageAction in actions
    assert all(hasattr(cls.execute, "is_transaction") for cls in actions)
    assert hasattr(publish_page_revision.PublishPageRevisionAction.execute, "is_transaction")


@pytest.mark.django_db(transaction=True)
class TestReaders:
    @pytest.fixture(autouse=True)
    def empty_log(self, db: None) -> None:
        Change.objects.all().delete()

    def entry(self, days_old: int = 0) -> Change:
        change = describe(Kind.SAVE, Site(pk=1))
        write([change])
        made_at = timezone.now() - timedelta(days=days_old)
        Change.objects.filter(pk=change.pk).update(made_at=made_at)
        change.refresh_from_db()
        return change

    def test_numbers_grow(self) -> None:
        first, second = self.entry(), self.entry()
        assert 0 < first.sequence < second.sequence == latest()
        assert [change.pk for change in after(first.sequence)] == [second.pk]
        assert after(second.sequence) == []

    def test_a_batch_has_a_limit(self) -> None:
        changes = [self.entry() for _ in range(3)]
        assert [change.pk for change in after(0, limit=2)] == [change.pk for change in changes[:2]]

    def test_who_is_behind_the_horizon_starts_over(self) -> None:
        old = [self.entry(days_old=100) for _ in range(3)]
        new = self.entry()
        assert trim(timedelta(days=90)) == 3
        assert horizon() == old[-1].sequence
        with pytest.raises(BehindHorizonError) as behind:
            after(old[0].sequence)
        assert behind.value.horizon == old[-1].sequence
        assert after(old[-1].sequence) == [new]

    def test_the_newest_row_stays(self) -> None:
        old = self.entry(days_old=100)
        assert trim(timedelta(days=90)) == 0
        assert latest() == old.sequence

    def test_the_command(self, capsys) -> None:
        self.entry(days_old=100)
        self.entry()
        call_command("trim_changes", days=30)
        assert "Deleted 1 rows" in capsys.readouterr().out
        with pytest.raises(CommandError):
            call_command("trim_changes", days=0)


WRITERS, ROWS = 8, 40


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_reader_never_misses_a_number() -> None:
    """Writers commit in any order, some roll back; who follows the log sees every row once, in order."""
    written: list[int] = []
    failures: list[BaseException] = []
    lock = threading.Lock()
    before = latest()

    def write_many(writer: int) -> None:
        random = Random(writer)  # noqa: S311
        try:
            for _ in range(ROWS):
                keep = random.random() < 0.8
                try:
                    with transaction.atomic():
                        rows = [describe(Kind.SAVE, Site(pk=writer)) for _ in range(random.randint(1, 3))]
                        write(rows)
                        connection.cursor().execute("SELECT pg_sleep(%s)", [random.random() / 100])
                        if not keep:
                            raise InterruptedError
                    with lock:
                        written.extend(row.pk for row in rows)
                except InterruptedError:
                    pass
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write_many, args=[writer]) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    seen: list[Change] = []
    while any(thread.is_alive() for thread in threads):
        seen += after(seen[-1].sequence if seen else before, limit=5)
    seen += after(seen[-1].sequence if seen else before)
    assert not failures
    assert [change.sequence for change in seen] == sorted({change.sequence for change in seen})
    assert sorted(change.pk for change in seen) == sorted(written)
    times = [change.made_at for change in seen]
    assert times == sorted(times)  # the time of the commit, not of the insert
