"""What an operation answers, by status, and the headers that it sends with each."""

from collections.abc import Iterable
from typing import Any

from techport_cms.core.schemas import Schema, ref

from ..problems import CONTENT_TYPE, phrase
from .components import TEXT

Json = dict[str, Any]

ANYWHERE = (401, 429)  # a token that is none, and too many requests; see ../limits.py
KEPT = (304, 412)  # of what may be kept, see ../http.py
COUNT: Schema = {"type": "string", "pattern": "^[1-9][0-9]*$"}

DESCRIPTIONS = {
    200: "What was asked for.",
    201: "It was received.",
    302: "Where it is.",
    304: "The client has it already (If-None-Match, If-Modified-Since).",
}
HEADERS: dict[str, tuple[str, Schema]] = {
    "Accept": ("What a body has to be.", TEXT),
    "Allow": ("The methods that there are.", TEXT),
    "Cache-Control": ("How long it may be kept, and by whom.", TEXT),
    "Content-Language": ("The language of the whole answer, where it is in one (BCP 47).", TEXT),
    "ETag": ("Of the content: the same while it stays the same.", TEXT),
    "Last-Modified": ("When anything public was last changed; not within seconds of it.", TEXT),
    "Location": ("The address of the object.", {"type": "string", "format": "uri-reference"}),
    "RateLimit": ("What is left of the limit (draft-ietf-httpapi-ratelimit-headers).", TEXT),
    "RateLimit-Policy": ("The limit (draft-ietf-httpapi-ratelimit-headers).", TEXT),
    "Retry-After": ("Seconds after which it is worth to try again.", COUNT),
    "Surrogate-Key": ("What a shared cache in front forgets it by.", TEXT),
    "Vary": ("The headers of the request on which the answer depends.", TEXT),
    "WWW-Authenticate": ("Which token it needs (RFC 6750).", TEXT),
    "X-Robots-Tag": ("It is not for search engines.", TEXT),
}

ALWAYS = ("Cache-Control", "Vary")
VALIDATORS = ("Cache-Control", "ETag", "Last-Modified", "Surrogate-Key")
SENT: dict[int, tuple[str, ...]] = {
    302: (*ALWAYS, "Location"),
    304: VALIDATORS,
    401: (*ALWAYS, "WWW-Authenticate"),
    409: (*ALWAYS, "Retry-After"),
    412: ("Cache-Control",),
    415: (*ALWAYS, "Accept"),
    429: (*ALWAYS, "RateLimit", "RateLimit-Policy", "Retry-After"),
}
# Of Wagtail's v2, whose framework tells the methods and looks at what a client accepts, and
# at the cookies of who reads it in a browser.
OF_WAGTAIL = {
    **dict.fromkeys((200, 302, 400, 404), ("Allow",)),
    **dict.fromkeys((304, 412), ("Vary",)),
}
# By the name of the operation. Its answer is for who asks, and nobody keeps it.
PERSONAL = {"get_draft", "get_form", "get_preview"}
# Those whose answer may be in one language.
IN_A_LANGUAGE = {
    *("get_categories", "get_category", "get_navigation", "get_resolve", "get_site"),
    *("get_page", "list_pages", "get_draft", "get_preview", "get_form", "post_form"),
}
OWN: dict[tuple[str, int], tuple[str, ...]] = {
    ("get_draft", 200): ("X-Robots-Tag",),
    ("get_draft", 403): ("WWW-Authenticate",),
    ("get_preview", 200): ("X-Robots-Tag",),
    ("post_form", 403): ("WWW-Authenticate",),
}


def responses(
    name: str, success: int, content: Json, problems: Iterable[int], of_wagtail: bool = False
) -> Json:
    """Of the operation with this name: what it answers with, and its errors."""
    is_kept = success == 200 and name.startswith(("get_", "list_")) and name not in PERSONAL
    statuses = sorted({success, *problems, *ANYWHERE, *(KEPT if is_kept else ())})
    found: Json = {}
    for status in statuses:
        headers = {*_sent(status, is_kept), *OWN.get((name, status), ())}
        headers.update(OF_WAGTAIL.get(status, ()) if of_wagtail else ())
        headers.update({"Content-Language"} if status < 400 and name in IN_A_LANGUAGE else ())
        references = {one: {"$ref": f"#/components/headers/{one}"} for one in sorted(headers)}
        found[str(status)] = {**_described(status, content), "headers": references}
    return found


def header_components() -> Json:
    return {name: {"description": told, "schema": schema} for name, (told, schema) in HEADERS.items()}


def _sent(status: int, is_kept: bool) -> tuple[str, ...]:
    if status == 200 and is_kept:
        return (*ALWAYS, *VALIDATORS)
    return SENT.get(status, ALWAYS)


def _described(status: int, content: Json) -> Json:
    if status >= 400:
        problem = {CONTENT_TYPE: {"schema": ref("Problem")}}
        return {"description": phrase(status), "content": problem}
    has_content = content and status != 304
    return {"description": DESCRIPTIONS[status], **({"content": content} if has_content else {})}
