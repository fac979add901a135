"""The ledger: every act, its text, its link in the chain, and the proof that none was changed."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from inventory import store
from inventory.domain.chain import notes_in
from inventory.domain.ledger import ROUTES, SUMS, Entry, EntryKind
from inventory.domain.patient_session import REVERSE_REASONS
from inventory.operations import correcting, fitness
from inventory.operations.verifying import Verdict, ahead_of, verify_ledger
from inventory.reports.table_csv import Cell
from inventory.reports.wording import ENTRY_KINDS, WORDS, listed
from inventory.store import catalogue, checkpoints, ledger, places
from inventory.store.lists import Found, entries_found, movements_summed
from inventory.store.lists.proof import link_of_entry
from inventory.web.access import current_person
from inventory.web.acting import act_from_request, clinic_zone
from inventory.web.entry_facts import items_in, laid_out
from inventory.web.forms import CHOOSE, PageForm, placed
from inventory.web.labels import REASON_WORDS as LABEL_WORDS
from inventory.web.listing import asked_for, csv_of, page_count, page_number
from inventory.web.lots import HOLD_WORDS
from inventory.web.redating import EXPIRY_WORDS
from inventory.web.sessions import REASON_WORDS
from inventory.web.speech import N_, instant

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")

KIND_WORDS: Final = {
    **ENTRY_KINDS,
    EntryKind.OPEN_SESSION: N_("session opened"),
    EntryKind.CLOSE_SESSION: N_("session closed"),
    EntryKind.OPEN_RECALL: N_("recall opened"),
    EntryKind.LIFT_RECALL: N_("recall lifted"),
    EntryKind.HOLD: N_("put on hold"),
    EntryKind.LIFT_HOLD: N_("hold lifted"),
    EntryKind.REFUSAL: N_("refused"),
    EntryKind.LOOK: N_("looked who it is"),
    EntryKind.MATCH: N_("held against the session, and right"),
    EntryKind.PRINT: N_("printed"),
    EntryKind.CATALOGUE: N_("catalogue changed"),
    EntryKind.CORRECT_EXPIRY: N_("expiry corrected"),
    EntryKind.WORKSTATION: N_("workstation changed"),
    EntryKind.PERSON: N_("rights changed"),
}

COLUMNS: Final = (
    N_("Entry"),
    N_("Recorded"),
    N_("Happened"),
    N_("Act"),
    N_("By"),
    N_("About"),
    N_("Reason"),
    N_("Reverses"),
)

ASKED: Final = ("about", "kind", "by", "site", "begin", "end", "place", "sum")
"""What the address bar may narrow the list to, besides a lot."""

SUM_WORDS: Final = {
    "received": lazy_gettext("Received"),
    "found": lazy_gettext("Found"),
    "on_hand": lazy_gettext("On hand"),
    "in_use": lazy_gettext("In use"),
    "used": lazy_gettext("Used"),
    "wasted": lazy_gettext("Wasted"),
    "returned": lazy_gettext("Returned"),
    "lost": lazy_gettext("Lost"),
}
"""The figures of a reconciliation, each of which leads to the entries that it sums."""

WHY_WORDS: Final = {
    **{code: lazy_gettext(word) for code, word in WORDS.items()},
    **REASON_WORDS,
    **EXPIRY_WORDS,
    **HOLD_WORDS,
    **LABEL_WORDS,
    "provisional": lazy_gettext("Made from a code alone"),
    "completed": lazy_gettext("Completed"),
    "packaging-added": lazy_gettext("Barcode added"),
    "enrolled": lazy_gettext("Added"),
    "renamed": lazy_gettext("Renamed"),
    "keyboard": lazy_gettext("Scanner set up"),
    "printer": lazy_gettext("Printer set up"),
    "disabled": lazy_gettext("May not sign in any more"),
    "roles-changed": lazy_gettext("Other roles"),
    "password-changed": lazy_gettext("New password"),
    "token-issued": lazy_gettext("Token issued"),
    "tokens-revoked": lazy_gettext("Tokens revoked"),
    "found": lazy_gettext("Was there before"),
}
"""Why an entry was made, by the code of its reason."""


class ReverseForm(PageForm):
    """Why an entry is reversed."""

    reason = SelectField(
        lazy_gettext("Reason"),
        choices=[
            SelectChoice("", lazy_gettext("Choose the reason")),
            *(SelectChoice(code, REASON_WORDS[code]) for code in REVERSE_REASONS),
        ],
        validate_choice=False,  # the act refuses another one, and keeps that it did
        render_kw={"required": True},
    )


class PaperForm(PageForm):
    """What a paper says of the ledger."""

    paper = TextAreaField(
        lazy_gettext("Signed checkpoint, as printed under Proof"),
        description=lazy_gettext(
            "Four lines that begin with kittrace/; what stands around them is passed over."
        ),
        render_kw={"rows": 5, "spellcheck": "false", "autocapitalize": "none", "required": True},
    )


@blueprint.get("/")
def list() -> str:
    """Entries, the latest first; what is shown is told by the address bar."""
    page = page_number()
    with store.reading() as connection:
        entries, total = _found().page(connection, page)
        sites = places.list_sites(connection)
        lot = catalogue.get_lot(connection, _lot()) if _lot() else None
    return render_template(
        "ledger/list.html",
        entries=entries,
        total=total,
        asked={name: asked_for(name) for name in ASKED},
        lot=lot,
        sites=sites,
        page=page,
        pages=page_count(total),
        kinds=KIND_WORDS,
        sum_words=SUM_WORDS,
    )


@blueprint.get("/entries.csv")
def csv() -> Response:
    """The same as CSV, all pages."""
    words = {kind: gettext(word) for kind, word in KIND_WORDS.items()}

    def cells(of: Entry) -> tuple[Cell, ...]:
        said = json.loads(of.text)
        happened = instant(datetime.fromisoformat(said["occurred_at"]))
        return (
            *(of.reference, instant(of.at), happened, words[of.kind], of.by, of.about),
            *(said["reason"], said["reverses"]),
        )

    return csv_of(N_("Ledger"), COLUMNS, _found(), cells)


def _found() -> Found[Entry]:
    """Which entries the address bar asks for; days are the clinic's, both included."""
    moved = None
    if lot_id := _lot():
        kinds = SUMS.get(asked_for("sum", 20), frozenset())
        moved = movements_summed(lot_id, kinds, asked_for("place", 40))
    return entries_found(
        about=asked_for("about"),
        kind=asked_for("kind", 40),
        by=asked_for("by"),
        site_code=asked_for("site", 40),
        begin=_midnight(asked_for("begin"), 0),
        end=_midnight(asked_for("end"), 1),
        moved=moved,
    )


