"""Which scripts of other websites may ask the API, and for what."""

from typing import Any

import pytest
from channels import api_token, bearer
from django.test import Client
from factories import published_home

pytestmark = pytest.mark.django_db

APP, OTHER = "https://app.example.org", "https://other.example.org"
ADDRESSES = ["/api/v2/pages/", "/api/v2/unlock/", "/api/v2/preview/x.y/", "/api/v2/images/", "/api/nothing/"]


@pytest.fixture(autouse=True)
def listed(settings: Any) -> None:
    published_home()
    settings.TECHPORT_HEADLESS = {"CORS_ORIGINS": [APP], "READ_LIMIT": None}


def preflight(path: str, origin: str, method: str = "GET") -> Any:
    return Client().options(
        path,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization",
        },
    )


def varies(answer: Any) -> set[str]:
    return {name.strip() for name in answer.get("Vary", "").split(",") if name.strip()}


@pytest.mark.parametrize("origin", [None, APP, OTHER, "null"])
@pytest.mark.parametrize("path", ADDRESSES)
def test_anonymous_reads_are_for_all_alike(path: str, origin: str | None) -> None:
    answer = Client().get(path, headers={"Origin": origin} if origin else {})
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in varies(answer)
    assert answer["Access-Control-Expose-Headers"] == "*"


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_preflight(path: str, method: str) -> None:
    listed, other = preflight(path, APP, method), preflight(path, OTHER, method)
    assert listed.status_code == other.status_code == 204
    assert listed["Access-Control-Allow-Origin"] == APP
    assert listed["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS, POST"
    assert {"Authorization", "Content-Type", "Idempotency-Key"} <= set(
        listed["Access-Control-Allow-Headers"].split(", ")
    )
    assert other["Access-Control-Allow-Origin"] == "*"
    assert "POST" not in other["Access-Control-Allow-Methods"]
    assert "Authorization" not in other["Access-Control-Allow-Headers"]
    for answer in (listed, other):
        assert varies(answer) >= {"Origin"}
        assert answer["Access-Control-Max-Age"] == "600"


@pytest.mark.parametrize("origin", [APP, OTHER])
def test_tokens_are_for_listed_origins(origin: str) -> None:
    answer = Client().get("/api/v2/pages/", headers={"Origin": origin} | bearer(api_token()))
    assert answer.status_code == 200
    assert answer.get("Access-Control-Allow-Origin") == (APP if origin == APP else None)
    assert "Origin" in varies(answer)
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("origin", [APP, OTHER])
def test_posts_are_for_listed_origins(origin: str) -> None:
    answer = Client().post("/api/v2/unlock/", {}, content_type="application/json", headers={"Origin": origin})
    assert answer.status_code == 400
    assert answer.get("Access-Control-Allow-Origin") == (APP if origin == APP else None)
    assert "Origin" in varies(answer)


@pytest.mark.parametrize("origin", [APP, OTHER, "https://app.example.org.evil.example", "null", ""])
def test_cookies_are_never_allowed(origin: str) -> None:
    for answer in (
        preflight("/api/v2/pages/", origin),
        Client().get("/api/v2/pages/", headers={"Origin": origin}),
        Client().post("/api/v2/unlock/", {}, content_type="application/json", headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Credentials" not in answer
        assert answer.get("Access-Control-Allow-Origin") in (None, "*", APP)


def test_options_that_are_no_preflight() -> None:
    answer = Client().options("/api/v2/unlock/")
    assert answer.status_code == 204
    assert answer["Allow"] == "OPTIONS, POST"
