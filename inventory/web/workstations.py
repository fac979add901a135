"""Workstations: which one this browser is, its scanner and its printer."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
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

from inventory.domain.problem import Problem, say
from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.domain.workstation import DPI, PORT, Printer, Workstation
from inventory.operations import equipping, printing
from inventory.reports.table_csv import Cell
from inventory.store import reading, workstations
from inventory.store.errors import Conflict
from inventory.store.lists import Found
from inventory.web.access import current_person
from inventory.web.acting import act_from_request, settings
from inventory.web.labels import STOCK_WORDS
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.numbers import number_in
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


Sent = AnyResponse | tuple[Response | str, int]
"""The way to the next page, or the form again with what was typed."""

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@blueprint.get("/here")
def here() -> Response:
    """Which workstation this browser is, or a choice of those there are."""
    return _here()


def _here(given: Mapping[str, str] = NOTHING, problems: Sequence[Problem] = ()) -> Response:
    workstation = find_workstation_here()
    with reading() as connection:
        known = workstations.list_workstations(connection)
    page = make_response(
        render_template(
            "workstations/here.html",
            workstation=workstation,
            known=known,
            rolls=ROLLS,
            given=given,
            problems=problems,
        )
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
    return _list()


def _list(given: Mapping[str, str] = NOTHING, problems: Sequence[Problem] = ()) -> str:
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
        given=given,
        problems=problems,
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
def enrol() -> Sent:
    """Make a workstation known; where it is asked for, this browser is it."""
    page = _here if request.form.get("here") else _list
    try:
        done = equipping.enrol(act_from_request(), request.form.get("name", ""))
    except Conflict as conflict:
        return page(request.form.to_dict(), [Problem(conflict.code, conflict.sentence)]), 409
    if done.refused:
        return page(request.form.to_dict(), done.problems), 409
    flash(gettext("It is enrolled."), "taken")
    code = str(done.body["code"])
    answer = redirect(url_for("web.workstations.show", code=code))
    if request.form.get("here"):
        remember_workstation(answer, code)
    return answer


@blueprint.get("/<code>")
def show(code: str) -> str:
    """One workstation: its name, its scanner, its printer."""
    return _show(code)


def _show(code: str, given: Mapping[str, str] = NOTHING, problems: Sequence[Problem] = ()) -> str:
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
        given=given,
        problems=problems,
    )


@blueprint.post("/<code>/name")
def rename(code: str) -> Sent:
    """Call it something else."""
    try:
        done = equipping.rename(act_from_request(), code, request.form.get("name", ""))
    except Conflict as conflict:
        return _show(code, request.form.to_dict(), [Problem(conflict.code, conflict.sentence)]), 409
    return _changed(code, done.problems, gettext("The name is kept."))


@blueprint.post("/<code>/keyboard")
def set_keyboard(code: str) -> Sent:
    """Keep how its scanner is set up, by hand; the scanner check does it better."""
    layout = request.form.get("layout", "")
    if layout not in {each.value for each in Layout}:
        message = say("Choose how the keyboard of this computer is set.")
        return _show(code, request.form.to_dict(), [Problem("layout-unknown", message)]), 409
    keyboard = Keyboard(Layout(layout), request.form.get("separator", ""))
    done = equipping.set_keyboard(act_from_request(), code, keyboard)
    return _changed(code, done.problems, gettext("The scanner's profile is kept."))


@blueprint.post("/<code>/printer")
def set_printer(code: str) -> Sent:
    """Keep which printer stands beside it; only an administrator may give a name."""
    host = request.form.get("host", "").strip()
    printer = Printer(
        host,
        number_in("port", 0),
        number_in("dpi", 0),
        request.form.get("stock", "")[:20],
    )
    done = equipping.set_printer(
        act_from_request(),
        code,
        printer if host else None,
        request.form.get("sheet", "")[:20],
        names_allowed=ADMIN in current_person().roles,
    )
    return _changed(code, done.problems, gettext("The printer is kept."))


@blueprint.post("/<code>/test")
def test(code: str) -> AnyResponse:
    """Print one label on its printer."""
    done = printing.print_test(act_from_request(), code, settings().clinic_name)
    if not done.refused:
        flash(gettext("The test label was sent. Look whether it came out, and scan it."), "taken")
    for problem in done.problems:
        flash(spoken(problem.message), "stop" if problem.blocking else "look")
    return _back(code)


def _changed(code: str, problems: Sequence[Problem], success: str) -> Sent:
    """The page of the workstation, told of success; or as the form was filled in, with why not."""
    if problems:
        return _show(code, request.form.to_dict(), problems), 409
    flash(success, "taken")
    return redirect(url_for("web.workstations.show", code=code))


def _back(code: str) -> AnyResponse:
    """Where the form was: the workstation's page for those who may, else this browser's."""
    if current_person().may("web.workstations.show"):
        return redirect(url_for("web.workstations.show", code=code))
    return redirect(url_for("web.workstations.here"))
