"""The scanner check: test symbols, what arrives of them, and the profile that follows."""

from io import BytesIO
from typing import Any, Final

from flask import Blueprint, Response, abort, jsonify, render_template, request, send_file
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from werkzeug.exceptions import UnprocessableEntity

from inventory.domain.scanner_check import LONGEST_SCAN, Diagnosis, diagnose
from inventory.domain.scanner_hearing import SYMBOLS, ShownSymbol
from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.operations import equipping
from inventory.web.acting import act_from_request
from inventory.web.speech import spoken
from inventory.web.workstation_cookie import find_workstation_here
from labels.scanner_sheet import Shown, scanner_sheet_pdf, symbol_svg
from labels.symbol import Kind, Symbol, encode

blueprint = Blueprint("scanner_check", __name__, url_prefix="/scanner-check")

TITLES: Final = {
    "gs1-datamatrix": lazy_gettext("1. GS1 DataMatrix"),
    "gs1-128": lazy_gettext("2. GS1-128"),
    "datamatrix": lazy_gettext("3. DataMatrix with every risky character"),
}
WORDS: Final = {
    "gs1-datamatrix": lazy_gettext("Separator, identifier, keyboard: most faults show here."),
    "gs1-128": lazy_gettext("The same as bars. A scanner for squares only cannot read it."),
    "datamatrix": lazy_gettext("Every character that a wrong keyboard language changes."),
}


@blueprint.get("/")
def show() -> str:
    """The symbols and the field that reads them back."""
    drawn = [
        (each.key, TITLES[each.key], WORDS[each.key], _picture(each, str(TITLES[each.key])))
        for each in SYMBOLS
    ]
    return render_template(
        "scanner_check/show.html", symbols=drawn, workstation=find_workstation_here()
    )


@blueprint.get("/symbols.pdf")
def paper() -> Response:
    """The symbols on paper, for scanners that cannot read a screen."""
    shown = [Shown(_symbol(each), str(TITLES[each.key]), str(WORDS[each.key])) for each in SYMBOLS]
    words = [
        gettext("Open the scanner check in KitTrace on the computer that the scanner belongs to."),
        gettext("Scan these symbols one after the other, and read there what to change."),
    ]
    made = scanner_sheet_pdf(shown, gettext("Scanner check"), words)
    return send_file(BytesIO(made), "application/pdf", download_name="scanner-check.pdf")


@blueprint.post("/read")
def read() -> Response:
    """Say what one scan tells of the scanner."""
    sent = _sent()
    received = sent.get("received")
    if not isinstance(received, str) or len(received) > LONGEST_SCAN:
        raise UnprocessableEntity(gettext("A scan is sent as JSON."))
    caps_lock = sent.get("caps_lock")
    found = diagnose(received, caps_lock=caps_lock if isinstance(caps_lock, bool) else None)
    return jsonify(_said(found))


@blueprint.post("/keep")
def keep() -> Response:
    """Keep the profile that a scan asked for, for the workstation that this browser is."""
    workstation = find_workstation_here()
    if workstation is None:
        abort(409, gettext("Say first which workstation this browser is."))
    sent = _sent()
    try:
        keyboard = Keyboard(Layout(str(sent.get("layout"))), str(sent.get("separator", "")))
    except ValueError:
        raise UnprocessableEntity(gettext("A scan is sent as JSON.")) from None
    done = equipping.set_keyboard(act_from_request(), workstation.code, keyboard)
    if done.refused:
        abort(409, " ".join(spoken(problem.message) for problem in done.problems))
    return jsonify(kept=gettext("Kept for %(name)s.", name=workstation.name))


def _sent() -> dict[str, Any]:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise UnprocessableEntity(gettext("A scan is sent as JSON."))
    return sent


def _said(found: Diagnosis) -> dict[str, Any]:
    workstation = find_workstation_here()
    return {
        "symbol": found.symbol,
        "word": _word(found),
        "kind": _kind(found),
        "problems": [
            {"code": p.code, "kind": "stop" if p.blocking else "look", "text": spoken(p.message)}
            for p in found.problems
        ],
        "keyboard": {
            "layout": found.keyboard.layout.value,
            "separator": found.keyboard.separator,
        },
        "profile": profile_words(found.keyboard),
        "keepable": bool(found.symbol) and workstation is not None,
        "is_kept": workstation is not None and workstation.keyboard == found.keyboard,
    }


def _kind(found: Diagnosis) -> str:
    if any(problem.blocking for problem in found.problems):
        return "stop"
    return "look" if found.problems else "taken"


def _word(found: Diagnosis) -> str:
    match _kind(found):
        case "taken":
            return str(gettext("This scanner is set up right"))
        case "look":
            return str(gettext("It works, with this profile"))
    return str(gettext("This scanner must be set up"))


def profile_words(keyboard: Keyboard) -> str:
    """A scanner's profile in words."""
    layout = (
        gettext("Italian keyboard, undone")
        if keyboard.layout is Layout.ITALIAN
        else gettext("keyboard as sent")
    )
    if not keyboard.separator:
        return str(layout)
    return str(gettext("%(layout)s; %(separator)s stands for GS")) % {
        "layout": layout,
        "separator": keyboard.separator,
    }


_KINDS: Final[dict[str, Kind]] = {
    "gs1-datamatrix": "gs1-datamatrix",
    "gs1-128": "gs1-128",
    "datamatrix": "datamatrix",
}


def _symbol(of: ShownSymbol) -> Symbol:
    return encode(_KINDS[of.key], of.text)


def _picture(of: ShownSymbol, title: str) -> Markup:
    """Our own drawing of our own text, so that it may stand in a page as it is."""
    return Markup(symbol_svg(_symbol(of), title))  # noqa: S704 - made of numbers and an escaped title
