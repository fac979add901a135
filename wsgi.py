"""The application: `app` for servers and for `flask`; `python wsgi.py` migrates and serves."""

import importlib
import importlib.util
import sys
from typing import cast

from flask import Flask
from flask_migrate import upgrade

from config import BadSetting, Settings
from inventory import create_app
from inventory.store import db


def prepare(app: Flask) -> None:
    """Bring the database up to date, and fill it with the demonstration where it is empty."""
    with app.app_context():
        upgrade()
        if importlib.util.find_spec("inventory.cli.demo"):
            importlib.import_module("inventory.cli.demo").load_if_empty()
        db.engine.dispose()  # the worker opens connections of its own


def serve(settings: Settings) -> None:
    """Serve until interrupted: one process, as SQLite wants one writer, and eight threads."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    scheme = "https" if settings.tls_certificate else "http"
    print(f"KitTrace serves at {scheme}://{settings.host}:{settings.port}/ (Ctrl-C ends it)")
    sys.stdout.flush()
    Granian(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
        ssl_cert=settings.tls_certificate,
        ssl_key=settings.tls_key,
    ).serve()


try:
    app = create_app()
except BadSetting as mistake:
    sys.exit(str(mistake))

if __name__ == "__main__":
    prepare(app)
    serve(cast(Settings, app.config["SETTINGS"]))
