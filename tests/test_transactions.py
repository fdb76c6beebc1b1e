"""A request that writes is one transaction; a read opens none."""

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from factories import ImageFactory
from wagtail.models import Locale

from techport_cms.cache.epoch import shared_epoch
from techport_cms.changes.checks import check_middleware
from techport_cms.changes.head import read_head
from techport_cms.changes.middleware import WriteTransactionMiddleware

pytestmark = pytest.mark.django_db(transaction=True)


def run(view, method: str):
    request = RequestFactory().generic(method, "/")
    return WriteTransactionMiddleware(view).process_view(request, view, (), {})


def write_and(answer):
    def view(request):
        assert connection.in_atomic_block
        Locale.objects.create(language_code="en")
        if isinstance(answer, Exception):
            raise answer
        return answer

    return view


@pytest.fixture(autouse=True)
def no_english():
    Locale.all_objects.filter(language_code="en").delete()


@pytest.mark.parametrize("status", [200, 302, 400, 403, 422])
def test_what_is_answered_stays(status: int) -> None:
    run(write_and(HttpResponse(status=status)), "POST")
    assert Locale.objects.filter(language_code="en").exists()


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_answered_leaves_nothing(status: int) -> None:
    run(write_and(HttpResponse(status=status)), "POST")
    assert not Locale.objects.filter(language_code="en").exists()


def test_an_exception_leaves_nothing() -> None:
    with pytest.raises(ValueError, match="half-way"):
        run(write_and(ValueError("half-way")), "PUT")
    assert not Locale.objects.filter(language_code="en").exists()


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_read_is_left_alone(method: str) -> None:
    assert run(lambda request: HttpResponse(), method) is None


def test_a_read_opens_no_transaction(client, monkeypatch) -> None:
    entered = []
    monkeypatch.setattr(transaction.Atomic, "__enter__", lambda self: entered.append(self))
    monkeypatch.setattr(transaction.Atomic, "__exit__", lambda self, *args: None)
    client.get("/api/v2/pages/")
    assert entered == []


def test_non_atomic_views_are_honoured() -> None:
    view = transaction.non_atomic_requests(lambda request: HttpResponse())
    assert run(view, "POST") is None


def test_the_check_wants_it_last(settings) -> None:
    assert check_middleware() == []
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.gzip.GZipMiddleware"]
    assert [message.id for message in check_middleware()] == ["techport_changes.W001"]


def test_a_file_that_cannot_be_deleted_holds_up_nothing(client, monkeypatch, caplog) -> None:
    """Files are deleted after the commit, when nothing can be taken back."""
    tried = []

    def fail(storage: FileSystemStorage, name: str) -> None:
        tried.append(name)
        raise OSError("the object store is away")

    client.force_login(get_user_model().objects.create_superuser("chief", "", "x"))
    image = ImageFactory()
    renditions = [image.get_rendition(f"max-{size}x{size}") for size in (20, 30)]
    files = {image.file.name, *(rendition.file.name for rendition in renditions)}
    monkeypatch.setattr(FileSystemStorage, "delete", fail)
    before = shared_epoch().stamp
    assert client.post(reverse("wagtailimages:delete", args=[image.pk])).status_code == 302
    assert not type(image).objects.exists()
    assert set(tried) == files
    assert caplog.text.count("OSError: the object store is away") == len(files)
    assert shared_epoch().stamp == read_head().stamp != before
