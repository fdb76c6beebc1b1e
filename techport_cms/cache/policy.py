"""Which answers may be kept, and for how long: what HTTP says, and what the answer says of itself."""

from collections.abc import Iterable, Sequence

Headers = Sequence[tuple[str, str]]

UNDERSTOOD_BY_VARY = frozenset({"accept-encoding", "cookie", "authorization", "accept"})
# What the stage tells shared caches that nothing purges. An application that says the same without
# the stage in front (our API does) means: good until something is published.
UNTIL_PUBLISHED = "public, max-age=0, s-maxage=1"
FOR_NOBODY_ELSE = frozenset({"no-store", "private", "no-cache"})


def lifetime(status: str, headers: Headers, longest: float) -> float:
    """Seconds for which this answer may be kept; 0 where it may not be.

    A cookie and an authorization are fine in Vary: who sends one never gets a kept answer.
    """
    names = {name.lower() for name, value in headers}
    varies = varies_on(headers)
    if not status.startswith("200 ") or names & {"set-cookie", "content-encoding", "www-authenticate"}:
        return 0
    if not varies <= UNDERSTOOD_BY_VARY:
        return 0
    return _declared_age(cache_control(headers), longest)


def _declared_age(directives: dict[str, str], longest: float) -> float:
    if directives.keys() & FOR_NOBODY_ELSE:
        return 0
    if directives == cache_control([("Cache-Control", UNTIL_PUBLISHED)]):
        return longest
    for name in ("s-maxage", "max-age"):
        if name in directives:
            return min(longest, int(directives[name])) if directives[name].isdecimal() else 0
    return longest


def cache_control(headers: Headers) -> dict[str, str]:
    """Directives by name, in lower case."""
    directives = {}
    for part in _values(headers, "cache-control"):
        name, _, value = part.partition("=")
        directives[name.strip().lower()] = value.strip(' "')
    return directives


def varies_on(headers: Headers) -> set[str]:
    return {name.lower() for name in _values(headers, "vary")}


def _values(headers: Headers, wanted: str) -> Iterable[str]:
    lists = (value.split(",") for name, value in headers if name.lower() == wanted)
    return [part.strip() for values in lists for part in values if part.strip()]
