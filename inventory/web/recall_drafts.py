"""Opening a recall: the notice is typed in, what it would cover is shown, then it is opened.

Everything stays in the form until it is opened, so that nothing is kept of what was only tried.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from inventory import store
from inventory.domain.catalogue import Item
from inventory.domain.problem import Problem
from inventory.operations import recalling
from inventory.operations.recalling import Preview, RecallRequest, preview_recall, split_lots
from inventory.store import catalogue
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
        preview: What it would meet, once asked for.
    """

    item: Item
    lots: str
    every: bool
    preview: Preview | None = None

    @property
    def asked(self) -> Sequence[str] | None:
        """The lots that are meant, or None for all."""
        return None if self.every else split_lots(self.lots)


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
    """

    reference: str
    manufacturer: str
    reason: str
    lines: tuple[Line, ...]
    key: str
    search: str = ""
    found: tuple[ItemLine, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_previewed(self) -> bool:
        """Whether everybody could see what would be covered."""
        return bool(self.lines) and all(line.preview for line in self.lines)

    def problem(self, *codes: str) -> str:
        """The sentence about a field, or empty."""
        return " ".join(spoken(each.message) for each in self.problems if each.code in codes)


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
    scope = [(line.item.code, line.asked) for line in made.lines]
    asked = RecallRequest(made.reference, made.manufacturer, made.reason, scope)
    answer = recalling.open_recall(act_from_request(), asked)
    if answer.refused:
        again = Draft(
            made.reference,
            made.manufacturer,
            made.reason,
            made.lines,
            fresh_key(),
            problems=answer.problems,
        )
        return render_template("recalls/new.html", draft=again), 422
    flash(gettext("The recall is open. No covered lot is taken anywhere from now on."), "taken")
    return redirect(url_for("web.recalls.show", code=answer.body["code"]))


def _draft(do: str) -> Draft:
    """The form as it was sent, changed as its button says.

    Buttons: `find`, `add:ITEM`, `remove:ITEM`, `lot:ITEM:LOT` for a lot that looks like an asked
    one, `preview`.
    """
    form = request.form
    verb, _, rest = do.partition(":")
    search = form.get("search", "").strip()[:200]
    lines = _lines(verb, rest)
    if verb in ("preview", "lot"):
        lines = tuple(_previewed(line) for line in lines)
    return Draft(
        form.get("reference", "").strip(),
        form.get("manufacturer", "").strip(),
        form.get("reason", "").strip(),
        lines,
        form.get("key") or fresh_key(),
        "" if verb == "add" else search,
        _found(search) if verb == "find" else (),
    )


def _lines(verb: str, rest: str) -> tuple[Line, ...]:
    codes = list(filter(None, dict.fromkeys(request.form.getlist("item"))))
    if verb == "add" and rest not in codes:
        codes.append(rest)
    if verb == "remove":
        codes = [code for code in codes if code != rest]
    to_add = rest.partition(":")[::2] if verb == "lot" else ("", "")
    with store.reading() as connection:
        known = [catalogue.get_item(connection, code) for code in codes]
    return tuple(_line(item, *to_add) for item in known)


def _line(item: Item, more_of: str, more: str) -> Line:
    lots = request.form.get(f"lots-{item.code}", "")
    if item.code == more_of and more:
        lots = f"{lots.rstrip()}\n{more}"
    return Line(item, lots, request.form.get(f"every-{item.code}") == "yes")


def _previewed(line: Line) -> Line:
    return Line(line.item, line.lots, line.every, preview_recall(line.item.code, line.asked))


def _found(search: str) -> tuple[ItemLine, ...]:
    if not search.strip():
        return ()
    with store.reading() as connection:
        found, _ = list_items(connection, search=search.strip()[:200], size=FOUND_AT_MOST)
    return tuple(found)
