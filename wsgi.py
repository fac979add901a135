"""The application: `app` for servers and for `flask`; `python wsgi.py` migrates and serves."""

import importlib
import importlib.util
import logging
import socket
import sys
from typing import Final, cast

import sqlalchemy.exc
from flask import Flask
from flask_migrate import upgrade

from config import BadSetting, Settings
from inventory import create_app
from inventory.operations.fitness import check_fit, what_to_warn_of
from inventory.operations.verifying import keys_are_foreign
from inventory.store import db
from inventory.store.engine import UnfitDatabase
from inventory.store.trouble import why

FOREIGN_KEYS: Final = (
    "The keys in KEY_DIR are not those that this database was written with. Bring back the folder"
    " of keys that belongs to it: with others nobody can read who the patients are, and the proof"
    " of the ledger ends here."
)


def prepare(app: Flask) -> None:
    """Bring the database up to date, and fill it with the demonstration where it is empty."""
    with app.app_context():
        upgrade()
        if keys_are_foreign():
            sys.exit(FOREIGN_KEYS)
        try:
            check_fit()
        except UnfitDatabase as unfit:
            sys.exit(f"KitTrace does not serve from this database: {unfit}.")
        for weak in what_to_warn_of():
            fields = {"warning": str(weak.message)}
            logging.getLogger("kittrace").warning(weak.code, extra={"fields": fields})
        if importlib.util.find_spec("inventory.cli.demo"):
            importlib.import_module("inventory.cli.demo").load_if_empty()
        db.engine.dispose()  # the worker opens connections of its own


def free_address(settings: Settings) -> str:
    """The number of the address where the server will listen; ends the program if it cannot."""
    where = f"{settings.host}:{settings.port}"
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(found[0], socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found[4])
    except OSError as failed:
        sys.exit(
            f"KitTrace cannot listen at {where}: {failed.strerror or failed}. Set HOST to an"
            " address of this machine and PORT to one that is free."
        )
    return str(found[4][0])


def serve(settings: Settings, address: str) -> None:
    """Serve until interrupted: one process, as SQLite wants one writer, and eight threads."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    scheme = "https" if settings.tls_certificate else "http"
    print(f"KitTrace serves at {scheme}://{settings.host}:{settings.port}/ (Ctrl-C ends it)")
    sys.stdout.flush()
    Granian(
        "wsgi:app",
        address=address,
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
    given = cast(Settings, app.config["SETTINGS"])
    address_found = free_address(given)
    try:
        prepare(app)
    except sqlalchemy.exc.DBAPIError as broken:
        sys.exit(why(broken) or str(broken))
    serve(given, address_found)
