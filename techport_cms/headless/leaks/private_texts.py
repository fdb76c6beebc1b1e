"""What a visitor must not see: the texts of everything that is not public, but for those which are
in something public too.

Texts are gathered from the rows, and from the revisions that are not published: the newest one of
what has changes, and every one that is scheduled. `core.visibility` decides what is public.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Model

from .words import SIZE, Run, runs_of, runs_to_look_for, words_of


@dataclass(frozen=True)
class Owner:
    """`state` says why it is not public: "draft", "private" …"""

    type: str
    pk: str
    title: str
    state: str

    def __str__(self) -> str:
        return f'{self.type} {self.pk} "{self.title}" ({self.state})'


def owner_of(row: Model, state: str) -> Owner:
    return Owner(row._meta.label, str(row.pk), str(row)[:80], state)


class PrivateTexts:
    """An answer is looked through in a time that does not depend on how many texts there are."""

    def __init__(self) -> None:
        self._texts: list[tuple[Owner, str]] = []
        self._runs: dict[Run, int] = {}  # the number of a text that has it

    def add(self, owner: Owner, texts: Iterable[str]) -> None:
        for text in texts:
            number = len(self._texts)
            found = [run for run in runs_to_look_for(text) if run not in self._runs]
            if found:
                self._texts.append((owner, text))
                self._runs.update(dict.fromkeys(found, number))

    def forget(self, texts: Iterable[str]) -> None:
        """These are public."""
        for text in texts:
            for run in self._runs_among(words_of(text)):
                del self._runs[run]

    def found_in(self, words: list[str], told: list[str]) -> dict[Owner, Run]:
        """Whose texts are among the words of an answer, but for what the visitor has told himself: an
        answer may repeat what was asked."""
        runs = self._runs_among(words)
        if not runs:
            return {}
        own = set(self._runs_among(told))
        return {self._texts[self._runs[run]][0]: run for run in runs if run not in own}

    def _runs_among(self, words: list[str]) -> list[Run]:
        return [run for size in range(1, SIZE + 1) for run in self._runs.keys() & runs_of(words, size)]

    def __len__(self) -> int:
        return len(set(self._runs.values()))

    def owners(self) -> dict[Owner, list[str]]:
        """What is looked for, by whose it is."""
        found: dict[Owner, list[str]] = defaultdict(list)
        for number in sorted(set(self._runs.values())):
            owner, text = self._texts[number]
            found[owner].append(text)
        return found

    def words(self) -> Iterator[str]:
        """For each owner the longest word of what is looked for: what a visitor would search for."""
        longest: dict[Owner, str] = {}
        for run, number in self._runs.items():
            owner = self._texts[number][0]
            longest[owner] = max(*run, longest.get(owner, ""), key=len)
        return iter(dict.fromkeys(longest.values()))
