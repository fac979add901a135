"""Workstations: which one this browser is, its scanner and its printer."""

from typing import Final

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as AnyResponse

from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.domain.workstation import DPI, PORT, Printer, Workstation
from inventory.operations import equipping, printing
from inventory.operations.posting import Answer
from inventory.reports.table_csv import Cell
from inventory.store import reading, workstations
from inventory.store.errors import Conflict
from inventory.store.lists import Found
from inventory.web.access import current_person
from inventory.web.acting import act_from_request, settings
from inventory.web.labels import STOCK_WORDS
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.permissions import ADMIN
from inventory.web.speech import N_, spoken
from inventory.web.workstation_cookie import (
    find_workstation_here,
    forget_workstation,
    remember_workstation,
)
from labels.layout import STOCKS

blueprint = Blueprint("workstations", __name__, url_prefix="/workstations")

ROLLS = {key: word for key, word in STOCK_WORDS.items() if STOCKS[key].per_page == 1}
SHEETS = {key: word for key, word in STOCK_WORDS.items() if STOCKS[key].per_page > 1}

KEYBOARD_WORDS: Final = {
    Layout.US: lazy_gettext("as sent"),
    Layout.ITALIAN: lazy_gettext("Italian, undone"),
}

HEADINGS: Final = (
    N_("Code"),
    N_("Workstation"),
    N_("Keyboard of this computer"),
    N_("Separator GS"),
    N_("Label printer"),
    N_("Labels in it"),
    N_("Sheets"),
)


@blueprint.get("/here")
def here() -> Response:
    """Which workstation this browser is, or a choice of those there are."""
    workstation = find_workstation_here()
    with reading() as connection:
        known = workstations.list_workstations(connection)
    page = make_response(
        render_template("workstations/here.html", workstation=workstation, known=known, rolls=ROLLS)
    )
    if workstation:
        remember_workstation(page, workstation.code)  # it lasts from now on anew
    return page


@blueprint.post("/here")
def choose() -> AnyResponse:
    """Let this browser be a workstation, or none."""
    answer = redirect(url_for("web.workstations.here"))
    code = request.form.get("code", "")
    if not code:
        forget_workstation(answer)
        return answer
    with reading() as connection:
        workstation = workstations.get_workstation(connection, code)
    remember_workstation(answer, workstation.code)
    flash(gettext("This browser is %(name)s from now on.", name=workstation.name), "taken")
    return answer


@blueprint.get("/")
def list() -> str:
    """All workstations, and a form for a further one."""
    page = page_number()
    with reading() as connection:
        known, total = _found().page(connection, page)
    return render_template(
        "workstations/list.html",
        known=known,
        rolls=ROLLS,
        search=asked_for("search"),
        total=total,
        page=page,
        pages=page_count(total),
    )


@blueprint.get("/workstations.csv")
def csv() -> Response:
    """The same as CSV, all pages."""

    def cells(of: Workstation) -> tuple[Cell, ...]:
        printer = of.printer
        return (
            *(of.code, of.name, str(KEYBOARD_WORDS[of.keyboard.layout]), of.keyboard.separator),
            printer.address if printer else "",
            str(ROLLS.get(printer.stock, printer.stock)) if printer else "",
            str(SHEETS.get(of.sheet, of.sheet)),
        )

    return csv_of(N_("Workstations"), HEADINGS, _found(), cells)


def _found() -> Found[Workstation]:
    return workstations.workstations_found(search=asked_for("search"))


@blueprint.post("/")
def enrol() -> AnyResponse:
    """Make a workstation known; where it is asked for, this browser is it."""
    back = url_for("web.workstations.here" if request.form.get("here") else "web.workstations.list")
    try:
        done = equipping.enrol(act_from_request(), request.form.get("name", "")[:200])
    except Conflict as conflict:
        flash(spoken(conflict.sentence), "stop")
        return redirect(back)
    if _told(done, gettext("It is enrolled.")):
        return redirect(back)
    code = str(done.body["code"])
    answer = redirect(url_for("web.workstations.show", code=code))
    if request.form.get("here"):
        remember_workstation(answer, code)
    return answer


@blueprint.get("/<code>")
def show(code: str) -> str:
    """One workstation: its name, its scanner, its printer."""
    with reading() as connection:
        workstation = workstations.get_workstation(connection, code.upper())
    return render_template(
        "workstations/show.html",
        workstation=workstation,
        is_here=find_workstation_here() == workstation,
        rolls=ROLLS,
        sheets=SHEETS,
        finenesses=DPI,
        port=PORT,
    )


@blueprint.post("/<code>/name")
def rename(code: str) -> AnyResponse:
    """Call it something else."""
    try:
        done = equipping.rename(act_from_request(), code, request.form.get("name", "")[:200])
        _told(done, gettext("The name is kept."))
    except Conflict as conflict:
        flash(spoken(conflict.sentence), "stop")
    return _back(code)


@blueprint.post("/<code>/keyboard")
def set_keyboard(code: str) -> AnyResponse:
    """Keep how its scanner is set up, by hand; the scanner check does it better."""
    layout = request.form.get("layout", "")
    known = {each.value for each in Layout}
    keyboard = Keyboard(
        Layout(layout) if layout in known else Layout.US, request.form.get("separator", "")[:10]
    )
    done = equipping.set_keyboard(act_from_request(), code, keyboard)
    _told(done, gettext("The scanner's profile is kept."))
    return _back(code)


@blueprint.post("/<code>/printer")
def set_printer(code: str) -> AnyResponse:
    """Keep which printer stands beside it; only an administrator may give a name."""
    host = request.form.get("host", "").strip()
    printer = Printer(
        host,
        request.form.get("port", 0, type=int),
        request.form.get("dpi", 0, type=int),
        request.form.get("stock", "")[:20],
    )
    done = equipping.set_printer(
        act_from_request(),
        code,
        printer if host else None,
        request.form.get("sheet", "")[:20],
        names_allowed=ADMIN in current_person().roles,
    )
    _told(done, gettext("The printer is kept."))
    return _back(code)


@blueprint.post("/<code>/test")
def test(code: str) -> AnyResponse:
    """Print one label on its printer."""
    done = printing.print_test(act_from_request(), code, settings().clinic_name)
    _told(done, gettext("The test label was sent. Look whether it came out, and scan it."))
    return _back(code)


def _told(done: Answer, success: str) -> bool:
    """Say on the next page what came of an act; whether it was refused."""
    if not done.refused:
        flash(success, "taken")
    for problem in done.problems:
        flash(spoken(problem.message), "stop" if problem.blocking else "look")
    return done.refused


def _back(code: str) -> AnyResponse:
    """Where the form was: the workstation's page for those who may, else this browser's."""
    if current_person().may("web.workstations.show"):
        return redirect(url_for("web.workstations.show", code=code))
    return redirect(url_for("web.workstations.here"))
