"""The epoch: which head of the publication log this host has seen, in memory that its processes share.

A hit must know that nothing was published since, and has no time to ask the database. So the
head is in a small file that every process of the host maps into its memory:

- who writes to the log raises it after the commit, before the answer goes out;
- a thread of each process asks the log every half a second: for what other hosts wrote, and
  for a writer that was killed between its commit and raising the epoch.

An entry is kept under the epoch that was read before it was rendered. What is rendered from
older data than its epoch says cannot be: the epoch is raised only to what is committed.
"""

import fcntl
import hashlib
import logging
import mmap
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection

from techport_cms.changes.head import Head, read_head

from .conf import load

logger = logging.getLogger(__name__)

# Eight-byte integers in the file. Each is read and written as a whole, without a lock.
STAMP, SEQUENCE, LOOKED_AT, PURGED, MADE_AT, RELEASE = range(6)
SIZE = 6 * 8

PATIENCE = 3.0  # seconds; a database that takes longer to answer is away


class SharedEpoch:
    """The head that this host has seen, and when it last looked.

    Times are of time.monotonic_ns(), which the processes of a host share.
    """

    def __init__(self, file: Path, read: Callable[[], Head] = read_head) -> None:
        self.file = file
        self._read = read
        self._renew_lock()
        os.register_at_fork(after_in_child=self._renew_lock)  # a thread of the parent may have held it
        self._descriptor = _open(file)
        self._cells = memoryview(mmap.mmap(self._descriptor, SIZE)).cast("q")

    def _renew_lock(self) -> None:
        self._thread_lock = threading.Lock()

    @property
    def stamp(self) -> int:
        return self._cells[STAMP]

    @property
    def made_at(self) -> int:
        """Seconds since 1970: when the newest row of the log was committed. Read it after the stamp."""
        return self._cells[MADE_AT]

    @property
    def looked_at(self) -> int:
        """Nanoseconds; the log was as the stamp says at this time or later."""
        return self._cells[LOOKED_AT]

    @property
    def purged(self) -> tuple[int, int]:
        """The stamp for which the shared caches in front were emptied, and the release that has done it."""
        return self._cells[PURGED], self._cells[RELEASE]

    @purged.setter
    def purged(self, done: tuple[int, int]) -> None:
        self._cells[PURGED], self._cells[RELEASE] = done

    def look(self) -> None:
        """Ask the log, and raise the epoch to what it says. Raises django.db.Error.

        A log that is behind the epoch was restored from a backup. That is believed only of an
        answer to a question asked while nobody could raise the epoch.
        """
        asked_at = time.monotonic_ns()
        head = self._read()
        if head.sequence < self._cells[SEQUENCE]:
            with self._locked():
                self._set(self._read(), asked_at)
            return
        with self._locked():
            if head.sequence >= self._cells[SEQUENCE]:
                self._set(head, asked_at)

    def _set(self, head: Head, asked_at: int) -> None:
        self._cells[MADE_AT] = int(head.made_at.timestamp())  # before the stamp: it is never too old
        self._cells[SEQUENCE] = head.sequence
        self._cells[STAMP] = head.stamp
        now = time.monotonic_ns()
        if asked_at > self._cells[LOOKED_AT] or self._cells[LOOKED_AT] > now:  # from before a restart
            self._cells[LOOKED_AT] = asked_at

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Against other threads, then other processes; the kernel frees the lock of one that is killed."""
        with self._thread_lock:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN)


class Watcher:
    """Keeps the epoch up to date, and says whether it is.

    Its thread starts with `start`, or the first question that it cannot answer, so after the server has
    forked; where another process has looked in the meantime, it does not look again.
    """

    def __init__(
        self, epoch: SharedEpoch, interval: float, trust: float, on_look: Callable[[], None] | None = None
    ) -> None:
        """`on_look` is called in the thread, after each look and each time that none was needed."""
        self._epoch = epoch
        self._on_look = on_look
        self._interval = int(interval * 1e9)
        self._trust = int(trust * 1e9)
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._wanted = threading.Event()
        self._looked = threading.Condition()
        self._away_since = -1  # what looked_at was when a look failed

    def is_current(self, now: int) -> bool:
        """Whether the log was looked at within the trusted time before `now`."""
        return 0 <= now - self._epoch.looked_at <= self._trust

    def confirm(self) -> bool:
        """The same; where it was not, have it looked at now and wait for that.

        Whoever has waited in vain waits for all: until the log is seen again, nobody else does.
        """
        asked_at = time.monotonic_ns()
        if self.is_current(asked_at):
            return True
        self.start()
        if self._away_since == self._epoch.looked_at:
            return False
        self._wanted.set()
        with self._looked:
            self._looked.wait_for(lambda: self._has_tried_since(asked_at), PATIENCE)
        if self._epoch.looked_at >= asked_at:
            return True
        self._away_since = self._epoch.looked_at
        return False

    def _has_tried_since(self, asked_at: int) -> bool:
        looked_at = self._epoch.looked_at
        return looked_at >= asked_at or looked_at == self._away_since

    def away_for(self) -> float:
        """Seconds since the log was last seen."""
        return (time.monotonic_ns() - self._epoch.looked_at) / 1e9

    def start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="techport-epoch", daemon=True)
                self._thread.start()

    def _watch(self) -> None:
        wanted = True
        while True:
            if wanted or time.monotonic_ns() - self._epoch.looked_at >= self._interval // 2:
                self._look()
            if self._on_look:
                self._on_look()
            wanted = self._wanted.wait(self._interval / 1e9)
            self._wanted.clear()

    def _look(self) -> None:
        try:
            self._epoch.look()
        except Error:
            if self._away_since != self._epoch.looked_at:
                logger.warning(
                    "The publication log cannot be read; kept answers may be stale.", exc_info=True
                )
            self._away_since = self._epoch.looked_at
            connection.close()
        with self._looked:
            self._looked.notify_all()


def shared_epoch() -> SharedEpoch:
    """The epoch of this host for the database that is configured."""
    return _epoch_in(shared_file(load().directory))


@cache
def _epoch_in(file: Path) -> SharedEpoch:
    return SharedEpoch(file)


def shared_file(directory: Path | str) -> Path:
    """The file of this user and this database."""
    parts = (connection.settings_dict.get(name, "") for name in ("ENGINE", "HOST", "PORT", "NAME"))
    digest = hashlib.blake2b("\n".join(map(str, parts)).encode(), digest_size=8).hexdigest()
    return Path(directory or tempfile.gettempdir()) / f"techport-epoch-{os.getuid()}-{digest}"


def _open(file: Path) -> int:
    """A descriptor of the file, made where it is not there. Raises ImproperlyConfigured."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        if os.fstat(descriptor).st_size < SIZE:
            os.ftruncate(descriptor, SIZE)
    except OSError as error:
        raise ImproperlyConfigured(
            f"TECHPORT_CACHE['DIRECTORY'] must be a directory that this process may write to: {error}"
        ) from error
    return descriptor
