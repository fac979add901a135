"""A server broken on purpose: it answers a scan at once, and writes it when it finds the time.

What clients are told is a promise that a kill breaks, and that nobody checked.
"""

import io
import os
import queue
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.test import run_wsgi_app

from wsgi import app as honest

ANSWER = b'{"entry": "TO-0"}'


class Hasty:
    """Puts scans into a queue, and passes everything else on."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self.inner = inner
        self.waiting: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self.write, daemon=True).start()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("/scans"):
            return self.inner(environ, start)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.waiting.put({**environ, "wsgi.input": io.BytesIO(body)})
        length = str(len(ANSWER))
        start("201 CREATED", [("Content-Type", "application/json"), ("Content-Length", length)])
        return [ANSWER]

    def write(self) -> None:
        """Do what was promised, one after the other."""
        while True:
            run_wsgi_app(self.inner, self.waiting.get(), buffered=True)


app = Hasty(honest)

if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "tests.trust.hasty:app",
        address="127.0.0.1",
        port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
    ).serve()
