"""Scanning into a patient session, answered so that it is understood from a metre away."""

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, jsonify
from flask_babel import gettext, lazy_gettext

from inventory.domain.problem import OVERRULABLE, Problem
from inventory.operations import scanning
from inventory.operations.matching import is_no_pack
from inventory.operations.posting import Answer
from inventory.web.acting import act_from_request, clinic_today
from inventory.web.held_label import given_up, said_while_held
from inventory.web.one_label import apart, kept, repeats, waits_for
from inventory.web.scan_reader import ScanReader, sent_scan
from inventory.web.speech import spoken

blueprint = Blueprint("scanning", __name__, url_prefix="/sessions/<code>")

WORDS: Final = {
    "other-patient": lazy_gettext("Another patient"),
    "other-session": lazy_gettext("Another session"),
    "lot-recalled": lazy_gettext("Recalled"),
    "label-differs": lazy_gettext("Wrong label"),
    "unit-already-used": lazy_gettext("Already used"),
    "lot-expired": lazy_gettext("Expired"),
    "on-hold": lazy_gettext("On hold"),
    "patient-session-closed": lazy_gettext("Session closed"),
    "clock-suspect": lazy_gettext("Clock wrong"),
    "unknown-item": lazy_gettext("Unknown item"),
    "not-here": lazy_gettext("Not in this room"),
    "unreadable": lazy_gettext("Not readable"),
    "patient-unknown": lazy_gettext("Not known here"),
    "unit-label-needed": lazy_gettext("Scan our label"),
    "lot-missing": lazy_gettext("Second barcode"),
    "lot-ambiguous": lazy_gettext("Which lot?"),
    "typed-differs": lazy_gettext("Typed differently"),
    "lot-known": lazy_gettext("Known already"),
    "recalled-lot-resembles": lazy_gettext("Like a recalled lot"),
    "check-digit-wrong": lazy_gettext("Misread"),
    "carton-code": lazy_gettext("Carton code"),
    "not-in-procedure": lazy_gettext("Not planned"),
    "more-than-planned": lazy_gettext("More than planned"),
    "outcome-missing": lazy_gettext("Not finished"),
    "required-missing": lazy_gettext("Not finished"),
    "used-in-cancelled": lazy_gettext("Something was used"),
}
"""What the whole screen says, the gravest problem first."""

_GRAVITY: Final = {code: place for place, code in enumerate(WORDS)}

ASKS_FOR_MORE: Final = frozenset(
    {
        "lot-missing",
        "lot-ambiguous",
        "typed-differs",
        "unit-label-needed",
        "patient-unknown",
        *OVERRULABLE,
    }
)
"""Problems that are amber, because one more step of the nurse settles them."""


@blueprint.post("/scans")
def scan(code: str) -> Response:
    """Open one thing for the patient, and say what came of it."""
    sent = sent_scan()
    reader = ScanReader(sent)
    asked = reader.request()
    barcodes = asked.asked.barcodes
    today = clinic_today()
    more: dict[str, Any] = {"hold": False, "lacks": "", "accepted": False}
    more |= {"barcodes": list(barcodes), "given_up": given_up(reader.held_before(), barcodes)}
    strange = apart(reader.barcodes(), today)
    shown = strange or repeats(reader.after(), barcodes, today)
    if shown:
        kind, word, sentence = shown
        told = {"kind": kind, "word": word, "sentences": [sentence]}
        if strange or waits_for(barcodes, today) == "lot":  # perhaps the next pack begins with it
            more |= {"kept": list(barcodes), "perhaps": not strange}
        return jsonify(_beside({**verdict(Answer({})), **told, **more}))
    answer = scanning.scan_into_session(act_from_request(), code.upper(), asked)
    more["accepted"] = not answer.refused
    if answer.refused:
        more["lacks"] = "" if _misread_unknown(answer) else waits_for(barcodes, today)
        more["hold"] = more["lacks"] != ""
        more["kept"] = list(barcodes if more["hold"] else kept(barcodes, today))
    if more["hold"]:
        more |= said_while_held(barcodes, more["lacks"])
    return jsonify(_beside({**verdict(answer), **more}))


def _misread_unknown(answer: Answer) -> bool:
    """Whether a code that no item here has was misread: it is scanned again, not completed."""
    return {"unknown-item", "check-digit-wrong"} <= {each.code for each in answer.problems}


