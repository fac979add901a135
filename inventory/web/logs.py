"""One line of JSON for each request: which rule, how it ended, how long, and its number.

Addresses, names and whatever was sent stay out: a code in an address leads to a patient.
"""

import json
import logging
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, current_app, g, request

_log = logging.getLogger("kittrace")


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the message of an exception is left out, as it quotes what was sent."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line.update(fields)
        return json.dumps(line, ensure_ascii=False, default=str)


def init_logs(app: Flask) -> None:
    """Write our lines to standard error, and keep Flask from writing its own traces."""
    if not _log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        _log.addHandler(handler)
        _log.setLevel(logging.INFO)
        _log.propagate = False
    app.logger.handlers[:] = _log.handlers
    app.logger.propagate = False
    app.after_request(_line)


def _line(answer: Response) -> Response:
    if current_app.testing:
        return answer
    rule = request.url_rule.rule if request.url_rule else "-"
    fields = {
        "method": request.method,
        "rule": rule,
        "endpoint": request.endpoint or "-",
        "status": answer.status_code,
        "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        "request_id": g.get("request_id", ""),
    }
    _log.info("request", extra={"fields": fields})
    return answer
