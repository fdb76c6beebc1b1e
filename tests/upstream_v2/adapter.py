"""What a client of Wagtail's v2 sees that reads no member that it does not know."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

OF_A_LIST = frozenset(("next", "highlights"))
OF_AN_OBJECT = frozenset(
    (
        "last_published_at",
        "breadcrumbs",
        "translations",
        "translation",
        "alt_texts",
        "focal_point",
        "renditions",
    )
)


class DropAddedMembers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = response.headers.get("Content-Type", "")
        if not request.path.startswith("/api/main/") or not kind.endswith("json"):
            return response
        if kind == "application/problem+json":
            response.content = json.dumps({"message": json.loads(response.content)["message"]})
            response.headers["Content-Type"] = "application/json"
        else:
            response.content = json.dumps(without_added(json.loads(response.content)))
        return response


def without_added(value: Any) -> Any:
    """Without the members that we add to `meta`, of the list and of the objects in it."""
    if isinstance(value, list):
        return [without_added(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: without_added(item) for name, item in value.items()}
    if isinstance(meta := kept.get("meta"), dict):
        added = OF_A_LIST if "total_count" in meta else OF_AN_OBJECT
        kept["meta"] = {name: item for name, item in meta.items() if name not in added}
        if not kept["meta"]:
            del kept["meta"]
    return kept
