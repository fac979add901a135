"""Recalls: the list, one recall with its rings and sums, its papers, and its lifting."""

import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Final

import sqlalchemy as sa
from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from inventory import store
from inventory.domain.ledger import SUMS as LEDGER_SUMS
from inventory.domain.ledger import Reconciliation
from inventory.domain.recall import RecallCase
from inventory.domain.recall_report import RecallReport
from inventory.operations import looking, recalling
from inventory.operations.papering import address_for_paper, checkpoints_for_paper
from inventory.reports.page import Clinic
from inventory.reports.recall import recall_pdf
from inventory.reports.recall_csv import rings_csv
from inventory.reports.recall_setting import PatientName
from inventory.reports.wording import ENTRY_KINDS, LOCATION_KINDS, WORDS
from inventory.store import catalogue, places, recalls
from inventory.store.lists import PAGE, lots_found
from inventory.store.patients import Identity
from inventory.web.access import current_person
from inventory.web.acting import act_from_request, clinic_zone, settings
from inventory.web.forms import placed
from inventory.web.languages import current_language
from inventory.web.listing import asked_for, csv_answer, page_count, page_number
from inventory.web.recall_form import LiftForm
from inventory.web.speech import N_, instant

blueprint = Blueprint("recalls", __name__, url_prefix="/recalls")

SHOWN: Final = 50
"""Lines of a ring or a list on the recall's own page; the ring's page and the CSV have all."""

COLUMNS: Final = (
    N_("Recall"),
    N_("Opened"),
    N_("By"),
    N_("Manufacturer"),
    N_("Notice"),
    N_("Item"),
    N_("Lots"),
    N_("Lifted"),
)

SUMS: Final = (
    "received",
    "found",
    "on_hand",
    "in_use",
    "used",
    "wasted",
    "returned",
    "lost",
    "unexplained",
)


@blueprint.get("/")
def list() -> str:
    """Recalls, the latest first; searched by code, notice, manufacturer or lot."""
    page = page_number()
    with store.reading() as connection:
        cases, total = recalls.recalls_found(connection, **_asked()).page(connection, page)
        names = _item_names(connection, cases)
    return render_template(
        "recalls/list.html",
        cases=cases,
        names=names,
        **_asked(),
        total=total,
        page=page,
        pages=page_count(total),
    )


@blueprint.get("/recalls.csv")
def table() -> Response:
    """The same as CSV, all pages: a row for each item of each recall."""
    with store.reading() as connection:
        cases = recalls.recalls_found(connection, **_asked()).all(connection)
        names = _item_names(connection, cases)
    every = gettext("all lots")
    rows = (
        (
            *(case.code, instant(case.opened_at), case.opened_by, case.manufacturer),
            *(case.reference, names[scope.item]),
            every if scope.lots is None else "; ".join(sorted(scope.lots)),
            instant(case.lifted_at),
        )
        for case in cases
        for scope in case.scope
    )
    return csv_answer(N_("Recalls"), COLUMNS, rows)


def _asked() -> dict[str, str]:
    state = asked_for("state", 10)
    return {
        "search": asked_for("search"),
        "state": state if state in ("open", "lifted") else "",
    }


def _item_names(connection: sa.Connection, cases: Iterable[RecallCase]) -> dict[str, str]:
    codes = {scope.item for case in cases for scope in case.scope}
    return {code: catalogue.get_item(connection, code).name for code in codes}


@blueprint.get("/<code>")
def show(code: str) -> str:
    """Everything that a recall has to say, long lists cut with a way to the rest."""
    return _page(code, LiftForm(formdata=None))


def _page(code: str, form: LiftForm) -> str:
    report = report_of(code)
    return render_template("recalls/show.html", **_shown(report), shown=SHOWN, form=form)


@blueprint.get("/<code>/rings/<ring>")
def ring(code: str, ring: str) -> str:
    """One ring whole, page by page."""
    report = report_of(code)
    lines = lines_of(report, ring)
    page = page_number()
    return render_template(
        "recalls/ring.html",
        **_shown(report),
        ring=ring,
        lines=lines[(page - 1) * PAGE : page * PAGE],
        total=len(lines),
        page=page,
        pages=page_count(len(lines)),
    )


def report_of(code: str) -> RecallReport:
    """The report of a recall as it stands now."""
    return recalling.recall_report(code.upper(), current_person().username, datetime.now(UTC))


def lines_of(report: RecallReport, ring: str) -> tuple[object, ...]:
    """The lines of a ring, oldest session first; another name is no ring."""
    rings = report.rings
    by_name: Mapping[str, tuple[object, ...]] = {
        "exposed": rings.exposed,
        "cannot-be-excluded": rings.cannot_be_excluded,
        "excluded": rings.excluded,
    }
    return by_name[ring] if ring in by_name else abort(404)