def _beside(said: dict[str, Any]) -> dict[str, Any]:
    """The answer to a scan with what is said of the label that it gave up: that is not overseen."""
    if not said["given_up"]:
        return said
    kind = "look" if said["kind"] == "taken" else said["kind"]
    return said | {"kind": kind, "sentences": [*said["sentences"], said["given_up"]]}


def verdict(answer: Answer) -> dict[str, Any]:
    """What a page shows of an answer: colour, word, sentences, and what may be overruled."""
    stopping = (
        [problem for problem in answer.problems if problem.blocking] if answer.refused else []
    )
    stopping.sort(key=lambda problem: _GRAVITY.get(problem.code, len(_GRAVITY)))
    codes = [problem.code for problem in stopping]
    again = bool(answer.body.get("again"))
    return {
        "kind": _kind(answer, codes),
        "word": _word(answer, stopping, again),
        "sentences": [spoken(problem.message) for problem in _shown(answer, stopping)],
        "overrulable": _overrulable(answer, codes),
        "again": again,
        "thing": _thing(answer.body),
        "lot": answer.body.get("lot") or "",
        "candidates": answer.body.get("candidates") or [],
        "way": answer.body.get("way") or "",
        "unit": answer.body.get("unit") or "",
        "expires_on": answer.body.get("expires_on") or "",
        "quantity": answer.body.get("quantity") or 0,
    }


def _overrulable(answer: Answer, codes: Sequence[str]) -> list[str]:
    """What a reason overrules: all that stops, or what has to be before there is a way on."""
    if codes and set(codes) <= OVERRULABLE:
        return list(codes)
    return list(answer.body.get("overrule") or [])


def _shown(answer: Answer, stopping: Sequence[Problem]) -> list[Problem]:
    """What stops, and the hints that say why it was read so; or what is told of an act done."""
    if not stopping:
        return _told(answer)
    misread = any(problem.code in _MISREAD for problem in stopping)
    hints = [each for each in answer.problems if misread and each.code in _EXPLAINING]
    first = [each for each in answer.problems if each.code == "perhaps-wristband"]
    return [*first, *stopping, *hints]


_MISREAD: Final = frozenset(
    {"unreadable", "check-digit-wrong", "unknown-item", "lot-missing", "lot-ambiguous", "not-here"}
)
"""Refusals that a scanner set up wrongly brings about."""

_EXPLAINING: Final = frozenset({"keyboard-layout", "caps-lock", "case-doubtful", "blank-lost"})
"""What is told of the scanner, and explains such a refusal."""


def _told(answer: Answer) -> list[Problem]:
    """What is worth telling of an act that was done; not what was overruled a moment ago."""
    return [problem for problem in answer.problems if problem.code not in OVERRULABLE]


def _thing(body: Any) -> str:
    """The name of what was taken; acts that take nothing have none."""
    return str(body.get("item_name") or "")


def _kind(answer: Answer, codes: Sequence[str]) -> str:
    if answer.refused:
        return "look" if set(codes) <= ASKS_FOR_MORE else "stop"
    told = {problem.code for problem in answer.problems}
    if answer.body.get("again") and "lot-recalled" in told:  # it lies in the session already
        return "stop"
    return "look" if told - _HARMLESS else "taken"


_HARMLESS: Final = OVERRULABLE | {
    "only-piece",
    "keyboard-layout",
    "caps-lock",
    "case-doubtful",
    "not-marked-gs1",
    "session-matches",
    "patient-matches",
}
"""Overruled a moment ago, or only to be told: the colour stays green."""


_DOUBTED: Final = frozenset({"lot-recalled", "lot-expired", "on-hold"})
"""What is told of a piece that lies in the session already, in the word of a refusal."""


def _word(answer: Answer, stopping: Sequence[Problem], again: bool) -> str:
    if answer.body.get("match"):
        return str(gettext("It matches"))
    if again and (told := [each.code for each in answer.problems if each.code in _DOUBTED]):
        return str(WORDS[min(told, key=lambda code: _GRAVITY[code])])
    if not answer.refused:
        return str(gettext("Already in this session") if again else gettext("Taken"))
    if stopping and is_no_pack(stopping[0]):
        return str(gettext("Not a pack"))
    return str(WORDS.get(stopping[0].code) or gettext("Stop") if stopping else gettext("Stop"))


def notices(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """Problems as notices of the next page: colour and sentence."""
    return [("stop" if each.blocking else "look", spoken(each.message)) for each in problems]
