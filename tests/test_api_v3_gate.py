"""API v3 is for management: nobody reads it anonymously, its documentation and OpenAPI included."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from wagtail.models import APIToken

pytestmark = pytest.mark.django_db

PATHS = ["", "docs/", "openapi.json", "pages/", "pages/1/", "sites/", "schema/pages/", "whoami/"]


def all_v3_paths() -> list[str]:
    from techport_cms.headless.urls import v3_patterns

    return [str(pattern.pattern) for pattern in v3_patterns if "<" not in str(pattern.pattern)]


@pytest.fixture
def staff():
    user = get_user_model().objects.create_user("staff", password="secret")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return user


@pytest.mark.parametrize("path", sorted({*PATHS, *all_v3_paths()}))
def test_anonymous_gets_401(client, path: str) -> None:
    response = client.get(f"/api/v3-preview/{path}")
    if response.status_code == 404:  # not a path of v3 at all
        assert path in {"schema/pages/"}
        return
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["status"] == 401
    assert "no-store" in response["Cache-Control"]


def test_a_bogus_token_is_anonymous(client) -> None:
    response = client.get("/api/v3-preview/pages/", headers={"Authorization": "Bearer nonsense"})
    assert response.status_code == 401


@pytest.mark.parametrize("path", ["docs/", "openapi.json"])
def test_staff_open_the_documentation_in_the_browser(client, staff, path: str) -> None:
    client.force_login(staff)
    assert client.get(f"/api/v3-preview/{path}").status_code == 200


def test_a_session_reads_no_data(client, staff) -> None:
    client.force_login(staff)
    assert client.get("/api/v3-preview/pages/").status_code == 401


def test_a_member_without_admin_access_reads_no_documentation(client) -> None:
    client.force_login(get_user_model().objects.create_user("visitor"))
    assert client.get("/api/v3-preview/docs/").status_code == 401


def test_a_token_opens_everything(client, staff) -> None:
    _, token = APIToken.create_token(user=staff, name="test")
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v3-preview/pages/", headers=headers).status_code == 200
    assert client.get("/api/v3-preview/openapi.json", headers=headers).status_code == 200


def test_unknown_paths_are_json(client) -> None:
    for path in ("/api/", "/api/v9/", "/api/v2/nothing/", "/api/v2/pages/find/../x"):
        response = client.get(path)
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"
