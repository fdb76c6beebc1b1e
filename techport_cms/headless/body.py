"""The JSON body of a POST, read as strictly as query parameters are."""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from .conf import conf
from .endpoints import Endpoint
from .parameters import Parameter
from .problems import ApiError, bad_request

MEDIA_TYPE = "application/json"
BODY_PROBLEMS = (400, 413, 415)


class WritingEndpoint(Endpoint):
    """One whose POST takes a JSON object. What the OpenAPI document tells of that besides:"""

    write_problems: Sequence[int] = ()  # statuses of its errors, but for those of every body
    write_headers: Sequence[Parameter] = ()  # of the request


def json_object(request: HttpRequest) -> dict[str, Any]:
    """The body, which must be a JSON object. Raises ApiError with 400, 413 or 415."""
    if request.content_type != MEDIA_TYPE:
        raise ApiError(415, f"Send {MEDIA_TYPE}.", headers={"Accept": MEDIA_TYPE})
    body = _parse(_read(request))
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object.")
    return body


def _read(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > conf().body_bytes:
        raise _too_large()
    try:
        return request.body
    except RequestDataTooBig:
        raise _too_large() from None
    except UnreadablePostError:
        raise bad_request("The body broke off.") from None


def _too_large() -> ApiError:
    return ApiError(413, f"The body must not be larger than {conf().body_bytes} bytes.")


def _parse(body: bytes) -> Any:
    try:
        parsed = json.loads(body.decode(), parse_constant=_refuse, object_pairs_hook=_once_each)
        # What PostgreSQL cannot store: null characters, and halves of surrogate pairs.
        text = json.dumps(parsed, ensure_ascii=False).encode()
        holds_null = b"\\u0000" in text and _holds_null(parsed)
    except (ValueError, RecursionError) as error:
        raise bad_request("The body is not valid JSON in UTF-8.") from error
    if holds_null:
        raise bad_request("The body must not hold a null character.")
    return parsed


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any("\x00" in name or _holds_null(item) for name, item in value.items())
    if isinstance(value, list):
        return any(map(_holds_null, value))
    return isinstance(value, str) and "\x00" in value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
