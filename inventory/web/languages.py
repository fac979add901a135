"""English and Italian: which one a reader gets, and how catalogues get ready."""

import os
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, Flask, Response, abort, g, has_request_context, redirect, request
from flask_babel import Babel
from werkzeug.wrappers import Response as AnyResponse

from config import Settings
from inventory.operations.enrolling import choose_language
from inventory.web.access import find_current_person

LANGUAGES: Final = {"en": "English", "it": "Italiano"}
COOKIE: Final = "language"

blueprint = Blueprint("languages", __name__)


@blueprint.post("/language/<code>")
def choose(code: str) -> AnyResponse:
    """Keep the language that somebody wants to read, and show the same page again."""
    if code not in LANGUAGES:
        abort(404)
    if person := find_current_person():
        choose_language(person.id, code)
    answer = redirect(_back())
    answer.set_cookie(
        COOKIE,
        code,
        max_age=365 * 86_400,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return answer


def _back() -> str:
    """The address inside this application to go back to; never another site's."""
    target = request.form.get("next", "")
    inside = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if inside and target.isprintable() else "/"


def current_language() -> str:
    """`en` or `it`, for this request."""
    return _select()


def _select() -> str:
    if not has_request_context():
        return "en"
    if "language" in g:
        return str(g.language)
    person = find_current_person()
    wanted = person.language if person else ""
    if not wanted and "HTTP_COOKIE" in request.environ:
        wanted = request.cookies.get(COOKIE, "")
    if wanted in LANGUAGES:
        return wanted
    if "HTTP_ACCEPT_LANGUAGE" not in request.environ:
        return "en"
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"


def init_languages(app: Flask, settings: Settings) -> None:
    """Compile the catalogues where they are stale, and choose among them per request."""
    folder = compiled_catalogues(Path(app.root_path) / "translations", settings.instance_dir)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.time_zone
    Babel(app, locale_selector=_select)
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, current_language=current_language)
    app.after_request(_vary)


def _vary(answer: Response) -> Response:
    if "Vary" in answer.headers:
        answer.vary.update(("Accept-Language", "Cookie"))
    else:
        answer.headers["Vary"] = "Accept-Language, Cookie"
    if "Content-Language" not in answer.headers:
        answer.headers["Content-Language"] = current_language()
    return answer


def compiled_catalogues(source: Path, fallback: Path) -> Path:
    """The folder whose compiled catalogues are as new as their sources.

    Args:
        source: Holds `it/LC_MESSAGES/messages.po`; compiled beside it where it can be written.
        fallback: Where a `translations` folder is made otherwise.
    """
    stale = [po for po in source.glob("*/LC_MESSAGES/*.po") if _is_stale(po)]
    if not stale:
        return source
    try:
        for po in stale:
            _compile(po, po.with_suffix(".mo"))
    except OSError:
        for po in source.glob("*/LC_MESSAGES/*.po"):
            copy = fallback / "translations" / po.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            _compile(po, copy.with_suffix(".mo"))
        return fallback / "translations"
    return source


def _is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path, mo: Path) -> None:
    """Write one catalogue whole: several processes may start at once."""
    with po.open("rb") as file:
        catalogue = read_po(file, locale=po.parent.parent.name)
    fresh = mo.with_suffix(f".{os.getpid()}.new")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(mo)
