"""KitTrace: which patients got something from this lot, and which lots did this patient get?"""

from flask import Flask
from flask_migrate import Migrate

from config import PROJECT, Settings
from inventory.cli import register_commands
from inventory.store import db, init_store
from inventory.store import tables as _tables  # noqa: F401 - fills the metadata for migrations
from inventory.store.keyring import Keyring
from inventory.web.sign_in import init_sign_in


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve or to run a command."""
    settings = settings or Settings.from_environment()
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__,
        template_folder=str(PROJECT / "templates"),
        instance_path=str(settings.instance_dir),
    )
    app.config.update(
        SETTINGS=settings,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLITE_DRIVER=settings.sqlite_driver,
    )
    init_store(app, Keyring.load(settings.key_dir))
    Migrate(app, db, directory=str(PROJECT / "migrations"), compare_type=True)
    init_sign_in(app)
    register_commands(app)
    return app
