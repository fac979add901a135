"""A connection to PostgreSQL that gives up on a server which takes what it is sent and is silent.

A computer that is gone is noticed by TCP. A server that is frozen is not: its kernel goes on taking
bytes for it, and its own `statement_timeout` is frozen with it. So the time is kept here, from the
last sign of life, and is longer than the server allows: nothing that it would let go on is cut.
"""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

ANSWER_SECONDS: Final = 12.0
"""Without a sign of life during one statement, which the server itself ends after 10 s."""

LONGER_SECONDS: Final = 30.0
"""The same of a commit, which the server does not end, and of several statements sent together."""


class Unanswered(psycopg.OperationalError):
    """The server is there and says nothing; the connection is closed."""


class PatientConnection(psycopg.Connection[Any]):
    """Waits for an answer as long as it must, and no longer."""

    seconds: float = ANSWER_SECONDS
    """How long it is waited for a sign of life."""

    @contextmanager
    def waiting(self, seconds: float) -> Iterator[None]:
        """Wait shorter or longer for what is done inside."""
        before, self.seconds = self.seconds, seconds
        try:
            yield
        finally:
            self.seconds = before

    def commit(self) -> None:
        """Commit what was done."""
        with self.waiting(max(self.seconds, LONGER_SECONDS)):
            super().commit()

    def wait(self, gen: Any, *args: Any, **options: Any) -> Any:
        """Wait for what a generator of the driver works on.

        Raises:
            Unanswered: There was no sign of life for too long.
        """
        together = self.pgconn.pipeline_status != psycopg.pq.PipelineStatus.OFF
        seconds = max(self.seconds, LONGER_SECONDS) if together else self.seconds
        try:
            return super().wait(_watched(gen, seconds), *args, **options)
        except Unanswered:
            self.close()
            raise


def _watched(gen: Generator[Any, Any, Any], seconds: float) -> Generator[Any, Any, Any]:
    """A generator of the driver, which is told each 0.1 s whether its socket is ready."""
    try:
        wanted = next(gen)
        since = time.monotonic()
        while True:
            ready = yield wanted
            if ready:
                since = time.monotonic()
            elif time.monotonic() - since > seconds:
                raise Unanswered(f"no answer within {seconds:g} s")
            wanted = gen.send(ready)
    except StopIteration as done:
        return done.value
