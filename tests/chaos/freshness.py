"""Make edits and compare what two processes have kept with what is rendered now:
freshness.py <edits> <seed> <directory> <sample>

An edit makes everything old that was kept before, so what is kept anew before an edit is what may be wrong
after it: a random sample of addresses, and every address that there is from time to time.

Works on the database of DATABASE_URL, as harness.py does. Writes its report as one line of JSON.
"""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

from reader import set_up, shown

READERS = 2
ALL_EVERY = 50  # edits; then it is every address that there is


@dataclass
class Report:
    edits: Counter[str] = field(default_factory=Counter)
    addresses: int = 0  # that there are in the end
    compared: int = 0  # answers of the two processes with fresh ones
    kept: int = 0  # of them, those that were in memory when the edit was made
    stale: list[str] = field(default_factory=list)


class Reader:
    def __init__(self, directory: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, __file__.replace("freshness", "reader"), directory],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, addresses: list[str]) -> None:
        self._process.stdin.write(json.dumps(addresses) + "\n")
        self._process.stdin.flush()

    def answers(self) -> list[list]:
        return json.loads(self._process.stdout.readline())

    def end(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=30)


class Comparison:
    def __init__(self, edits, directory: str, sample: int) -> None:
        """`sample` is how many addresses are kept before an edit and looked at after it."""
        from cache_visitor import Visitor
        from django.core.wsgi import get_wsgi_application

        self.edits, self.sample = edits, sample
        self.report = Report()
        self.readers = [Reader(directory) for _ in range(READERS)]
        self.fresh = Visitor(get_wsgi_application())

    def run(self, count: int, seed: int) -> None:
        for number in range(count):
            addresses = self.edits.addresses()
            if (number + 1) % ALL_EVERY:
                addresses = self.edits.random.sample(addresses, self.sample)
            self._keep(addresses)
            kind = self.edits.make()
            self.report.edits[kind] += 1
            self._compare(addresses, f"after edit {number} ({kind}), seed {seed}")
            if not (number + 1) % ALL_EVERY:
                stale, compared = len(self.report.stale), self.report.compared
                sys.stderr.write(f"{number + 1} edits: {stale} of {compared} answers stale\n")
        self.report.addresses = len(self.edits.addresses())
        for reader in self.readers:
            reader.end()

    def _keep(self, addresses: list[str]) -> None:
        for reader in self.readers:
            reader.ask(addresses)
        answers = [answer for reader in self.readers for answer in reader.answers()]
        self.report.kept += sum(answer[-1] in ("hit", "stored") for answer in answers)

    def _compare(self, addresses: list[str], when: str) -> None:
        for reader in self.readers:
            reader.ask(addresses)
        fresh = [shown(self.fresh.get(address)) for address in addresses]
        for number, reader in enumerate(self.readers):
            for address, now, wanted in zip(addresses, reader.answers(), fresh, strict=True):
                self.report.compared += 1
                if now[:-1] != wanted[:-1]:
                    self.report.stale.append(f"process {number}: {address} {when}: {now} instead of {wanted}")


def main(count: int, seed: int, directory: str, sample: int) -> None:
    set_up(directory)
    from all_edits import Edits

    comparison = Comparison(Edits(seed), directory, sample)
    comparison.run(count, seed)
    sys.stdout.write(json.dumps(vars(comparison.report)) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
