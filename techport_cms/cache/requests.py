"""What a request asks for: the key of its answer, or that no kept answer is for it."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage

from .conf import CacheSettings

Environ = dict[str, Any]

# What makes Django answer something else than the whole page, or makes it answer for one reader.
PERSONAL = frozenset({
    "HTTP_COOKIE", "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE",
})  # fmt: skip


class Key(NamedTuple):
    """A plain tuple of the same four is equal, and faster made."""

    host: str  # lower case, with the port where one was given
    path: str  # as in PATH_INFO
    query: str  # declared parameters only, sorted by name
    secure: bool


class RequestReader:
    """Reads keys out of WSGI environments."""

    def __init__(self, config: CacheSettings) -> None:
        longest_first = sorted(config.parameters.items(), key=lambda item: -len(item[0]))
        self._parameters = [(prefix, frozenset(names)) for prefix, names in longest_first]
        self._ignored = tuple(config.ignored_parameters)
        own = (settings.STATIC_URL, settings.MEDIA_URL)
        self._excluded = (
            *(url for url in own if url and url.startswith("/") and url != "/"),
            *config.excluded,
        )
        names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, CookieStorage.cookie_name)
        self._cookies = frozenset((*names, *config.cookies))
        self._host_header = "HTTP_X_FORWARDED_HOST" if settings.USE_X_FORWARDED_HOST else "HTTP_HOST"
        self._proxy_header, self._proxy_value = settings.SECURE_PROXY_SSL_HEADER or ("", "")

    def quick_key(self, environ: Environ) -> tuple[str | None, str, str, bool]:
        """The key of a request that is spelled as keys are; another spelling matches no entry."""
        host = environ.get(self._host_header)
        return host, environ["PATH_INFO"], environ["QUERY_STRING"], self.is_secure(environ)

    def key(self, environ: Environ) -> Key | None:
        """None where an answer to this address is not to be kept."""
        path = environ["PATH_INFO"]
        host = environ.get(self._host_header, "").lower()
        query = self._query(path, environ.get("QUERY_STRING", ""))
        # Empty parts of a path lead to the same page: nobody is to fill the cache with slashes.
        if not host or query is None or "//" in path or self.is_excluded(environ):
            return None
        if "HTTP_RANGE" in environ or environ.get("SCRIPT_NAME"):
            return None
        return Key(host, path, query, self.is_secure(environ))

    def is_excluded(self, environ: Environ) -> bool:
        """Whether the path is one of files, or of those that settings exclude: the admin's."""
        return environ["PATH_INFO"].startswith(self._excluded)

    def is_secure(self, environ: Environ) -> bool:
        """As HttpRequest.scheme."""
        if self._proxy_header and self._proxy_header in environ:
            return environ[self._proxy_header].split(",", 1)[0].strip() == self._proxy_value
        return environ["wsgi.url_scheme"] == "https"

    def is_personal(self, environ: Environ) -> bool:
        """Whether the answer may depend on who asks: a token, or a cookie that Django looks at."""
        if "HTTP_AUTHORIZATION" in environ:
            return True
        cookies = environ.get("HTTP_COOKIE")
        return cookies is not None and any(_name(part) in self._cookies for part in cookies.split(";"))

    def impersonal(self, environ: Environ, key: Key) -> Environ:
        """The request as somebody sends it of whom nothing is known: what is made of it is for all."""
        rest = {name: value for name, value in environ.items() if name not in PERSONAL}
        return {**rest, "REQUEST_METHOD": "GET", "QUERY_STRING": key.query}

    def _query(self, path: str, query: str) -> str | None:
        if not query:
            return ""
        try:
            pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=20)
        except ValueError:
            return None
        declared = self._declared(path)
        if "*" not in declared:
            pairs = [(name, value) for name, value in pairs if not self._is_ignored(name, declared)]
        names = [name for name, value in pairs]
        if len(names) != len(set(names)) or not ("*" in declared or declared.issuperset(names)):
            return None
        return urlencode(sorted(pairs))

    def _declared(self, path: str) -> frozenset[str]:
        return next((names for prefix, names in self._parameters if path.startswith(prefix)), frozenset())

    def _is_ignored(self, name: str, declared: frozenset[str]) -> bool:
        return name.startswith(self._ignored) and name not in declared


def _name(cookie: str) -> str:
    return cookie.partition("=")[0].strip()


def accepts(environ: Mapping[str, Any]) -> str:
    """The media type that the client likes best; "" where it takes any."""
    first = environ.get("HTTP_ACCEPT", "").partition(",")[0]
    media_type, _, parameters = first.partition(";")
    if "q=" in parameters.replace(" ", ""):
        return "?"  # the order of the list does not tell: such a client gets its own answer
    media_type = media_type.strip().lower()
    return "" if media_type == "*/*" else media_type
