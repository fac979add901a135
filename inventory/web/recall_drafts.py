"""Opening a recall: the notice is typed in, what it would cover is shown, then it is opened.

Everything stays in the form until it is opened, so that nothing is kept of what was only tried.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from inventory import store
from inventory.domain.catalogue import Item
from inventory.domain.chain import plain_text
from inventory.domain.lot_lists import apart
from inventory.domain.problem import Problem
from inventory.operations import recalling
from inventory.operations.previewing import Preview, open_under, preview_recall, read_lots
from inventory.operations.recalling import RecallRequest
from inventory.store.lists import ItemLine, list_items
from inventory.web.acting import act_from_request
from inventory.web.navigation import fresh_key
from inventory.web.speech import spoken

blueprint = Blueprint("recall_drafts", __name__, url_prefix="/recalls/new")

FOUND_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the draft.

    Attributes:
        item: The item.
        lots: As typed or pasted.
        every: All lots are meant.
        asked: The lots that are meant, or None for all.
        preview: What it would meet, once asked for.
    """

    item: Item
    lots: str
    every: bool
    asked: tuple[str, ...] | None
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as it stands.

    Attributes:
        reference: The manufacturer's reference of the notice.
        manufacturer: Who recalls.
        reason: In the notice's words.
        lines: The items.
        key: Idempotency key of the opening.
        search: What was typed to find an item.
        found: The items that were found.
        problems: What is missing, once it was to be opened.
        twins: Open recalls with the same reference, once everything is previewed.
        changed: It was to be opened, and is no longer what was looked at.
    """

    reference: str
    manufacturer: str
    reason: str
    lines: tuple[Line, ...]
    key: str
    search: str = ""
    found: tuple[ItemLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    twins: tuple[str, ...] = ()
    changed: bool = False

    @property
    def is_previewed(self) -> bool:
        """Whether everybody could see what would be covered."""
        return bool(self.lines) and all(line.preview for line in self.lines)

    @property
    def scope(self) -> str:
        """What would be covered, as a digest: only what was looked at is opened."""
        meant = [(line.item.code, line.asked) for line in self.lines]
        return hashlib.sha256(repr(meant).encode()).hexdigest()

    def problem(self, *names: str) -> str:
        """The sentence about a field, or empty."""
        missing = {f"{name}-missing" for name in names}
        return " ".join(
            spoken(each.message)
            for each in self.problems
            if each.code in missing or each.message.values.get("name") in names
        )


@blueprint.get("")
def new() -> str:
    """An empty form."""
    return render_template("recalls/new.html", draft=Draft("", "", "", (), fresh_key()))


@blueprint.post("")
def draft() -> str:
    """The form after one of its buttons: an item found, added, left out, or all of it previewed."""
    return render_template("recalls/new.html", draft=_draft(request.form.get("do", "find")))


@blueprint.get("/items")
def items() -> str:
    """Items that fit what is being typed, as the form shows them."""
    return render_template("recalls/_found.html", found=_found(request.args.get("search", "")))


@blueprint.post("/open")
def add() -> Response | tuple[str, int]:
    """Open the recall: from this instant no covered lot is taken anywhere."""
    made = _draft("preview")
    if made.lines and request.form.get("seen", "") != made.scope:
        again = replace(made, changed=True)
        return render_template("recalls/new.html", draft=again), 422
    scope = [(line.item.code, line.asked) for line in made.lines]
    asked = RecallRequest(made.reference, made.manufacturer, made.reason, scope)
    answer = recalling.open_recall(act_from_request(), asked)
    if answer.refused:
        again = replace(made, key=fresh_key(), problems=answer.problems)
        return render_template("recalls/new.html", draft=again), 422
    flash(gettext("The recall is open. No covered lot is taken anywhere from now on."), "taken")
    return redirect(url_for("web.recalls.show", code=answer.body["code"]))


def _draft(do: str) -> Draft:
    """The form as it was sent, changed as its button says.

    Buttons: `find`, `add:ITEM`, `remove:ITEM`, `lot:ITEM:LOT` for a lot that looks like an asked
    one, `apart:ITEM:LOT` for one that is several, `preview`.
    """
    form = request.form
    verb, _, rest = do.partition(":")
    search = form.get("search", "").strip()[:200]
    lines = _lines(verb, rest)
    previewed = verb in ("preview", "lot", "apart")
    reference = plain_text(form.get("reference", "").strip())
    if previewed:
        lines = tuple(_previewed(line) for line in lines)
    return Draft(
        reference,
        plain_text(form.get("manufacturer", "").strip()),
        plain_text(form.get("reason", "").strip()),
        lines,
        form.get("key") or fresh_key(),
        "" if verb == "add" else search,
        _found(search) if verb == "find" else (),
        twins=tuple(open_under(reference)) if previewed else (),
    )


def _lines(verb: str, rest: str) -> tuple[Line, ...]:
    codes = list(filter(None, dict.fromkeys(request.form.getlist("item"))))
    if verb == "add" and rest not in codes:
        codes.append(rest)
    if verb == "remove":
        codes = [code for code in codes if code != rest]
    return tuple(_line(code, verb, rest) for code in codes)


def _line(code: str, verb: str, rest: str) -> Line:
    text = request.form.get(f"lots-{code}", "")
    changed, _, lot = rest.partition(":")
    if verb == "lot" and changed == code and lot:
        text = f"{text.rstrip()}\n{lot}"
    item, lots = read_lots(code, text)
    if verb == "apart" and changed == code and lot in lots:
        lots = [each for one in lots for each in (apart(one) if one == lot else [one])]
        text = "\n".join(dict.fromkeys(lots))
    every = request.form.get(f"every-{code}") == "yes"
    return Line(item, text, every, None if every else tuple(dict.fromkeys(lots)))


def _previewed(line: Line) -> Line:
    return replace(line, preview=preview_recall(line.item.code, line.asked))


def _found(search: str) -> tuple[ItemLine, ...]:
    if not search.strip():
        return ()
    with store.reading() as connection:
        found, _ = list_items(connection, search=search.strip()[:200], size=FOUND_AT_MOST)
    return tuple(found)
