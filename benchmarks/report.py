"""Rows of the table: what was measured, what is asked for, whether it is met."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """`target` is the most that is allowed, or the least where `at_least` says so; None: nothing is asked."""

    name: str
    value: float
    target: float | None = None
    unit: str = ""
    at_least: bool = False
    detail: str = ""

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target

    def line(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        target = "" if self.target is None else f"{'≥' if self.at_least else '≤'} {self.target:g}{unit}"
        verdict = {True: "yes", False: "**no**", None: ""}[self.met]
        cells = (self.name, f"{self.value:g}{unit}", target, verdict, self.detail)
        return f"| {' | '.join(cells)} |"


def write(rows: Iterable[Row], directory: Path, database: str) -> str:
    """bench.json and bench.md in the directory; returns what the latter says."""
    rows = list(rows)
    about = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": database,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }
    lines = [
        "# What was measured",
        "",
        f"{about['at']}, {database}, Python {about['python']}, {about['processors']} processors, "
        f"load {about['load']} at the end.",
        "",
        "| what | measured | target | met | |",
        "|---|---|---|---|---|",
        *(row.line() for row in rows),
    ]
    text = "\n".join([*lines, ""])
    data = {**about, "rows": [{**asdict(row), "met": row.met} for row in rows]}
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "bench.json").write_text(json.dumps(data, indent=2) + "\n")
    (directory / "bench.md").write_text(text)
    return text
