"""What became of what was opened, and the end of a session.

Each of these is a form on the session's screen. The screen's script sends it and shows the answer
over the whole screen; without a script the same form answers with the next page.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms import HiddenField

from inventory.operations import closing, correcting, using
from inventory.operations.posting import Answer
from inventory.web.access import wants_json
from inventory.web.acting import act_from_request
from inventory.web.forms import PageForm
from inventory.web.numbers import NumberField
from inventory.web.scanning import notices, verdict
from inventory.web.speech import spoken

blueprint = Blueprint("outcomes", __name__, url_prefix="/sessions/<code>")


class OutcomeForm(PageForm):
    """What became of one line of a session; a button says what, a dialog asks why."""

    outcome = HiddenField()
    unit = HiddenField()
    item = HiddenField()
    lot = HiddenField()
    quantity = NumberField()
    reason = HiddenField()

    def said(self) -> using.Outcome:
        """The outcome; without a quantity that of all that are in the session."""
        everything = not any(self.quantity.raw_data or ())
        return using.Outcome(
            self.outcome.data or "",
            self.unit.data or "",
            self.item.data or "",
            self.lot.data or "",
            None if everything else self.quantity.data,
            self.reason.data or "",
        )


class CloseForm(PageForm):
    """The end of a session: as done, as not taken place, or as broken off."""

    cancelled = HiddenField()
    broken_off = HiddenField()


class UndoForm(PageForm):
    """Which scan is undone, and why."""

    entry = HiddenField()
    reason = HiddenField()


@blueprint.post("/outcomes")
def say(code: str) -> Response:
    """Say what became of one line: used, wasted for a reason, or put back unopened."""
    outcome = OutcomeForm().said()
    answer = using.say_outcome(act_from_request(), code.upper(), outcome)
    words = {"used": gettext("Used"), "wasted": gettext("Wasted")}
    return _answered(answer, code, words.get(outcome.outcome, gettext("Put back")))


@blueprint.post("/use-all")
def use_all(code: str) -> Response:
    """Everything whose outcome was not said was used."""
    return _answered(using.use_all(act_from_request(), code.upper()), code, gettext("All used"))


@blueprint.post("/close")
def close(code: str) -> Response:
    """Close the session, or say all that stands in the way."""
    form = CloseForm()
    cancelled, broken_off = form.cancelled.data == "yes", form.broken_off.data == "yes"
    answer = closing.close_session(act_from_request(), code.upper(), cancelled, broken_off)
    return _answered(answer, code, gettext("Closed"), _without_outcome(answer))


def _without_outcome(answer: Answer) -> dict[str, Any]:
    """What lacks its outcome, below one sentence where that is more than one thing."""
    lacking = [each for each in answer.problems if each.code == "outcome-missing"]
    if len(lacking) < 2:
        return {}
    things = [
        gettext("%(quantity)s × %(item)s, lot %(lot)s", **each.message.values) for each in lacking
    ]
    head = gettext(
        "Opened without an outcome: %(count)s. Say used, wasted or put back unopened.",
        count=len(things),
    )
    others = [
        spoken(each.message) for each in answer.problems if each.blocking and each not in lacking
    ]
    return {"sentences": [head, *others], "listed": things}


@blueprint.post("/undo")
def undo(code: str) -> Response:
    """Undo a scan, with the reason."""
    form = UndoForm()
    entry, reason = form.entry.data or "", form.reason.data or ""
    answer = correcting.undo_opening(act_from_request(), code.upper(), entry, reason)
    return _answered(answer, code, gettext("Undone"))


def _answered(
    answer: Answer, code: str, word: str, said_so: Mapping[str, Any] = MappingProxyType({})
) -> Response:
    """The answer as the screen's script wants it, or as the next page."""
    address = url_for("web.sessions.show", code=code.upper())
    said = {**verdict(answer), **said_so}
    if not answer.refused:
        said["word"] = word
    if wants_json():
        return jsonify({**said, "next": address if answer.body.get("closed") else ""})
    for kind, sentence in notices(answer.problems):
        flash(sentence, kind)
    if not answer.refused:
        flash(f"{word}.", "taken")
    return redirect(address)
