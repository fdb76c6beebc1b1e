"""The Content-Security-Policy of data, without a cache in front; behind the server see test_headers.py."""

import pytest
from django.test import Client
from factories import published_home

pytestmark = pytest.mark.django_db

OF_DATA = "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(("path", "status"), [("pages/", 200), ("pages/?nothing=1", 400), ("nothing/", 404)])
def test_data_and_errors_may_load_nothing(path: str, status: int) -> None:
    published_home()
    answer = Client().get(f"/api/v2/{path}")
    assert (answer.status_code, answer["Content-Security-Policy"]) == (status, OF_DATA)


@pytest.mark.parametrize(("path", "is_data"), [("pages/", True), ("docs/", False)])
def test_a_304_has_the_policy_of_what_it_confirms(path: str, is_data: bool) -> None:
    published_home()
    whole = Client().get(f"/api/v2/{path}")
    unchanged = Client().get(f"/api/v2/{path}", headers={"If-None-Match": whole["ETag"]})
    assert unchanged.status_code == 304
    for answer in (whole, unchanged):
        assert (answer["Content-Security-Policy"] == OF_DATA) == is_data
