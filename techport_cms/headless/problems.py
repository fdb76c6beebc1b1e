"""Errors for programs: application/problem+json (RFC 9457), with the `message` of Wagtail's v2 API."""

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

# Names of RFC 9110, which http.HTTPStatus has from Python 3.13 on.
PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}
CONTENT_TYPE = "application/problem+json"


class ApiError(Exception):
    """Ends a request with this status. `members` are added to the problem, `headers` to the answer."""

    def __init__(
        self,
        status: int,
        detail: str,
        members: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.members = members or {}
        self.headers = headers or {}

    def response(self) -> JsonResponse:
        body = {**problem_json(self.status, self.detail), **self.members}
        return JsonResponse(body, status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


def bad_request(detail: str) -> ApiError:
    return ApiError(400, detail)


def not_found(detail: str = "not found") -> ApiError:
    return ApiError(404, detail)


def phrase(status: int) -> str:
    return PHRASES.get(status) or HTTPStatus(status).phrase


def problem_json(status: int, detail: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": phrase(status),
        "status": status,
        "detail": detail,
        "message": detail,
    }


def problem(status: int, detail: str, **headers: str) -> JsonResponse:
    """An error answer. Header names are given with underscores: `WWW_Authenticate="Bearer"`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ApiError(status, detail, headers=named).response()
