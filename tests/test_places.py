"""Whoever saves or moves a page that was read earlier does not undo what others did to the tree meanwhile."""

import pytest
from django.db.models import Model
from factories import FaqIndexPageFactory, QuestionPageFactory, published_home
from wagtail.models import Page

from faq.models import FaqIndexPage, QuestionPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def index() -> FaqIndexPage:
    return FaqIndexPageFactory(parent=published_home(), slug="vragen")


@pytest.fixture(autouse=True)
def tree_is_whole() -> None:
    yield
    assert Page.find_problems() == ([], [], [], [], [])


def again(page: Page) -> Page:
    """As another request has read it."""
    return type(page).objects.get(pk=page.pk)


def test_a_page_was_added_below_it(index) -> None:
    earlier = again(index)
    QuestionPageFactory(parent=index, answer=[])
    earlier.title = "Alle vragen"
    earlier.save_revision().publish()
    index.refresh_from_db()
    assert (index.title, index.numchild) == ("Alle vragen", 1)
    QuestionPageFactory(parent=earlier, answer=[])
    assert again(index).numchild == 2


def test_it_was_moved(index) -> None:
    question = QuestionPageFactory(parent=index, answer=[], slug="waarom")
    elsewhere = FaqIndexPageFactory(parent=published_home(), slug="elders")
    earlier = again(question)
    question.move(elsewhere, "last-child")
    earlier.title = "Waarom?"
    earlier.save_revision().publish()
    question = again(question)
    assert question.title == "Waarom?"
    assert question.get_parent() == elsewhere.page_ptr
    assert question.url_path == f"{again(elsewhere).url_path}waarom/"


def test_it_was_moved_and_gets_another_slug(index) -> None:
    question = QuestionPageFactory(parent=index, answer=[], slug="waarom")
    elsewhere = FaqIndexPageFactory(parent=published_home(), slug="elders")
    earlier = again(question)
    question.move(elsewhere, "last-child")
    earlier.slug = "waarom-dan"
    earlier.save()
    assert again(question).url_path == f"{again(elsewhere).url_path}waarom-dan/"


def test_what_is_above_it_got_another_slug(index) -> None:
    earlier = QuestionPageFactory(parent=index, answer=[], slug="waarom")
    index.slug = "antwoorden"
    index.save()
    earlier.save()
    assert again(earlier).url_path == f"{index.url_path}waarom/"


def test_two_move_it_at_once(index) -> None:
    one, two = (FaqIndexPageFactory(parent=published_home(), slug=slug) for slug in ("een", "twee"))
    question = QuestionPageFactory(parent=index, answer=[])
    earlier, target = again(question), again(two)
    question.move(one, "last-child")
    earlier.move(target, "last-child")
    assert again(question).get_parent() == two.page_ptr
    assert [again(page).numchild for page in (index, one, two)] == [0, 0, 1]


def test_to_where_somebody_else_moves_the_first_child(index) -> None:
    questions = [QuestionPageFactory(parent=index, answer=[]) for _ in range(2)]
    target = FaqIndexPageFactory(parent=published_home(), slug="leeg")
    earlier = again(target)  # has no child yet
    questions[0].move(target, "last-child")
    questions[1].move(earlier, "last-child")
    assert [page.pk for page in again(target).get_children()] == [page.pk for page in questions]


@pytest.mark.parametrize("save", [QuestionPage.save, Model.save], ids=["before", "while it is saved"])
def test_what_is_gone_is_not_made_again(index, save) -> None:
    """Wagtail looks for the row before it saves, which is too early where another one deletes it now."""
    question = QuestionPageFactory(parent=index, answer=[])
    earlier = again(question)
    question.delete()
    with pytest.raises(QuestionPage.DoesNotExist):
        save(earlier)
    assert not Page.objects.filter(pk=earlier.pk).exists()


def test_a_page_was_added_below_one_that_is_read_in_part(index) -> None:
    earlier = FaqIndexPage.objects.defer("introduction").get(pk=index.pk)
    QuestionPageFactory(parent=index, answer=[])
    earlier.title = "Alle vragen"
    earlier.save(clean=False)  # which would read the rest
    assert (again(index).title, again(index).numchild) == ("Alle vragen", 1)


def test_to_what_is_gone(index) -> None:
    """Whose path another page may have by now."""
    question = QuestionPageFactory(parent=index, answer=[])
    target = FaqIndexPageFactory(parent=published_home(), slug="weg")
    earlier = again(target)
    target.delete()
    FaqIndexPageFactory(parent=published_home(), slug="nieuw")
    for pos in ("last-child", "left"):
        with pytest.raises(Page.DoesNotExist):
            again(question).move(earlier, pos)
    assert again(question).get_parent() == index.page_ptr


def test_another_slug_after_it_was_moved(index) -> None:
    """What is below it follows, though the old place was read with it."""
    elsewhere = FaqIndexPageFactory(parent=published_home(), slug="elders")
    tree = FaqIndexPageFactory(parent=index, slug="boom")
    question = QuestionPageFactory(parent=tree, answer=[], slug="waarom")
    earlier = again(tree)
    again(tree).move(again(elsewhere), "last-child")
    earlier.slug = "struik"
    earlier.save()
    assert again(question).url_path == f"{again(elsewhere).url_path}struik/waarom/"


def test_another_slug_after_what_is_above_it_got_one(index) -> None:
    tree = FaqIndexPageFactory(parent=index, slug="boom")
    question = QuestionPageFactory(parent=tree, answer=[], slug="waarom")
    earlier = again(tree)
    earlier.get_parent()
    above = again(index)
    above.slug = "anders"
    above.save()
    earlier.slug = "struik"
    earlier.save()
    assert again(question).url_path == f"{again(index).url_path}struik/waarom/"
