"""The application, and beside it a bare route: one durable insert, nothing asked or checked.

`python -m bench.wsgi` serves both in one process, as `wsgi.py` does: one worker, eight threads.
"""

import os
from contextlib import nullcontext

from flask import Flask, Response, jsonify, request
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from inventory import create_app, store
from inventory.store.fair_lock import FairLock

app = create_app()
bare = Flask("bare")
_writers = FairLock()


@bare.post("/insert")
def insert() -> Response:
    """Keep what was sent, durably, on a connection of the pool."""
    with app.app_context():
        engine = store.db.engine
    body = request.get_json()
    lite = engine.dialect.name == "sqlite"
    with _writers.hold() if lite else nullcontext(), engine.connect() as connection:
        connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        with connection.begin():
            mark = "?" if lite else "%s"
            connection.exec_driver_sql(
                f"INSERT INTO bench_row (client, body) VALUES ({mark}, {mark})",
                (request.headers.get("Idempotency-Key", ""), str(body)),
            )
    return jsonify(done=True)


app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/bench": bare})  # type: ignore[method-assign]

if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "bench.wsgi:app", address="127.0.0.1", port=int(os.environ["PORT"]),
        interface=Interfaces.WSGI, workers=1, blocking_threads=8, log_level=LogLevels.error,
    ).serve()  # fmt: skip
