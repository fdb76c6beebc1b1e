"""A walk through a list that is edited meanwhile meets all that stays public exactly once: `make chaos`
walks 240 times, the suite a tenth of that."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from chaos_seed import IS_WHOLE, SEED
from django.db import connections
from django.test import Client
from walk_edits import History, State, WalkEditor, make_site

WALKS = 240 if IS_WHOLE else 24
WALKERS = 2
FEW = 3  # walks
LONGEST = 200  # answers of a walk; a quiet one has 5 to 16
PAUSE = 0.01  # seconds that the editor thinks

pytestmark = [
    pytest.mark.postgres,  # SQLite has one writer at a time, and its lists would wait for it
    pytest.mark.django_db(transaction=True),
]


@dataclass(frozen=True)
class List:
    """`names` are the values that it is ordered by."""

    name: str
    order: str = ""
    type: str = ""

    @property
    def names(self) -> list[str]:
        order = self.order or {"pages": "path", "images": "id"}[self.name]
        names = (name.strip("-").replace("date", "articlepage__date") for name in order.split(","))
        return [name for name in names if name != "id"]

    @property
    def query(self) -> dict[str, str]:
        given = {"order": self.order, "type": self.type}
        return {"fields": "_,id", **{name: value for name, value in given.items() if value}}

    def members(self, state: State) -> dict[int, tuple[Any, ...]]:
        """What belongs to it, and by which values it stands where it does."""
        return {
            pk: tuple(row[name] for name in self.names)
            for pk, row in state[self.name].items()
            if not self.type or row["articlepage__date"]
        }


ARTICLES = "news.ArticlePage"
LISTS = [
    List("pages"),
    List("pages", "title"),
    List("pages", "-title"),
    List("pages", "id"),
    List("pages", "-last_published_at"),
    List("pages", "first_published_at,-title"),
    List("pages", "-date", ARTICLES),
    List("pages", "date,title,-id", ARTICLES),
    List("images"),
    List("images", "title"),
    List("images", "-width,title"),
    List("images", "height,-title"),
]


@dataclass
class Report:
    walks: int = 0
    answers: int = 0
    edits_meanwhile: int = 0
    stayed: int = 0  # of what was there during a walk
    came_or_went: int = 0
    wrong: list[str] = field(default_factory=list)


Step = Callable[[dict[str, Any], int], dict[str, str]]


def by_cursor(answer: dict[str, Any], seen: int) -> dict[str, str]:
    following = answer["meta"]["next"]
    return {"cursor": following} if following else {}


def by_offset(answer: dict[str, Any], seen: int) -> dict[str, str]:
    return {"offset": str(seen)} if answer["items"] else {}


class Walkers:
    """Walk through the lists, in several threads, while others edit."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.history = History()
        self.editor = WalkEditor(SEED, self.history)
        self.report = Report()
        self._lock = threading.Lock()
        self._numbers = iter(range(0))

    def run(self, walks: int) -> None:
        """So many walks more, in which the lists take turns."""
        self._numbers = iter(range(self.report.walks, self.report.walks + walks))
        done = threading.Event()
        with ThreadPoolExecutor(WALKERS + 1) as pool:
            writing = pool.submit(_in_thread, lambda: self._edit(done))
            walking = [pool.submit(_in_thread, self._walk_all) for _ in range(WALKERS)]
            try:
                for future in walking:
                    future.result()
            finally:
                done.set()
            writing.result()

    def _edit(self, done: threading.Event) -> None:
        while not done.wait(PAUSE):
            self.editor.make()

    def _walk_all(self) -> None:
        client = Client()
        for number in self._numbers:
            chosen = LISTS[number % len(LISTS)]
            first = self.history.now()
            seen, answers = self._walk(client, chosen, 2 + number % 4)
            states = self.history.states[first : self.history.now() + 1]
            with self._lock:
                self._judge(chosen, seen, states)
                self.report.answers += answers

    def _walk(self, client: Client, chosen: List, limit: int) -> tuple[Counter[int], int]:
        """How often each object was met."""
        seen: Counter[int] = Counter()
        query = {**chosen.query, "limit": str(limit)}
        for answers in range(1, LONGEST):
            answer = client.get(f"/api/v2/{chosen.name}/?{urlencode(query)}").json()
            assert "items" in answer, f"seed {SEED}: {query}: {answer}"
            seen.update(item["id"] for item in answer["items"])
            following = self.step(answer, seen.total())
            if not following:
                return seen, answers
            query.update(following)
            if answers % 2:  # however busy the machine is, edits come in between
                self.history.wait()
        raise AssertionError(f"seed {SEED}: {chosen} has no end")

    def _judge(self, chosen: List, seen: Counter[int], states: list[State]) -> None:
        members = [chosen.members(state) for state in states]
        ever: dict[int, set[tuple[Any, ...]]] = {}
        for state in members:
            for pk, values in state.items():
                ever.setdefault(pk, set()).add(values)
        same = {pk for pk, values in ever.items() if len(values) == 1}
        stayed = {pk for pk in same if all(pk in state for state in members)}
        self.report.walks += 1
        self.report.edits_meanwhile += len(states) - 1
        self.report.stayed += len(stayed)
        self.report.came_or_went += len(ever) - len(stayed)
        missed = {pk for pk in stayed if not seen[pk]}
        repeated = {pk for pk in same if seen[pk] > 1}
        if missed or repeated or seen.keys() - ever.keys():
            unknown = seen.keys() - ever.keys()
            self.report.wrong.append(f"{chosen}: missed {missed}, repeated {repeated}, not public {unknown}")


def _in_thread(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connections.close_all()  # the thread's own


def test_a_walk_by_cursor_meets_each_once(tell: Callable[[str], None]) -> None:
    make_site()
    walkers = Walkers(by_cursor)
    walkers.run(WALKS)
    report, made = walkers.report, dict(walkers.editor.made)
    tell(f"{report}, {made}")
    assert not report.wrong, f"seed {SEED}:\n" + "\n".join(report.wrong[:20])
    assert report.walks == WALKS
    assert report.edits_meanwhile > WALKS  # else little was put to the test
    assert report.stayed > report.came_or_went > WALKS


def test_a_walk_by_offset_does_not() -> None:
    """What is published and taken down meanwhile moves the places, so the test above can fail."""
    make_site()
    walkers = Walkers(by_offset)
    for _ in range(20):
        walkers.run(FEW)
        if walkers.report.wrong:
            return
    pytest.fail(f"seed {SEED}: {walkers.report}")