def _shown(report: RecallReport) -> dict[str, object]:
    return {
        "report": report,
        "case": report.case,
        "rings": report.rings,
        "item_names": {item.code: item.name for item in report.items},
        "total_of": total_of(report.reconciliation),
        "sums": SUMS,
        "ledger_sums": LEDGER_SUMS,
        "lot_ids": _lot_ids(report),
        "kind_words": LOCATION_KINDS,
        "entry_words": ENTRY_KINDS,
        "words": WORDS,
    }


def _lot_ids(report: RecallReport) -> dict[tuple[str, str], int]:
    """Keys of the lots of a report, by code of the item and lot number."""
    with store.reading() as connection:
        lots = [
            lot for item in report.items for lot in lots_found(item_code=item.code).all(connection)
        ]
    return {(lot.item, lot.number): lot.id for lot in lots}


def total_of(lines: tuple[Reconciliation, ...]) -> dict[str, int | None]:
    """The sums of all lots of a reconciliation, by name; `counted` only where every lot was."""
    sums: dict[str, int | None] = {
        name: sum(getattr(line, name) for line in lines) for name in SUMS
    }
    counted = [line.counted for line in lines if line.counted is not None]
    return sums | {"counted": sum(counted) if len(counted) == len(lines) else None}


@blueprint.get("/<code>.pdf")
def pdf(code: str) -> Response:
    """The recall paper without names."""
    return _paper(report_of(code), None)


@blueprint.post("/<code>/identified.pdf")
def identified(code: str) -> Response:
    """The copy with names: the look is recorded first, of those only who must be told."""
    report = report_of(code)
    names = {code: _person(identity) for code, identity in _looked_up(report).items()}
    for judged in report.rings.excluded:
        not_asked = PatientName(gettext("not looked up: excluded"), "", None)
        names.setdefault(judged.session.patient, not_asked)
    return _paper(report, names)


def _looked_up(report: RecallReport) -> dict[str, Identity]:
    """Who the exposed and the doubtful are; each site's chain keeps the look at its patients."""
    doubtful = [one.session for one in report.rings.cannot_be_excluded]
    concerned = [*report.rings.exposed_sessions, *doubtful]
    with store.reading() as connection:
        sites = places.list_sites(connection)
    known: dict[str, Identity] = {}
    for site in sites:
        codes = sorted({one.patient for one in concerned if one.site == site.code})
        if codes:
            known |= looking.look(act_from_request(), site, report.case.code, codes, "recall")
    return known


def _person(identity: Identity) -> PatientName:
    name = identity.name or gettext("name not known here")
    corrected_at = identity.corrections[-1].at if identity.corrections else None
    return PatientName(name, identity.record_number, _birth(identity.birth_date), corrected_at)


def _birth(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _paper(report: RecallReport, names: Mapping[str, PatientName] | None) -> Response:
    paper = recall_pdf(
        report,
        clinic=Clinic(settings().clinic_name, address_for_paper(settings().clinic_address)),
        checkpoints=checkpoints_for_paper(report.made_at),
        zone=clinic_zone(),
        texts=lambda text: str(gettext(text)),
        language=current_language(),
        names=names,
    )
    kind = "" if names is None else "-confidential"
    return attachment(paper, f"recall-{report.case.code}{kind}.pdf", "application/pdf")


@blueprint.get("/<code>.csv")
def csv(code: str) -> Response:
    """The rings for a spreadsheet."""
    report = report_of(code)
    text = rings_csv(report, lambda each: str(gettext(each)))
    return attachment(text.encode(), f"recall-{report.case.code}.csv", "text/csv")


def attachment(content: bytes, name: str, mimetype: str) -> Response:
    """A file to take away; no browser keeps it."""
    answer = Response(io.BytesIO(content), mimetype=mimetype, direct_passthrough=True)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<code>/lift")
def lift(code: str) -> AnyResponse | tuple[str, int]:
    """Lift a recall with a reason."""
    form = LiftForm()
    answer = recalling.lift_recall(act_from_request(), code.upper(), form.reason.data or "")
    said = placed(form, answer.problems, {"reason-missing": "reason", "too-long": "reason"})
    if answer.refused and not said:
        return _page(code, form), 409
    for kind, sentence in said:
        flash(sentence, kind)
    if not answer.refused:
        flash(
            gettext("The recall is lifted. Its lots may be used again; its report stays."), "taken"
        )
    return redirect(url_for("web.recalls.show", code=code.upper()))
