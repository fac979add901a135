"""KitTrace: which patients got something from this lot, and which lots did this patient get?"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate

from config import PROJECT, BadSetting, Settings
from inventory.api import register_api
from inventory.api.errors import problem_of
from inventory.cli import register_commands
from inventory.store import db, init_store
from inventory.store import tables as _tables  # noqa: F401 - fills the metadata for migrations
from inventory.store.keyring import Keyring
from inventory.web import register_pages
from inventory.web.access import init_access
from inventory.web.errors import init_errors
from inventory.web.gate import init_gate
from inventory.web.headers import init_headers
from inventory.web.input import init_input
from inventory.web.languages import init_languages
from inventory.web.limits import init_limits
from inventory.web.logs import init_logs
from inventory.web.navigation import init_navigation
from inventory.web.sign_in import init_sign_in
from inventory.web.speech import init_speech


class KitTrace(Flask):
    """A Flask whose views and hooks are all plain functions, which is not asked of each anew."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is: nothing here is a coroutine."""
        return func


def create_app(settings: Settings | None = None, *, web: bool = True) -> Flask:
    """The application, ready to serve or to run a command.

    Args:
        settings: What the clinic has set; left out, as the environment says.
        web: Hang on pages and API. Who only acts can do without, and begins sooner.
    """
    settings = settings or Settings.from_environment()
    keys = _folders(settings)
    app = KitTrace(
        __name__,
        template_folder=str(PROJECT / "templates"),
        instance_path=str(settings.instance_dir),
    )
    app.config.update(
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLITE_DRIVER=settings.sqlite_driver,
        BOOTSTRAP_SERVE_LOCAL=True,  # its default is somebody else's server
        PROVIDE_AUTOMATIC_OPTIONS=False,  # an answer that no line of the permissions speaks of
    )
    init_store(app, keys)
    Migrate(app, db, directory=str(PROJECT / "migrations"), compare_type=True)
    if web:
        _init_web(app, settings)
    register_commands(app)
    return app


def _folders(settings: Settings) -> Keyring:
    """Make the folders that are not there yet; gives the keys in theirs.

    Raises:
        BadSetting: One cannot be made, read or written, or holds no keys.
    """
    name = "INSTANCE_DIR"
    try:
        settings.instance_dir.mkdir(parents=True, exist_ok=True)
        name = "KEY_DIR"
        return Keyring.load(settings.key_dir)
    except (OSError, ValueError) as failed:
        folder = settings.instance_dir if name == "INSTANCE_DIR" else settings.key_dir
        what = failed.strerror if isinstance(failed, OSError) else str(failed)
        sentence = (
            f"{name}: expected a folder of our own to write into, got {str(folder)!r}: {what}."
        )
        raise BadSetting(sentence) from failed


def _init_web(app: Flask, settings: Settings) -> None:
    """Hang the web on; the order is the order in which a request meets it."""
    init_logs(app)
    init_headers(app, settings)
    init_input(app)
    init_gate(app)
    init_languages(app, settings)
    init_sign_in(app)
    init_access(app)
    Bootstrap5(app)
    init_limits(app, settings.rate_limit)
    init_errors(app, problem_of)
    init_speech(app)
    init_navigation(app)
    register_pages(app)
    register_api(app)
