"""One publish after the other is killed at a step chosen by chance, and what it leaves is looked at."""

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle

from invariants import Before, look, problems, was_published
from killing import run
from scenarios import Scenario, outlive_leases

COMMITS = 0.2  # so many of the kills are beside a COMMIT, of which there are few


@dataclass
class Report:
    kills: int = 0
    after_commit: int = 0  # kills that came when the publish was there for good
    places: Counter[str] = field(default_factory=Counter)  # where the kills were
    steps: dict[str, int] = field(default_factory=dict)  # how many there are to be killed at
    half_done: list[str] = field(default_factory=list)


class Attempts:
    def __init__(self, scenarios: list[Scenario], seed: int) -> None:
        self.scenarios = scenarios
        self.chance = random.Random(seed)  # noqa: S311
        self.report = Report()
        self.steps: dict[str, list[str]] = {}
        self.number = 0

    def rehearse(self) -> None:
        """Publish each once, undisturbed. RuntimeError where even that is half-done."""
        for scenario in self.scenarios:
            self._publish_whole(scenario)
        self.report.steps = {name: len(steps) for name, steps in self.steps.items()}

    def kill(self, times: int) -> None:
        for scenario in cycle(self.scenarios):
            if self.report.kills == times:
                return
            self._attempt(scenario, *self._choose_step(scenario))

    def _attempt(self, scenario: Scenario, number: int, ending: str) -> None:
        before = self._prepare(scenario)
        end = run(lambda: scenario.publish(self.number), number, ending)
        if not end.killed:  # it took fewer steps than the last one
            self.steps[scenario.name] = end.steps
            return
        place = end.steps[0]
        self.report.kills += 1
        self.report.places[place] += 1
        self.report.after_commit += was_published(scenario, before)
        outlive_leases()
        wrong = problems(scenario, before) or self._left_undone(scenario, before)
        if wrong:
            self.report.half_done.append(f"{scenario.name}, {place}, {number}: {'; '.join(wrong)}")
            self._publish_whole(scenario)  # so that the next attempt begins with a page that is whole

    def _left_undone(self, scenario: Scenario, before: Before) -> list[str]:
        """What is scheduled is published once, by whoever was killed or by the next who looks."""
        if not scenario.is_scheduled:
            return []
        run(lambda: scenario.publish(self.number))
        if not was_published(scenario, before):
            return ["nobody publishes what is due any more"]
        return problems(scenario, before)

    def _publish_whole(self, scenario: Scenario) -> None:
        before = self._prepare(scenario)
        end = run(lambda: scenario.publish(self.number))
        wrong = problems(scenario, before)
        if wrong or not was_published(scenario, before):
            raise RuntimeError(f"{scenario.name}, not killed: {'; '.join(wrong) or 'not published'}")
        self.steps[scenario.name] = end.steps

    def _prepare(self, scenario: Scenario) -> Before:
        self.number += 1
        scenario.prepare(self.number)
        return look(scenario)

    def _choose_step(self, scenario: Scenario) -> tuple[int, str]:
        """A number, and the ending of what is numbered."""
        ending = "COMMIT" if self.chance.random() < COMMITS else ""
        numbered = [name for name in self.steps[scenario.name] if name.endswith(ending)]
        return self.chance.randint(1, len(numbered)), ending