def _midnight(day: str, later: int) -> datetime | None:
    try:
        asked = date.fromisoformat(day) + timedelta(days=later)
        begin = datetime.combine(asked, datetime.min.time(), clinic_zone())
        return begin.astimezone(UTC)  # which the first day there is has not everywhere
    except (ValueError, OverflowError):
        return None


def _lot() -> int:
    """Key of the lot to whose movements the list is narrowed, or 0."""
    number = request.args.get("lot", 0, type=int)
    return number if 0 < number < 2**31 else 0


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """One entry: its facts, its movements, its text, its link, and what reversed it."""
    return _page(reference, ReverseForm(formdata=None))


def _page(reference: str, form: ReverseForm, first: Sequence[str] = ()) -> str:
    with store.reading() as connection:
        entry_id, entry = ledger.get_entry(connection, reference)
        link = link_of_entry(connection, entry_id)
        reversed_by = ledger.reversal_of(connection, entry_id)
        said: dict[str, Any] = json.loads(entry.text)
        items = _items_of(connection, said)
    may_reverse = current_person().may("web.ledger.reverse", "POST") and not reversed_by
    return render_template(
        "ledger/show.html",
        entry=entry,
        said=said,
        facts=laid_out(said["facts"], items, lambda text: str(gettext(text))),
        items=items,
        link=link,
        reversed_by=reversed_by,
        kind=KIND_WORDS[entry.kind],
        pretty=json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True),
        may_reverse=may_reverse and (entry.kind in ROUTES or entry.kind is EntryKind.CLOSE_SESSION),
        form=form,
        first=first,
        reason_words=WHY_WORDS,
        told=WORDS,
        told_of=lambda codes: listed(codes, lambda text: str(gettext(text))),
    )


def _items_of(connection: sa.Connection, said: dict[str, Any]) -> dict[str, str]:
    """Names of the items that an entry names, by their code."""
    codes = {*items_in(said["facts"]), *(move["item"] for move in said["movements"])}
    found = (catalogue.find_item(connection, code) for code in sorted(codes))
    return {item.code: item.name for item in found if item}


@blueprint.post("/<reference>/reverse")
def reverse(reference: str) -> Response | tuple[str, int]:
    """Mirror an entry, with a reason, and go to the entry that does so."""
    form = ReverseForm()
    answer = correcting.reverse_entry(act_from_request(), reference, form.reason.data or "")
    said = placed(form, answer.problems, {"reason-missing": "reason"}, CHOOSE)
    for kind, sentence in said:
        flash(sentence, kind)
    if answer.refused:
        resting = (p for p in answer.problems if p.code == "later-rests-on-it")
        first = next((p.message.values["entries"].split(", ") for p in resting), [])
        return _page(reference, form, first), 409
    flash(gettext("Reversed."), "taken")
    return redirect(url_for("web.ledger.show", reference=answer.body["entry"]))


@blueprint.get("/proof")
def proof() -> str:
    """The latest signed checkpoint of every site."""
    return _proof(PaperForm(formdata=None), None, 0)


@blueprint.post("/proof")
def verify() -> str:
    """Recompute everything from the texts, hold it against a paper, and say what was found."""
    began, form = time.perf_counter(), PaperForm()
    paper = form.paper.data or ""
    notes = notes_in(paper)
    verdict = verify_ledger(notes)
    without_note = bool(paper.strip()) and not notes
    return _proof(form, verdict, time.perf_counter() - began, without_note=without_note)


def _proof(
    form: PaperForm, verdict: Verdict | None, seconds: float, *, without_note: bool = False
) -> str:
    with store.reading() as connection:
        sites = places.list_sites(connection)
        notes = [(site, checkpoints.latest_checkpoint(connection, site.id)) for site in sites]
    return render_template(
        "ledger/proof.html",
        notes=notes,
        verdict=verdict,
        ahead=ahead_of(act_from_request().at) if verdict else {},
        seconds=seconds,
        form=form,
        without_note=without_note,
        warnings=fitness.what_to_warn_of(),
    )
