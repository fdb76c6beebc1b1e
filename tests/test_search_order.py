"""What a search finds first follows from the pages, and not from when they were indexed."""

import pytest
from factories import FaqIndexPageFactory, QuestionPageFactory, published_home
from wagtail.models import Page

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

LONG = "een titel van heel veel woorden zoals bijna niemand hem ooit zou schrijven nummer"


@pytest.fixture
def pages() -> list[Page]:
    index = FaqIndexPageFactory(parent=published_home())
    return [QuestionPageFactory(parent=index, answer=[], title=f"Vraag nummer {n}") for n in range(3)]


def found() -> list[tuple[int, float]]:
    results = Page.objects.live().search("nummer").annotate_score("score")
    return [(page.pk, page.score) for page in results]


def test_a_draft_changes_no_order(pages) -> None:
    before = found()
    assert {pk for pk, score in before} == {page.pk for page in pages}
    index = pages[0].get_parent().specific
    for number in range(5):
        QuestionPageFactory(parent=index, answer=[], title=f"{LONG} {number}", live=False)
    pages[0].title = "Iets anders"
    pages[0].save_revision()
    assert found() == before


def test_what_is_written_weighs_nothing_else(pages) -> None:
    entries = pages[1].index_entries.all()
    entries.update(title_norm=1.0)
    pages[0].save_revision()
    assert entries.get().title_norm == 1.0


def test_a_word_in_a_short_title_counts_more(pages) -> None:
    long = QuestionPageFactory(parent=pages[0].get_parent().specific, answer=[], title=LONG)
    assert found()[-1][0] == long.pk
