"""What the OpenAPI document forbids is refused wherever it stands, by the API and in its own words."""

from typing import Any

import pytest
from django.test import Client
from factories import published_home

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("TRACE", "pages/?renditions=none", 405),
        ("TRACE", "images/1/", 405),
        ("GET", "pages/?search_operator=null", 400),
        ("GET", "pages/find/?html_path=/&id=9223372036854775808", 400),
        ("GET", f"images/find/?id={'9' * 5000}", 400),
        ("GET", "forms/%0A/", 404),
    ],
)
def test_it_is_refused(client: Client, method: str, address: str, status: int) -> None:
    published_home()
    answer: Any = client.generic(method, f"/api/v2/{address}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_whole_number_with_a_point_is_one(client: Client) -> None:
    body = '{"page": 3.0, "password": "x"}'
    answer: Any = client.post("/api/v2/unlock/", body, content_type="application/json")
    assert answer.status_code == 404  # there is no such page; 400 would mean that it is no question
