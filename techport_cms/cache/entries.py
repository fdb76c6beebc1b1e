"""A kept answer in every encoding, ready to be sent."""

import gzip
import hashlib
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.http import http_date, parse_http_date_safe

from . import policy
from .policy import Headers

try:
    import brotli  # type: ignore[import-untyped]
except ImportError:  # pragma: no cover - an accelerator: without it there is gzip
    brotli = None

IDENTITY, GZIP, BROTLI = range(3)
ENCODINGS = {GZIP: "gzip", BROTLI: "br"}
SMALLEST_COMPRESSED = 200  # bytes
GZIP_LEVEL, BROTLI_QUALITY = 6, 5  # about 1 ms for a page of 40 KB each
OVERHEAD = 3000  # bytes of Python's own for an entry
COMPRESSIBLE = ("text/", "application/json", "application/xml", "application/atom+xml", "application/rss+xml",
                "application/problem+json", "application/ld+json", "image/svg+xml")  # fmt: skip
LONGEST_ACCEPTED = 500  # characters of Accept-Encoding; nobody's is longer
REFUSED = re.compile(r"q=0(\.0*)?")
# An answer's own Last-Modified is not believed: that of a feed is the date of its newest article, which
# becomes an older one when that article is taken away.
REWRITTEN = frozenset({"cache-control", "content-length", "etag", "vary", "last-modified", "expires"})
SETTLED = 2  # seconds after a change, in which there may be another one with the same Last-Modified


@dataclass(slots=True)
class Variant:
    body: bytes
    etag: str  # with its quotation marks
    headers: list[tuple[str, str]]  # of a 200; nobody may change it
    not_modified: list[tuple[str, str]]  # of a 304


@dataclass(slots=True)
class Entry:
    """`referenced` is set by each hit, for the store to see (see store.py)."""

    stamp: int
    expires: int  # time.monotonic_ns()
    variants: tuple[Variant, ...]  # by IDENTITY, GZIP, BROTLI
    media_type: str  # the one that it is for, where the address has several; else ""
    modified: int  # seconds since 1970; what it is made of has not changed since
    last_modified: tuple[str, str]  # the same as a header
    is_settled: bool = False
    referenced: bool = False
    size: int = field(default=0)  # bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answered: all that is needed to make an entry, here or on another host."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def media_type(headers: Headers) -> str:
    found = next((value for name, value in headers if name.lower() == "content-type"), "")
    return found.partition(";")[0].strip().lower()


def make_entry(answer: Answer, stamp: int, modified: int, expires: int, cache_control: str) -> Entry:
    kept = [
        (sys.intern(name), sys.intern(value))
        for name, value in answer.headers
        if name.lower() not in REWRITTEN
    ]
    kind = media_type(answer.headers)
    kept += [("Cache-Control", cache_control), ("Vary", _vary(answer.headers))]
    digest = hashlib.blake2b(answer.body, digest_size=12).hexdigest()
    variants = tuple(
        _variant(body, encoding, digest, kept) for encoding, body in enumerate(_bodies(answer.body, kind))
    )
    varies = "accept" in policy.varies_on(answer.headers)
    header = ("Last-Modified", http_date(modified))
    entry = Entry(stamp, expires, variants, kind if varies else "", modified, header)
    entry.size = OVERHEAD + sum(map(len, {id(v.body): v.body for v in variants}.values()))
    entry.size += sum(len(name) + len(value) for name, value in kept)
    return entry


def _vary(headers: Headers) -> str:
    names = {"Accept-Encoding"}
    names |= {name.title() for name in policy.varies_on(headers)}
    return ", ".join(sorted(names))


def _bodies(body: bytes, kind: str) -> Sequence[bytes]:
    """By IDENTITY, GZIP, BROTLI; the body itself where compressing gains nothing."""
    if len(body) < SMALLEST_COMPRESSED or not kind.startswith(COMPRESSIBLE):
        return (body,)
    zipped = gzip.compress(body, GZIP_LEVEL, mtime=0)
    if brotli is None:
        return (body, zipped)
    return (body, zipped, brotli.compress(body, quality=BROTLI_QUALITY))


def _variant(body: bytes, encoding: int, digest: str, kept: Headers) -> Variant:
    suffix = f"-{ENCODINGS[encoding]}" if encoding in ENCODINGS else ""
    etag = f'"{digest}{suffix}"'
    encoded = [("Content-Encoding", ENCODINGS[encoding])] if encoding in ENCODINGS else []
    headers = [*kept, ("ETag", etag), *encoded, ("Content-Length", str(len(body)))]
    not_modified = [(name, value) for name, value in kept if not name.lower().startswith("content-")]
    return Variant(body, etag, headers, [*not_modified, ("ETag", etag)])


def is_settled(entry: Entry) -> bool:
    """Whether its Last-Modified tells it from every other answer, earlier or later."""
    if not entry.is_settled:
        entry.is_settled = time.time() >= entry.modified + SETTLED
    return entry.is_settled


def suits(entry: Entry, environ: Mapping[str, Any]) -> bool:
    """Whether the client gets this media type; most addresses have one only."""
    return not entry.media_type or environ.get("HTTP_ACCEPT", "*/*") in ("*/*", entry.media_type)


def choose(entry: Entry, accept_encoding: str | None) -> Variant:
    """The smallest variant that the client takes."""
    if not accept_encoding or len(entry.variants) == 1 or len(accept_encoding) > LONGEST_ACCEPTED:
        return entry.variants[IDENTITY]
    best = best_encoding(accept_encoding)
    return entry.variants[min(best, len(entry.variants) - 1)] if best else entry.variants[IDENTITY]


@lru_cache(256)
def best_encoding(accept_encoding: str) -> int:
    """BROTLI, GZIP or IDENTITY: browsers take both, so the order is ours."""
    taken = set()
    for part in accept_encoding.lower().split(","):
        name, _, parameters = part.partition(";")
        if not REFUSED.fullmatch(parameters.replace(" ", "")):
            taken.add(name.strip())
    if "br" in taken and brotli is not None:
        return BROTLI
    return GZIP if "gzip" in taken else IDENTITY


def is_not_modified(entry: Entry, variant: Variant, environ: Mapping[str, Any]) -> bool:
    """Whether the client has this variant. If-Modified-Since counts without If-None-Match only."""
    condition = environ.get("HTTP_IF_NONE_MATCH")
    if condition is not None:
        return matches(variant, condition)
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and is_settled(entry) and (parse_http_date_safe(since) or 0) >= entry.modified


def matches(variant: Variant, condition: str) -> bool:
    """Whether If-None-Match names this variant. Proxies that compress make ETags weak."""
    if condition == variant.etag:
        return True
    return any(part.strip().removeprefix("W/") in {variant.etag, "*"} for part in condition.split(","))
