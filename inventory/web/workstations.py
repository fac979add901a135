"""Workstations: which one this browser is, its scanner and its printer."""

from collections.abc import Mapping, Sequence
from typing import Final

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from inventory.domain.problem import Problem
from inventory.domain.udi.wedge import Layout
from inventory.domain.workstation import Workstation
from inventory.operations import equipping, printing
from inventory.reports.table_csv import Cell
from inventory.store import reading, workstations
from inventory.store.errors import Conflict
from inventory.store.lists import Found
from inventory.web.access import current_person
from inventory.web.acting import act_from_request, settings
from inventory.web.forms import PageForm, placed
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.permissions import ADMIN
from inventory.web.speech import N_, spoken
from inventory.web.workstation_cookie import (
    find_workstation_here,
    forget_workstation,
    remember_workstation,
)
from inventory.web.workstation_form import (
    ABOUT,
    ROLLS,
    SHEETS,
    ChoiceForm,
    EnrolForm,
    KeyboardForm,
    NameForm,
    PrinterForm,
)

blueprint = Blueprint("workstations", __name__, url_prefix="/workstations")

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

Notices = Sequence[tuple[str, str]]
"""What is said of a whole form: kind and sentence."""


@blueprint.get("/here")
def here() -> Response:
    """Which workstation this browser is, or a choice of those there are."""
    return _here(EnrolForm(formdata=None, here="yes"))


def _here(form: EnrolForm, said: Notices = ()) -> Response:
    workstation = find_workstation_here()
    with reading() as connection:
        known = workstations.list_workstations(connection)
    page = make_response(
        render_template(
            "workstations/here.html",
            workstation=workstation,
            known=known,
            rolls=ROLLS,
            choice=_choice(known, workstation),
            form=form,
            said=said,
        )
    )
    if workstation:
        remember_workstation(page, workstation.code)  # it lasts from now on anew
    return page


def _choice(known: Sequence[Workstation], here: Workstation | None) -> ChoiceForm:
    """A choice of those there are, and of none where this browser is one."""
    form = ChoiceForm(formdata=None, code=here.code if here else "")
    none = [SelectChoice("", gettext("none of these: forget it"))] if here else []
    form.code.choices = [*(SelectChoice(each.code, each.name) for each in known), *none]
    return form


@blueprint.post("/here")
def choose() -> AnyResponse:
    """Let this browser be a workstation, or none."""
    answer = redirect(url_for("web.workstations.here"))
    code = ChoiceForm().code.data
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
    return _list(EnrolForm(formdata=None))


def _list(form: EnrolForm, said: Notices = ()) -> str:
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
        form=form,
        said=said,
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
    form = EnrolForm()
    page = _here if form.here.data else _list
    try:
        done = equipping.enrol(act_from_request(), form.name.data or "")
    except Conflict as conflict:
        return page(form, placed(form, [Problem(conflict.code, conflict.sentence)], ABOUT)), 409
    if done.refused:
        return page(form, placed(form, done.problems, ABOUT)), 409
    flash(gettext("It is enrolled."), "taken")
    code = str(done.body["code"])
    answer = redirect(url_for("web.workstations.show", code=code))
    if form.here.data:
        remember_workstation(answer, code)
    return answer


@blueprint.get("/<code>")
def show(code: str) -> str:
    """One workstation: its name, its scanner, its printer."""
    return _show(code)


def _show(code: str, sent: PageForm | None = None, said: Notices = ()) -> str:
    """The page with its three forms as they are kept, but for the one that was refused."""
    with reading() as connection:
        workstation = workstations.get_workstation(connection, code.upper())
    return render_template(
        "workstations/show.html",
        workstation=workstation,
        is_here=find_workstation_here() == workstation,
        rolls=ROLLS,
        printer_form=sent if isinstance(sent, PrinterForm) else PrinterForm.of(workstation),
        keyboard_form=sent if isinstance(sent, KeyboardForm) else KeyboardForm.of(workstation),
        name_form=sent if isinstance(sent, NameForm) else NameForm.of(workstation),
        said=said,
    )


@blueprint.post("/<code>/name")
def rename(code: str) -> Sent:
    """Call it something else."""
    form = NameForm()
    try:
        done = equipping.rename(act_from_request(), code, form.name.data or "")
    except Conflict as conflict:
        return _changed(code, form, [Problem(conflict.code, conflict.sentence)], "")
    return _changed(code, form, done.problems, gettext("The name is kept."))


@blueprint.post("/<code>/keyboard")
def set_keyboard(code: str) -> Sent:
    """Keep how its scanner is set up, by hand; the scanner check does it better."""
    form = KeyboardForm()
    if not form.validate():
        return _show(code, form), 409
    done = equipping.set_keyboard(act_from_request(), code, form.keyboard())
    return _changed(code, form, done.problems, gettext("The scanner's profile is kept."))


@blueprint.post("/<code>/printer")
def set_printer(code: str) -> Sent:
    """Keep which printer stands beside it; only an administrator may give a name."""
    form = PrinterForm()
    done = equipping.set_printer(
        act_from_request(),
        code,
        form.printer(),
        form.sheet.data or "",
        names_allowed=ADMIN in current_person().roles,
    )
    return _changed(code, form, done.problems, gettext("The printer is kept."), form.about())


@blueprint.post("/<code>/test")
def test(code: str) -> AnyResponse:
    """Print one label on its printer."""
    done = printing.print_test(act_from_request(), code, settings().clinic_name)
    if not done.refused:
        flash(gettext("The test label was sent. Look whether it came out, and scan it."), "taken")
    for problem in done.problems:
        flash(spoken(problem.message), "stop" if problem.blocking else "look")
    return _back(code)


def _changed(
    code: str,
    form: PageForm,
    problems: Sequence[Problem],
    success: str,
    about: Mapping[str, str] = ABOUT,
) -> Sent:
    """The page of the workstation, told of success; or as the form was filled in, with why not."""
    if problems:
        return _show(code, form, placed(form, problems, about)), 409
    flash(success, "taken")
    return redirect(url_for("web.workstations.show", code=code))


def _back(code: str) -> AnyResponse:
    """Where the form was: the workstation's page for those who may, else this browser's."""
    if current_person().may("web.workstations.show"):
        return redirect(url_for("web.workstations.show", code=code))
    return redirect(url_for("web.workstations.here"))
