"""The ledger: every act, its text, its link in the chain, and the proof that none was changed."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from inventory import store
from inventory.domain.chain import notes_in
from inventory.domain.ledger import ROUTES, EntryKind
from inventory.domain.patient_session import REVERSE_REASONS
from inventory.operations import correcting
from inventory.operations.verifying import Verdict, verify_ledger
from inventory.reports.wording import ENTRY_KINDS, WORDS
from inventory.store import checkpoints, ledger, places
from inventory.store.lists import all_entries, list_entries
from inventory.store.lists.proof import link_of_entry
from inventory.web.access import current_person
from inventory.web.acting import act_from_request, clinic_zone
from inventory.web.listing import asked_for, csv_answer, page_count, page_number
from inventory.web.scanning import notices
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
    EntryKind.WORKSTATION: N_("workstation changed"),
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


@blueprint.get("/")
def list() -> str:
    """Entries, the latest first; what is shown is told by the address bar."""
    page = page_number()
    with store.reading() as connection:
        entries, total = list_entries(connection, **_asked(), page=page)
        sites = places.list_sites(connection)
    return render_template(
        "ledger/list.html",
        entries=entries,
        total=total,
        asked={name: asked_for(name) for name in ("about", "kind", "by", "site", "begin", "end")},
        sites=sites,
        page=page,
        pages=page_count(total),
        kinds=KIND_WORDS,
    )


@blueprint.get("/entries.csv")
def csv() -> Response:
    """The same as CSV, all pages."""
    return csv_answer(N_("Ledger"), COLUMNS, _rows(_asked()))


def _asked() -> dict[str, Any]:
    """Which entries the address bar asks for; days are the clinic's, both included."""
    return {
        "about": asked_for("about"),
        "kind": asked_for("kind"),
        "by": asked_for("by"),
        "site_code": asked_for("site"),
        "begin": _midnight(asked_for("begin"), 0),
        "end": _midnight(asked_for("end"), 1),
    }


def _midnight(day: str, later: int) -> datetime | None:
    try:
        asked = date.fromisoformat(day) + timedelta(days=later)
        begin = datetime.combine(asked, datetime.min.time(), clinic_zone())
        return begin.astimezone(UTC)  # which the first day there is has not everywhere
    except (ValueError, OverflowError):
        return None


def _rows(asked: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    words = {kind: gettext(word) for kind, word in KIND_WORDS.items()}
    for entry in all_entries(**asked):
        said = json.loads(entry.text)
        occurred_at = datetime.fromisoformat(said["occurred_at"])
        yield (
            *(entry.reference, instant(entry.at), instant(occurred_at)),
            *(words[entry.kind], entry.by, entry.about, said["reason"], said["reverses"]),
        )


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    """One entry: its facts, its movements, its text, its link, and what reversed it."""
    with store.reading() as connection:
        entry_id, entry = ledger.get_entry(connection, reference)
        link = link_of_entry(connection, entry_id)
        reversed_by = ledger.reversal_of(connection, entry_id)
    said: dict[str, Any] = json.loads(entry.text)
    may_reverse = current_person().may("web.ledger.reverse", "POST") and not reversed_by
    return render_template(
        "ledger/show.html",
        entry=entry,
        said=said,
        facts=laid_out(said["facts"]),
        link=link,
        reversed_by=reversed_by,
        kind=KIND_WORDS[entry.kind],
        pretty=json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True),
        may_reverse=may_reverse and (entry.kind in ROUTES or entry.kind is EntryKind.CLOSE_SESSION),
        reasons=[(code, REASON_WORDS[code]) for code in REVERSE_REASONS],
        reason_words=REASON_WORDS,
        told=WORDS,
    )


def laid_out(facts: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The facts of an entry, name by name; what is nested stays JSON.

    Examples:
        >>> laid_out({"location": "TO-OR1", "problems": ["not-here"], "cancelled": True})
        (('location', 'TO-OR1'), ('problems', 'not-here'), ('cancelled', 'true'))
    """
    return tuple((name, _plain(value)) for name, value in facts.items())


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    is_texts = isinstance(value, tuple | type([])) and all(isinstance(each, str) for each in value)
    return ", ".join(value) if is_texts else json.dumps(value, ensure_ascii=False)


@blueprint.post("/<reference>/reverse")
def reverse(reference: str) -> Response:
    """Mirror an entry, with a reason, and go to the entry that does so."""
    reason = request.form.get("reason", "")
    answer = correcting.reverse_entry(act_from_request(), reference, reason)
    for kind, sentence in notices(answer.problems):
        flash(sentence, kind)
    if not answer.refused:
        flash(gettext("Reversed."), "taken")
    target = reference if answer.refused else answer.body["entry"]
    return redirect(url_for("web.ledger.show", reference=target))


@blueprint.get("/proof")
def proof() -> str:
    """The latest signed checkpoint of every site."""
    return _proof(None, 0)


@blueprint.post("/proof")
def verify() -> str:
    """Recompute everything from the texts, hold it against a paper, and say what was found."""
    began, paper = time.perf_counter(), request.form.get("paper", "")
    notes = notes_in(paper)
    verdict = verify_ledger(notes)
    return _proof(
        verdict, time.perf_counter() - began, paper, without_note=bool(paper.strip()) and not notes
    )


def _proof(
    verdict: Verdict | None, seconds: float, paper: str = "", *, without_note: bool = False
) -> str:
    with store.reading() as connection:
        sites = places.list_sites(connection)
        notes = [(site, checkpoints.latest_checkpoint(connection, site.id)) for site in sites]
    return render_template(
        "ledger/proof.html",
        notes=notes,
        verdict=verdict,
        seconds=seconds,
        paper=paper,
        without_note=without_note,
    )
