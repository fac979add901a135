"""Opening a recall: the notice is typed in, what it would cover is shown, then it is opened.

Everything stays in the form until it is opened, so that nothing is kept of what was only tried.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from inventory import store
from inventory.domain.catalogue import Item
from inventory.domain.lot_lists import apart
from inventory.domain.problem import Problem
from inventory.operations import recalling
from inventory.operations.previewing import Preview, open_under, preview_recall, read_lots
from inventory.operations.recalling import LONGEST, RecallRequest
from inventory.store.lists import ItemLine, list_items
from inventory.web.acting import act_from_request
from inventory.web.navigation import fresh_key
from inventory.web.recall_form import (
    LONGEST_SEARCH,
    LotsForm,
    NoticeForm,
    add_error,
    named_in,
)
from inventory.web.speech import spoken

blueprint = Blueprint("recall_drafts", __name__, url_prefix="/recalls/new")

FOUND_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the draft.

    Attributes:
        item: The item.
        form: Its lots as typed or pasted, and whether all lots are meant.
        asked: The lots that are meant, or None for all.
        preview: What it would meet, once asked for.
    """

    item: Item
    form: LotsForm
    asked: tuple[str, ...] | None
    preview: Preview | None = None

    def place(self, problem: Problem) -> bool:
        """Show a problem at the lots if it is about them; False where it is not."""
        none = problem.code == "lots-missing" and self.asked == ()
        long = named_in(problem) == "lot" and any(
            len(lot) > LONGEST["lot"] for lot in self.asked or ()
        )
        if none or long:
            add_error(self.form.lots, problem)
        return none or long


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as it stands.

    Attributes:
        form: The head of the notice, with what is wrong in it once it was to be opened.
        lines: The items.
        found: The items that were found.
        said: What is wrong besides.
        twins: Open recalls with the same reference, once everything is previewed.
        changed: It was to be opened, and is no longer what was looked at.
    """

    form: NoticeForm
    lines: tuple[Line, ...] = ()
    found: tuple[ItemLine, ...] = ()
    said: tuple[str, ...] = ()
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

    def placed(self, problems: Sequence[Problem]) -> "Draft":
        """The same with each problem, once, at the fields that it is about, or above the items."""
        left = []
        once = [each for place, each in enumerate(problems) if each not in problems[:place]]
        for problem in once:
            at_lots = [line.place(problem) for line in self.lines]
            if not self.form.place(problem) and not any(at_lots):
                left.append(spoken(problem.message))
        return replace(self, said=tuple(left))


@blueprint.get("")
def new() -> str:
    """An empty form."""
    return render_template("recalls/new.html", draft=Draft(NoticeForm()))


@blueprint.post("")
def draft() -> str:
    """The form after one of its buttons: an item found, added, left out, or all of it previewed."""
    form = NoticeForm()
    return render_template("recalls/new.html", draft=_draft(form, form.do.data or ""))


@blueprint.get("/items")
def items() -> str:
    """Items that fit what is being typed, as the form shows them."""
    return render_template("recalls/_found.html", found=_found(request.args.get("search", "")))


@blueprint.post("/open")
def add() -> Response | tuple[str, int]:
    """Open the recall: from this instant no covered lot is taken anywhere."""
    form = NoticeForm()
    made = _draft(form, "preview")
    if made.lines and form.seen.data != made.scope:
        again = replace(made, changed=True)
        return render_template("recalls/new.html", draft=again), 422
    scope = [(line.item.code, line.asked) for line in made.lines]
    asked = RecallRequest(
        form.reference.data or "", form.manufacturer.data or "", form.reason.data or "", scope
    )
    answer = recalling.open_recall(act_from_request(), asked)
    if answer.refused:
        form.key.data = fresh_key()
        again = made.placed(answer.problems)
        return render_template("recalls/new.html", draft=again), 422
    flash(gettext("The recall is open. No covered lot is taken anywhere from now on."), "taken")
    return redirect(url_for("web.recalls.show", code=answer.body["code"]))


def _draft(form: NoticeForm, do: str) -> Draft:
    """The form as it was sent, changed as its button says.

    Buttons: `find`, `add:ITEM`, `remove:ITEM`, `lot:ITEM:LOT` for a lot that looks like an asked
    one, `apart:ITEM:LOT` for one that is several, `alike:ITEM:OTHER` to recall the same lots of
    another item that may be the same thing, `preview`.
    """
    verb, _, rest = do.partition(":")
    lines = _lines(form, verb, rest)
    search = form.search.data or ""
    if verb == "add":
        form.search.data = ""
    if verb not in ("preview", "lot", "apart", "alike"):
        return Draft(form, lines, _found(search) if verb == "find" else ())
    twins = open_under(form.reference.data or "")
    covered = [line.item.code for line in lines]
    return Draft(form, tuple(_previewed(line, covered) for line in lines), twins=tuple(twins))


def _lines(form: NoticeForm, verb: str, rest: str) -> tuple[Line, ...]:
    codes = form.codes
    if verb == "add" and rest not in codes:
        codes.append(rest)
    of, _, other = rest.partition(":")
    if verb == "alike" and of in codes and other and other not in codes:
        codes.append(other)
    if verb == "remove":
        codes = [code for code in codes if code != rest]
    return tuple(_line(LotsForm(code), verb, rest) for code in codes)


def _line(form: LotsForm, verb: str, rest: str) -> Line:
    text = form.lots.data or ""
    changed, _, lot = rest.partition(":")
    if verb == "alike" and lot == form.item and not text.strip():
        same = LotsForm(changed)
        text, form.every.data = same.lots.data or "", same.every.data
    if verb == "lot" and changed == form.item and lot:
        text = f"{text.rstrip()}\n{lot}"
    item, lots = read_lots(form.item, text)
    if verb == "apart" and changed == form.item and lot in lots:
        lots = [each for one in lots for each in (apart(one) if one == lot else [one])]
        text = "\n".join(dict.fromkeys(lots))
    form.lots.data = text
    return Line(item, form, None if form.every.data else tuple(dict.fromkeys(lots)))


def _previewed(line: Line, covered: Sequence[str]) -> Line:
    return replace(line, preview=preview_recall(line.item.code, line.asked, covered))


def _found(search: str) -> tuple[ItemLine, ...]:
    if not search.strip():
        return ()
    with store.reading() as connection:
        found, _ = list_items(
            connection, search=search.strip()[:LONGEST_SEARCH], size=FOUND_AT_MOST
        )
    return tuple(found)
