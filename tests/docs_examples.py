"""Examples in the documentation: finding them, executing them, comparing what they answer.

A fenced block with the language `console` is a session in a shell: each line that begins with `$ ` is a
command (with the lines behind a `\\`), what follows is its output; or a `json` block that comes next. All
sessions of a page are one: what a command sets, the commands below it have.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo_site import ROOT, DemoSite, site_environment

HOSTS = ("http://localhost:8000", "https://www.example.org")
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CUT = "…"
KEY = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{8,}"
VARIES = re.compile(rf"({CUT}|{KEY}|\d+)")  # in a text: what another site or day has otherwise
MISSING = object()
# What is run before a page's first command. `curl` tells where it went, and what came of it.
SHELL = r"""
python() { "$PYTHON" "$@"; }
python3() { "$PYTHON" "$@"; }
curl() {
  local log; log=$(mktemp "$ASKED/XXXXXXXX")
  printf '%s\n' "$@" > "$log"
  command curl --dump-header "$log.headers" "$@"
}
type sqlite3 > /dev/null 2>&1 || sqlite3() {
  python -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row, sep="|")' "$@"
}
"""


@dataclass(frozen=True)
class Block:
    """`line` is that of the fence."""

    page: str
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True)
class Asked:
    """One request of curl."""

    url: str
    method: str
    status: int


@dataclass
class Command:
    """`output` is what the page shows: "" for nothing."""

    place: str
    text: str
    output: str = ""
    code: int | None = None
    answer: str = ""
    errors: str = ""
    asked: list[Asked] = field(default_factory=list)


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(page.name, text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in FENCED.finditer(text)
    ]


def commands(page: Path) -> list[Command]:
    """In their order, with what the page says that they answer."""
    found: list[Command] = []
    for block in blocks(page):
        if block.language == "console":
            found += session(block)
        elif block.language == "json" and found and not found[-1].output and follows(page, block):
            found[-1].output = block.text
    return found


def follows(page: Path, block: Block) -> bool:
    """Whether nothing but an empty line is between this block and a console before it."""
    before = "\n".join(page.read_text().splitlines()[: block.line - 1]).rstrip()
    start = before.rfind("\n```", 0, -3)
    return before.endswith("```") and before[start:].startswith("\n```console")


def session(block: Block) -> Iterator[Command]:
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    assert not parts[0].strip(), f"{block.place} begins with something that is no command"
    for part in parts[1:]:
        lines = part.splitlines()
        length = next(number for number, line in enumerate(lines, 1) if not line.endswith("\\"))
        yield Command(block.place, "\n".join(lines[:length]), "\n".join(lines[length:]).strip())


def execute(found: list[Command], site: DemoSite, directory: Path, variables: dict[str, str]) -> None:
    """Run the commands of one page in one shell, and note what came of each."""
    for name in ("manage.py", "examples"):
        (directory / name).symlink_to(ROOT / name)
    script = [SHELL]
    for number, command in enumerate(found):
        asked = directory / f"{number}.asked"
        asked.mkdir()
        output = f'> "{number}.out" 2> "{number}.err"; echo $? > "{number}.code"'
        script += [f'ASKED="{asked}"', f"{{\n{at_site(command.text, site)}\n}} {output}"]
    environment = site_environment(site.data_dir, site.database_url) | {"PYTHON": sys.executable} | variables
    shell = ["bash", "-o", "pipefail", "-c", "\n".join(script)]
    done = subprocess.run(shell, cwd=directory, env=environment, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    for number, command in enumerate(found):
        command.code = int((directory / f"{number}.code").read_text())
        command.answer = (directory / f"{number}.out").read_text()
        command.errors = (directory / f"{number}.err").read_text()
        command.asked = list(requests(directory / f"{number}.asked"))


def at_site(text: str, site: DemoSite) -> str:
    for host in HOSTS:
        text = text.replace(host, site.url)
    return text


def requests(directory: Path) -> Iterator[Asked]:
    for log in sorted(directory.glob("*")):
        if log.suffix == ".headers":
            continue
        arguments = log.read_text().splitlines()
        [url] = [argument for argument in arguments if re.match(r"https?://", argument)]
        method = "POST" if {"-d", "--data"}.intersection(arguments) else "GET"
        headers = log.with_suffix(".headers").read_text()
        yield Asked(url, method, int(re.findall(r"^HTTP/\S+ (\d+)", headers, re.MULTILINE)[-1]))


def shown(output: str) -> Any:
    """The JSON that a page shows; None where it is no JSON."""
    try:
        return json.loads(output)
    except ValueError:
        return None


def expected_status(output: str) -> int:
    """The least status of an error that the page shows; 200 for everything that went well."""
    answer = shown(output)
    is_problem = isinstance(answer, dict) and {"type", "title", "status"} <= answer.keys()
    return int(answer["status"]) if is_problem else 200


def differences(said: Any, answer: Any, site: DemoSite, where: str = "") -> Iterator[str]:
    """What a page shows and the answer has not, or has differently.

    Numbers are those of another day: of them only the type counts. Members that the page leaves out may
    be there.
    """
    if isinstance(said, dict) and isinstance(answer, dict):
        for name, value in said.items():
            yield from differences(value, answer.get(name, MISSING), site, f"{where}.{name}")
    elif isinstance(said, list) and isinstance(answer, list):
        wanted = [value for value in said if value != CUT]
        for number, value in enumerate(wanted):
            other = answer[number] if number < len(answer) else MISSING
            yield from differences(value, other, site, f"{where}[{number}]")
        if not said and answer:
            yield f"{where} is not empty"
    elif not same_value(said, answer, site):
        yield f"{where} is {answer!r}, not {said!r}"


def same_value(said: Any, answer: Any, site: DemoSite) -> bool:
    if type(said) is not type(answer):
        return False
    if isinstance(said, str):
        return same_text(said, answer, site)
    return said == answer or type(said) in (int, float)


def same_text(said: str, answer: str, site: DemoSite) -> bool:
    """The same but for numbers and keys; where the page cuts with an ellipsis, anything."""
    literal = re.split(re.escape(site.url), at_site(said.strip(), site))
    pattern = re.escape(site.url).join(map(generalised, literal))
    return re.fullmatch(pattern, answer.strip(), re.DOTALL) is not None


def generalised(text: str) -> str:
    """A regular expression. The parts that VARIES finds are every second one."""
    parts = VARIES.split(text)
    return "".join(kind(part) if number % 2 else re.escape(part) for number, part in enumerate(parts))


def kind(part: str) -> str:
    if part == CUT:
        return ".*"
    return r"\d+" if part.isdecimal() else "[0-9a-f-]+"
