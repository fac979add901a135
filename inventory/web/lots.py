"""Lots: where one came from, where it lies, and which sessions it was opened for."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from inventory import store
from inventory.domain.ledger import reconcile
from inventory.operations import holding
from inventory.operations.identifying import lot_name
from inventory.reports.table_csv import Cell
from inventory.reports.wording import ENTRY_KINDS
from inventory.store import catalogue, expiries, recalls, tracing
from inventory.store.lists import (
    PAGE,
    Found,
    LotLine,
    blocked_lots,
    lots_found,
    sessions_after,
    sessions_of_lot,
    units_on_hand,
)
from inventory.store.receipts import receipts_of_lot
from inventory.store.whereabouts import where_lies_lot
from inventory.web.acting import act_from_request, clinic_today, clinic_zone
from inventory.web.forms import CHOOSE, PageForm, placed
from inventory.web.listing import asked_for, csv_answer, csv_of, page_count, page_number
from inventory.web.redating import EXPIRY_WORDS
from inventory.web.speech import N_, instant

blueprint = Blueprint("lots", __name__, url_prefix="/lots")

HOLD_WORDS: Final = {
    "incident": lazy_gettext("Incident"),
    "complaint": lazy_gettext("Complaint"),
    "damaged-delivery": lazy_gettext("Damaged delivery"),
    "temperature": lazy_gettext("Temperature"),
    "other": lazy_gettext("Other reason"),
}

SHOWN: Final = 50
"""Entries on the page of a lot; the ledger has them all."""

PIECES: Final = 200
"""Pieces on the page of a lot; their places are summed above them."""

HEADINGS: Final = (N_("Lot"), N_("Item"), N_("REF"), N_("Expiry"), N_("State"))

COLUMNS: Final = (
    N_("Session"),
    N_("Opened"),
    N_("Site"),
    N_("Room"),
    N_("Patient"),
    N_("Label"),
    N_("In use"),
    N_("Used"),
    N_("Wasted"),
    N_("Put back"),
    N_("After its last day"),
)


class HoldForm(PageForm):
    """Why a lot is put on hold, or let go."""

    reason = SelectField(
        lazy_gettext("Reason"),
        choices=[
            SelectChoice("", lazy_gettext("Choose the reason")),
            *(SelectChoice(code, word) for code, word in HOLD_WORDS.items()),
        ],
        validate_choice=False,  # the act refuses another one, and keeps that it did
        render_kw={"required": True},
    )


@blueprint.get("/")
def list() -> str:
    """All lots that ever came in, searched by number, item or REF."""
    page = page_number()
    with store.reading() as connection:
        lots, total = _found().page(connection, page)
        blocked = blocked_lots(connection)
    return render_template(
        "lots/list.html",
        lots=lots,
        blocked=blocked,
        search=asked_for("search"),
        item=asked_for("item", 40),
        total=total,
        page=page,
        pages=page_count(total),
        today=clinic_today(),
    )


@blueprint.get("/lots.csv")
def csv() -> Response:
    """The same as CSV, all pages."""
    with store.reading() as connection:
        blocked = blocked_lots(connection)

    def cells(of: LotLine) -> tuple[Cell, ...]:
        states = [
            *([gettext("recalled")] if of.id in blocked.recalled else ()),
            *([gettext("on hold")] if of.id in blocked.held else ()),
        ]
        return (of.number, of.item_name, of.reference, of.expires_on, ", ".join(states))

    return csv_of(N_("Lots"), HEADINGS, _found(), cells)


def _found() -> Found[LotLine]:
    return lots_found(search=asked_for("search"), item_code=asked_for("item", 40))


@blueprint.get("/<int(max=2147483647):lot_id>")
def show(lot_id: int) -> str:
    """One lot: deliveries, where it lies now, sessions, state, and all that moved it."""
    return _page(lot_id, HoldForm(formdata=None))


def _page(lot_id: int, form: HoldForm) -> str:
    page = page_number()
    with store.reading() as connection:
        lot = catalogue.get_lot(connection, lot_id)
        history = tracing.movements_of_lot(connection, lot_id)
        sessions = sessions_of_lot(connection, lot_id)[::-1]
        flows = [(each.source_kind, each.destination_kind, each.quantity) for each in history]
        return render_template(
            "lots/show.html",
            lot=lot,
            receipts=receipts_of_lot(connection, lot_id),
            places=where_lies_lot(connection, lot_id),
            sessions=sessions[(page - 1) * PAGE : page * PAGE],
            total=len(sessions),
            page=page,
            pages=page_count(len(sessions)),
            units=units_on_hand(connection, lot_id),
            corrections=expiries.corrections_of(connection, lot_id),
            after=sessions_after(connection, lot_id, lot.expires_on, clinic_zone()),
            expiry_words=EXPIRY_WORDS,
            recall=recalls.standing_recall(connection, lot.item.id, lot.number),
            held=recalls.is_held(connection, lot_name(lot.item, lot.number)),
            about=lot_name(lot.item, lot.number),
            history=history[::-1],
            sums=reconcile(lot.item.code, lot.number, flows),
            shown=SHOWN,
            pieces=PIECES,
            form=form,
            kind_words=ENTRY_KINDS,
            today=clinic_today(),
        )


@blueprint.get("/<int(max=2147483647):lot_id>/sessions.csv")
def sessions(lot_id: int) -> Response:
    """Every session that a lot was opened for, to take away."""
    with store.reading() as connection:
        lot = catalogue.get_lot(connection, lot_id)
        found = sessions_of_lot(connection, lot_id)
        after = {*sessions_after(connection, lot_id, lot.expires_on, clinic_zone())}
    rows = (
        (
            *(each.session, instant(each.opened_at), each.site, each.location, each.patient),
            *(each.unit, each.in_session, each.used, each.wasted, each.restocked),
            gettext("yes") if each.session in after else "",
        )
        for each in found
    )
    return csv_answer(N_("Sessions of a lot"), COLUMNS, rows)


@blueprint.post("/<int(max=2147483647):lot_id>/hold")
def hold(lot_id: int) -> Response | tuple[str, int]:
    """Hold a lot everywhere while something is investigated."""
    return _held(lot_id, lift=False)


@blueprint.post("/<int(max=2147483647):lot_id>/lift-hold")
def lift_hold(lot_id: int) -> Response | tuple[str, int]:
    """Let a held lot go."""
    return _held(lot_id, lift=True)


def _held(lot_id: int, *, lift: bool) -> Response | tuple[str, int]:
    form = HoldForm()
    answer = holding.hold_lot(act_from_request(), lot_id, form.reason.data or "", lift)
    said = placed(form, answer.problems, {"reason-missing": "reason"}, CHOOSE)
    if answer.refused and not said:
        return _page(lot_id, form), 409
    for kind, sentence in said:
        flash(sentence, kind)
    return redirect(url_for("web.lots.show", lot_id=lot_id))
