"""What an answer leads to: links, forms that ask for something, further parts of a list."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .transports import Answer

ADDRESS = re.compile(r"""https?://[^\s"'<>\\`]+""")
ATTRIBUTE = re.compile(r"""(?:href|src|action|poster)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def links_in(answer: Answer) -> Iterator[str]:
    """Absolute or relative ones, within other answers in this one too."""
    yield from (answer.headers[name] for name in ("location",) if name in answer.headers)
    text = html.unescape(answer.text.replace('\\"', '"').replace("\\/", "/"))
    yield from (address.rstrip(").,;") for address in ADDRESS.findall(text))  # as Markdown writes them
    for double, single in ATTRIBUTE.findall(text):
        yield double or single


def continued(url: str, answer: Answer) -> str | None:
    """The address of the next part, where the answer is a part of a list of the API's."""
    if not answer.is_json:
        return None
    try:
        body = json.loads(answer.body)
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    meta = body.get("meta")
    if isinstance(meta, dict) and isinstance(meta.get("next"), str):
        return with_parameters(url, cursor=meta["next"])
    if body.get("more") is True and isinstance(body.get("next"), str):
        return with_parameters(url, after=body["next"])
    return _by_number(url, body)


def _by_number(url: str, body: dict[str, Any]) -> str | None:
    """A list without cursors, such as what a search found."""
    query = dict(parse_qsl(urlsplit(url).query))
    items, meta = body.get("items"), body.get("meta")
    if not items or not isinstance(meta, dict) or "cursor" in query:
        return None
    behind = int(query.get("offset", 0)) + len(items)
    return with_parameters(url, offset=str(behind)) if behind < meta.get("total_count", 0) else None


def with_parameters(url: str, **parameters: str) -> str:
    parts = urlsplit(url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **parameters}
    if "cursor" in parameters:
        query.pop("offset", None)
    return urlunsplit(parts._replace(query=urlencode(query)))


@dataclass
class Form:
    """A form that only asks. `choices` are the values that are offered, by name."""

    action: str
    choices: dict[str, list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)  # names of what a visitor types


def forms_in(answer: Answer) -> list[Form]:
    if "html" not in answer.headers.get("content-type", "") or b"<form" not in answer.body:
        return []
    parser = _Forms()
    parser.feed(answer.text)
    return parser.forms


def addresses_of(form: Form, words: Iterable[str]) -> Iterator[str]:
    """One with each choice, one with each word in each field."""
    offered = [(name, value) for name, values in form.choices.items() for value in values]
    typed = [(name, word) for word in words for name in form.typed]
    for name, value in (*offered, *typed):
        yield f"{form.action.partition('?')[0]}?{urlencode({name: value})}"


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            asks = given.get("method", "get").lower() == "get"
            self._open = Form(given.get("action", "")) if asks else None
            self.forms += [self._open] if self._open else []
        elif self._open is not None:
            self._handle_field(self._open, tag, given)

    def _handle_field(self, form: Form, tag: str, given: dict[str, Any]) -> None:
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            form.choices.setdefault(self._select, []).append(given.get("value", ""))
        elif tag in ("input", "button") and name:
            if given.get("type", "text") in ("text", "search"):
                form.typed.append(name)
            else:
                form.choices.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
