"""Patient sessions: the list, opening one, the screen in theatre, and the record afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import flask
import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from inventory import store
from inventory.domain.catalogue import Lot
from inventory.domain.ledger import LocationKind
from inventory.domain.patient_session import (
    REVERSE_REASONS,
    WASTE_REASONS,
    PatientSession,
    SessionLine,
    taken,
)
from inventory.domain.procedure import missing
from inventory.operations import opening
from inventory.operations.doubting import Doubts, doubts_of
from inventory.operations.posting import Answer
from inventory.operations.scanning import Theatre, enter_theatre
from inventory.reports.table_csv import Cell
from inventory.store import catalogue, ledger, places, procedures, receipts
from inventory.store.lists import list_items, list_sessions, sessions_found
from inventory.store.receipts import Receipt
from inventory.store.rooms import rooms_to_open_in
from inventory.web.access import current_person
from inventory.web.acting import act_from_request, clinic_today, settings
from inventory.web.birth_dates import birth_date_field
from inventory.web.forms import PageForm
from inventory.web.item_form import KIND_WORDS
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.scanning import notices
from inventory.web.speech import N_, instant, spoken

blueprint = Blueprint("sessions", __name__, url_prefix="/sessions")

LATELY: Final = 180
"""Days within which a session makes a place one where sessions are opened."""

STEPS: Final = {
    "check-in": lazy_gettext("Check-in"),
    "anaesthesia": lazy_gettext("Anaesthesia"),
    "harvest": lazy_gettext("Harvest"),
    "processing": lazy_gettext("Processing"),
    "infiltration": lazy_gettext("Infiltration"),
    "radiofrequency": lazy_gettext("Radiofrequency"),
    "anywhere": lazy_gettext("At any time"),
}

REASON_WORDS: Final = {
    "dropped": lazy_gettext("Dropped"),
    "damaged-pack": lazy_gettext("Pack damaged"),
    "expired-found": lazy_gettext("Found expired"),
    "contaminated": lazy_gettext("Contaminated"),
    "wrong-size": lazy_gettext("Wrong size"),
    "procedure-changed": lazy_gettext("Procedure changed"),
    "procedure-cancelled": lazy_gettext("Procedure cancelled"),
    "procedure-broken-off": lazy_gettext("Procedure broken off"),
    "defective": lazy_gettext("Defective"),
    "never-happened": lazy_gettext("Was not opened at all"),
    "wrong-lot": lazy_gettext("Wrong lot"),
    "wrong-item": lazy_gettext("Wrong item"),
    "wrong-quantity": lazy_gettext("Wrong quantity"),
    "wrong-patient": lazy_gettext("Wrong patient"),
    "wrong-place": lazy_gettext("Wrong place"),
    "other": lazy_gettext("Other reason"),
}

HEADINGS: Final = (
    N_("Session"),
    N_("Opened"),
    N_("Site"),
    N_("Room"),
    N_("Procedure"),
    N_("Patient"),
    N_("Closed"),
    N_("State"),
)

NAMES: Final = (
    N_("Kit"),
    N_("Fluid"),
)
"""Lines of procedures that are given as data; the catalogue of sentences must know them."""


class OpenForm(PageForm):
    """A session to be opened."""

    patient = StringField(
        lazy_gettext("Wristband or record number"),
        description=lazy_gettext("Scan the patient's wristband, or type the record number."),
        validators=[
            InputRequired(lazy_gettext("Scan the wristband, or type the record number.")),
            Length(max=opening.LONGEST_NUMBER),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    location = SelectField(
        lazy_gettext("Room"), validators=[InputRequired(lazy_gettext("Choose the room."))]
    )
    procedure = SelectField(lazy_gettext("Procedure"))
    name = StringField(
        lazy_gettext("Family and given name"),
        description=lazy_gettext("Only needed for a patient who was never here."),
        validators=[Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    birth_date = birth_date_field()


@blueprint.get("/")
def list() -> str:
    """Open sessions first, then those that are closed, searched and paged."""
    asked, page = _asked(), page_number()
    with store.reading() as connection:
        current, _ = list_sessions(connection, **asked, state="open", size=200)
        past, total = list_sessions(connection, **asked, state="closed", page=page)
        rooms = places.list_locations(connection, LocationKind.STORE)
    return render_template(
        "sessions/list.html",
        current=current if page == 1 else [],
        past=past,
        rooms=rooms,
        **asked,
        page=page,
        pages=page_count(total),
        total=total,
    )


@blueprint.get("/sessions.csv")
def csv() -> flask.Response:
    """The same as CSV, open and closed, all pages: codes and pseudonyms, never a name."""

    def cells(of: PatientSession) -> tuple[Cell, ...]:
        state = gettext("open now") if of.is_open else gettext("closed")
        state = gettext("broken off") if of.broken_off else state
        return (
            *(of.code, instant(of.opened_at), of.site, of.location, of.procedure, of.patient),
            *(instant(of.closed_at), gettext("did not take place") if of.cancelled else state),
        )

    return csv_of(N_("Sessions"), HEADINGS, sessions_found(**_asked()), cells)


def _asked() -> dict[str, Any]:
    return {"search": asked_for("search", 40).upper(), "place": asked_for("place", 40)}


@blueprint.get("/new")
def open() -> str:
    """The form in which a session is opened; the room of the last one stands there already."""
    form = _choices(OpenForm(data={"location": flask.session.get("room", "")}))
    return render_template("sessions/open.html", form=form)


@blueprint.post("/new")
def add() -> Response | tuple[str, int]:
    """Open a session, and go to its screen."""
    form = _choices(OpenForm())
    if not form.validate():
        return render_template("sessions/open.html", form=form), 422
    answer = opening.open_session(act_from_request(), _request(form), settings().retention_years)
    if answer.refused:
        for problem in answer.problems:
            field = form.location if problem.code == "not-a-room" else form.patient
            field.errors = [*field.errors, spoken(problem.message)]
        return render_template("sessions/open.html", form=form), 409
    flask.session["room"] = form.location.data
    _flash(answer)
    return redirect(url_for("web.sessions.show", code=answer.body["code"]))


def _choices(form: OpenForm) -> OpenForm:
    act = act_from_request()
    with store.reading() as connection:
        rooms = rooms_to_open_in(connection, act.by, act.workstation, act.days_before(LATELY))
        known = procedures.list_procedures(connection)
    form.location.choices = [
        SelectChoice("", gettext("Choose the room")),
        *(SelectChoice(room.code, f"{room.code} · {gettext(room.name)}") for room in rooms),
    ]
    form.procedure.choices = [SelectChoice(each.code, gettext(each.name)) for each in known]
    return form


def _request(form: OpenForm) -> opening.SessionRequest:
    return opening.SessionRequest(
        form.patient.data or "",
        form.procedure.data,
        form.location.data,
        form.name.data or "",
        form.birth_date.data or "",
    )


@blueprint.get("/<code>")
def show(code: str) -> str:
    """The screen in theatre while a session is open; its record once it is closed."""
    code = code.upper()
    found = _contents(code)
    if not found["is_open"] or not current_person().may("web.scanning.scan", "POST"):
        return _record(code, found)
    with store.reading() as connection:
        items, _ = list_items(connection, size=500)
    return render_template("sessions/show.html", **found, items=items, kinds=KIND_WORDS)


@blueprint.get("/<code>/contents")
def contents(code: str) -> str:
    """The lists of the screen alone, as they stand now."""
    return render_template("sessions/_contents.html", **_contents(code.upper()))


@blueprint.get("/<code>/record")
def record(code: str) -> str:
    """Every lot of the session, with the delivery that brought it."""
    return _record(code.upper(), _contents(code.upper()))


def _record(code: str, found: dict[str, Any]) -> str:
    with store.reading() as connection:
        origins = [_origin(connection, line) for line in found["lines"]]
        photos = ledger.photos_about(connection, code)
    return render_template("sessions/record.html", **found, origins=origins, photos=photos)


@dataclass(frozen=True, slots=True)
class Origin:
    """A line of a session with its lot and the deliveries that brought it."""

    line: SessionLine
    lot: Lot | None
    receipts: tuple[Receipt, ...]


def _origin(connection: sa.Connection, line: SessionLine) -> Origin:
    lot = catalogue.find_lot(connection, catalogue.get_item(connection, line.item), line.lot)
    brought = receipts.receipts_of_lot(connection, lot.id) if lot else ()
    return Origin(line, lot, tuple(brought))


def _contents(code: str) -> dict[str, Any]:
    """What the lists of a session show."""
    with store.reading() as connection:
        theatre = enter_theatre(connection, code)
        doubts = doubts_of(connection, theatre.lines)
    return {
        "code": code,
        "theatre": theatre,
        "session": theatre.patient_session,
        "is_open": theatre.patient_session.is_open,
        "lines": theatre.lines,
        "doubts": doubts,
        "pending": _pending(theatre, doubts),
        "done": [line for line in theatre.lines if not line.in_session],
        "plan": plan(theatre),
        "today": clinic_today(),
        "steps": STEPS,
        "waste_reasons": [(reason, REASON_WORDS[reason]) for reason in WASTE_REASONS],
        "reverse_reasons": [(reason, REASON_WORDS[reason]) for reason in REVERSE_REASONS],
    }


def _pending(theatre: Theatre, doubts: Doubts) -> Sequence[SessionLine]:
    """What has no outcome yet, the latest first; above all, what is not to be used any more."""
    pending = [line for line in reversed(theatre.lines) if line.in_session]
    today = clinic_today()

    def is_good(line: SessionLine) -> bool:
        expired = line.expires_on is not None and line.expires_on < today
        return not expired and (line.item, line.lot) not in doubts

    return sorted(pending, key=is_good)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A required line of the procedure: its step, its name, how many are there and still lack."""

    step: str
    name: str
    wanted: int
    lacking: int


def plan(theatre: Theatre) -> tuple[PlanLine, ...]:
    """The required lines in the order of the procedure."""
    found = missing(theatre.procedure, taken(theatre.lines))
    lacking = {line.position: number for line, number in found}
    return tuple(
        PlanLine(line.step, line.name, line.minimum, lacking.get(line.position, 0))
        for line in theatre.procedure.lines
        if line.minimum
    )


def _flash(answer: Answer) -> None:
    for kind, sentence in notices(answer.problems):
        flash(sentence, kind)
