"""Asks for everything that a visitor can ask for, and looks through each answer."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import parse_qsl, urlsplit

from .addresses import Hosts
from .api_addresses import Api
from .links import addresses_of, continued, forms_in, links_in
from .private_texts import Owner, PrivateTexts
from .transports import Answer, Transport
from .words import BOUNDARY, words_of, words_of_address, words_of_json

# A list that is narrowed down in several ways at once has more addresses than anybody can ask for.
MOST_PARAMETERS = 2
OURS = frozenset({"content-length", "date", "etag", "server"})  # headers that hold no content


@dataclass(frozen=True)
class Hit:
    """`excerpt` are the words that were found, with what stands around them."""

    url: str
    owner: Owner
    excerpt: str


@dataclass
class Crawl:
    """`words` are typed into forms; `hidden_files` are paths at which no file may be sent."""

    hosts: Hosts
    transport: Transport
    texts: PrivateTexts
    api: Api
    words: list[str] = field(default_factory=list)
    hidden_files: dict[str, Owner] = field(default_factory=dict)
    doors: frozenset[str] = frozenset()  # paths at which the website asks who is there
    limit: int = 0
    visited: int = 0
    asked: int = 0  # requests: one that is answered with an ETag is asked twice
    statuses: Counter[int] = field(default_factory=Counter)
    hits: dict[tuple[str, Owner], Hit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._queue: deque[str] = deque()
        self._known: set[str] = set()
        self._seen: set[bytes] = set()  # answers that were looked through, without a find
        self._forms: set[tuple[str, ...]] = set()

    @property
    def left(self) -> int:
        """How many addresses are known that were not asked for."""
        return len(self._queue)

    def run(self, addresses: Iterable[str], progress: Callable[["Crawl"], None] | None = None) -> None:
        for address in addresses:
            self._add_everywhere(address)
        while self._queue and self.asked < self.limit:
            self._visit(self._queue.popleft())
            self.visited += 1
            if progress:
                progress(self)

    def _add_everywhere(self, address: str) -> None:
        """A path is one of every site."""
        roots = [""] if "://" in address else dict.fromkeys(self.hosts.roots.values())
        for root in roots:
            self._add(address, base=root)

    def _add(self, address: str, base: str) -> None:
        url = self.hosts.own(address, base)
        if url and url not in self._known:
            self._known.add(url)
            self._queue.append(url)

    def _visit(self, url: str) -> None:
        answer = self._ask(url)
        for found in self._leads(url, answer):
            self._add(found, base=url)
        if etag := answer.headers.get("etag"):
            self._ask(url, {"If-None-Match": etag})

    def _ask(self, url: str, headers: dict[str, str] | None = None) -> Answer:
        answer = self.transport(url, headers or {})
        self.asked += 1
        self.statuses[answer.status] += 1
        self._look_through(url, answer)
        return answer

    def _leads(self, url: str, answer: Answer) -> Iterator[str]:
        for link in links_in(answer):
            if len(parse_qsl(urlsplit(link).query)) <= MOST_PARAMETERS or self._is_api(link):
                yield link
        if following := continued(url, answer):
            yield following
        if answer.status == 200:
            yield from self.api.variants_of(url, answer)
        for form in forms_in(answer):
            key = (form.action or urlsplit(url).path, *form.choices, *form.typed)
            if key not in self._forms:
                self._forms.add(key)
                yield from addresses_of(form, self.words)

    def _is_api(self, link: str) -> bool:
        return bool(self.api.root) and urlsplit(link).path.startswith(f"{self.api.root}/")

    def _look_through(self, url: str, answer: Answer) -> None:
        path = urlsplit(url).path
        if (
            answer.status == 200
            and path in self.hidden_files
            and "html" not in answer.headers.get("content-type", "")
        ):
            self._tell(url, self.hidden_files[path], "the file itself")
        self._look_at(url, words_of(BOUNDARY.join(self._header_values(answer))))
        digest = blake2b(answer.text.encode(), digest_size=16).digest()
        if digest not in self._seen and not self._look_at(url, _words(answer)):
            self._seen.add(digest)

    def _header_values(self, answer: Answer) -> Iterator[str]:
        for name, value in answer.headers.items():
            leads_to_door = name == "location" and urlsplit(value).path in self.doors
            if name not in OURS and not leads_to_door:
                yield value

    def _look_at(self, url: str, words: list[str]) -> bool:
        """Whether there is something among these words that must not be seen."""
        found = self.texts.found_in(words, words_of_address(url))
        for owner, run in found.items():
            self._tell(url, owner, excerpt(words, run))
        return bool(found)

    def _tell(self, url: str, owner: Owner, excerpt: str) -> None:
        self.hits.setdefault((url, owner), Hit(url, owner, excerpt))


def _words(answer: Answer) -> list[str]:
    if answer.is_json:
        try:
            return words_of_json(answer.text)
        except ValueError:
            pass
    return words_of(answer.text)


def excerpt(words: list[str], run: tuple[str, ...], around: int = 5) -> str:
    size = len(run)
    start = next(n for n in range(len(words)) if tuple(words[n : n + size]) == run)
    part = words[max(0, start - around) : start + size + around]
    return " ".join(word for word in part if word != BOUNDARY)
