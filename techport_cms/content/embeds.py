from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class EmbedFacade:
    """What stands in for a video until the reader asks for it: no request leaves the page before."""

    url: str
    host: str
    player_url: str | None  # for the frame; None where the provider has no plain player address

    @classmethod
    def from_value(cls, value: Any) -> "EmbedFacade | None":
        if not value:
            return None
        host = (urlsplit(value.url).hostname or "").removeprefix("www.")
        return cls(url=value.url, host=host, player_url=_player_url(value.url, host))


def _player_url(url: str, host: str) -> str | None:
    parts = urlsplit(url)
    if host in {"youtube.com", "youtu.be"}:
        video = parse_qs(parts.query).get("v", [parts.path.rsplit("/", 1)[-1]])[0]
        return f"https://www.youtube-nocookie.com/embed/{video}"
    if host == "vimeo.com":
        return f"https://player.vimeo.com/video/{parts.path.rsplit('/', 1)[-1]}?dnt=1"
    return None
