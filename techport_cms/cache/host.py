"""Answers in files that the processes of one server share: what one has rendered, no other renders again.

Two processes that each keep their own would miss twice as often. Like Redis it spares renders, and nothing
else depends on it: an answer is found under the epoch that it was rendered at.
"""

import hashlib
import logging
import os
import shutil
import time
from pathlib import Path

from .entries import Answer
from .packing import pack, release, unpack
from .requests import Key

logger = logging.getLogger(__name__)


class HostStore:
    """Answers by epoch and key. No method raises because of the disk."""

    def __init__(self, beside: Path, max_bytes: int) -> None:
        """`beside` the file of the epoch; no process writes more at one epoch than leads to `max_bytes`."""
        self._beside = beside
        self._max_bytes = max_bytes
        self._own: Path | None = None  # made with the first request: the server has forked by then
        self._stamp, self._size = 0, 0

    def get(self, stamp: int, key: Key) -> tuple[Answer, float] | None:
        """The answer and for how many seconds it may be kept."""
        if not self._max_bytes:
            return None
        try:
            self._own = self._own or own_directory(self._beside)
            expires, _, packed = (self._of(stamp) / _name(key)).read_bytes().partition(b"\n")
            seconds = (int(expires) - time.monotonic_ns()) / 1e9
            return (unpack(packed), seconds) if seconds > 0 else None
        except (OSError, ValueError, TypeError):
            return None

    def put(self, stamp: int, key: Key, answer: Answer, seconds: float) -> None:
        packed = pack(answer)
        if len(packed) > self._max_bytes:
            return
        try:
            self._prepare(stamp)
            if self._size + len(packed) > self._max_bytes:
                return
            self._size += len(packed)
            _write(self._of(stamp) / _name(key), seconds, packed)
        except FileNotFoundError:  # a process that has seen another epoch has tidied up
            self._stamp = 0
        except OSError:
            logger.warning("Answers cannot be shared beside %s.", self._beside, exc_info=True)
            self._max_bytes = 0  # until the next start

    def _prepare(self, stamp: int) -> None:
        self._own = self._own or own_directory(self._beside)
        if stamp == self._stamp:
            return
        self._of(stamp).mkdir(exist_ok=True)
        # A server that starts its workers anew now and then would write as much for each of them.
        self._stamp, self._size = stamp, sum(file.stat().st_size for file in self._of(stamp).iterdir())
        for other in self._own.iterdir():
            if other != self._of(stamp):
                shutil.rmtree(other, ignore_errors=True)

    def _of(self, stamp: int) -> Path:
        return (self._own or self._beside) / f"{stamp:x}"


def own_directory(beside: Path) -> Path:
    """Of the processes that the same server has started with the same code; nobody else may read it.

    Those of servers that have ended are removed. Raises OSError.
    """
    server = str(_server())
    beginning = f"{beside.name}-answers-"
    own = beside.parent / f"{beginning}{server}-{_started(server)}-{release()}"
    for other in beside.parent.glob(f"{beginning}*"):
        pid = other.name.removeprefix(beginning).partition("-")[0]
        if other != own and (pid == server or not _is_running(pid)):
            shutil.rmtree(other, ignore_errors=True)
    own.mkdir(mode=0o700, exist_ok=True)
    found = own.lstat()
    if own.is_symlink() or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise PermissionError(f"{own} belongs to somebody else.")
    return own


def _server() -> int:
    """The process that has started this one. In a container it may be the first of all; where that is
    the system's own, this process was started alone."""
    parent = os.getppid()
    return parent if parent > 1 or _program(parent) == _program(os.getpid()) else os.getpid()


def _program(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/exe").readlink())
    except OSError:  # somebody else's, or no Linux
        return str(pid)


def _started(pid: str) -> str:
    """When, in ticks as in proc(5): in a container that starts again its server has the same pid."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return "0"


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _write(file: Path, seconds: float, packed: bytes) -> None:
    """Whole or not at all."""
    expires = time.monotonic_ns() + int(seconds * 1e9)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_bytes(b"%d\n%b" % (expires, packed))
    draft.replace(file)


def _name(key: Key) -> str:
    return hashlib.blake2b(repr(tuple(key)).encode(), digest_size=16).hexdigest()
