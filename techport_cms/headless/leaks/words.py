"""Texts as runs of words, so that a part of one is found in an answer, however it is marked up there.

A text of up to five words is one run. A longer one has a run of five words at every third word: where
seven words of it stand in a row, there is a whole run among them.
"""

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, unquote_plus

Run = tuple[str, ...]

SIZE, STEP = 5, 3  # words
SHORTEST = 12  # letters; fewer, such as "Contact" or "Over ons", are in many places by chance

BOUNDARY = "\x1f"  # what stands on both sides of it is no run
DEEPEST = 3  # HTML in HTML in HTML, as in a feed
_WORDS = re.compile(rf"[^\W_]+|{BOUNDARY}")
_BASE64 = re.compile(r"[\w-]{16,}=*", re.ASCII)
_JSON_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|([nrt])|(["/\\]))')
_ATTRIBUTE = re.compile(r"""=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_WITHIN_WORDS = re.compile(r"</?(?:b|em|i|mark|strong|sub|sup|u|wbr)(?:\s[^<>]*)?>", re.IGNORECASE)
_WITHIN_LINES = re.compile(r"</?(?:a|abbr|cite|code|q|s|small|span|time)(?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][\w:-]*(?:\s[^<>]*)?/?>|<[!?][^<>]*>")


def runs_to_look_for(text: str) -> Iterator[Run]:
    for segment in segments(words_of(text)):
        starts = [*range(0, len(segment) - SIZE, STEP), max(0, len(segment) - SIZE)]
        for start in starts:
            run = tuple(segment[start : start + SIZE])
            if sum(map(len, run)) >= SHORTEST:
                yield run


def segments(words: list[str]) -> Iterator[list[str]]:
    """What stands between two boundaries."""
    segment: list[str] = []
    for word in [*words, BOUNDARY]:
        if word != BOUNDARY:
            segment.append(word)
        elif segment:
            yield segment
            segment = []


def runs_of(words: list[str], size: int) -> set[Run]:
    """All of this size."""
    return set(zip(*(words[start:] for start in range(size)), strict=False))


def words_of(text: str) -> list[str]:
    """The words of a text, of HTML (attributes and comments too), or of a part of a JSON document."""
    return _WORDS.findall(_plain(text).casefold())


def words_of_json(body: str) -> list[str]:
    """Of what it says in base64 too, as a cursor does. ValueError where it is no JSON."""
    strings = list(strings_in(json.loads(body)))
    return words_of(BOUNDARY.join([*strings, *filter(None, map(_decoded, strings))]))


def words_of_address(url: str) -> list[str]:
    return [word for word in words_of(unquote_plus(url)) if word != BOUNDARY]


def strings_in(value: Any) -> Iterator[str]:
    """All that are anywhere in a JSON value, names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for member in value.values():
            yield from strings_in(member)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)


def _decoded(text: str) -> str:
    """Empty where it is no base64 of a text."""
    if not _BASE64.fullmatch(text):
        return ""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)).decode()
    except ValueError:
        return ""


def _plain(text: str) -> str:
    if "\\" in text:
        text = _JSON_ESCAPE.sub(_unescaped, text)
    parts: list[str] = []
    for _ in range(DEEPEST):
        before = text
        if "<" in text:
            text = _without_tags(text, parts)
        text = html.unescape(text)
        if text == before:
            break
    plain = BOUNDARY.join([text, *map(html.unescape, parts)])
    return unquote(plain) if "%" in plain else plain


def _unescaped(match: re.Match[str]) -> str:
    code, _space, itself = match.groups()
    return chr(int(code, 16)) if code else (itself or " ")


def _without_tags(text: str, parts: list[str]) -> str:
    """The text; what its attributes and comments hold is added to the parts."""
    parts += [double or single for tag in _TAG.findall(text) for double, single in _ATTRIBUTE.findall(tag)]
    parts += _COMMENT.findall(text)
    text = _WITHIN_WORDS.sub("", _COMMENT.sub(BOUNDARY, text))
    return _TAG.sub(BOUNDARY, _WITHIN_LINES.sub(" ", text))
