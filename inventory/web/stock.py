"""Stock: what is on hand, where, and what expires first."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from inventory.domain.expiries import LATER, Share, by_month, month_of
from inventory.domain.ledger import ON_HAND, LocationKind
from inventory.store import lists, places, reading
from inventory.store.lists import PAGE, BlockedLots, StockLine
from inventory.web.acting import clinic_today
from inventory.web.listing import asked_for, csv_answer, page_count, page_number
from inventory.web.speech import N_

blueprint = Blueprint("stock", __name__, url_prefix="/stock")

DAYS: Final = (30, 60, 90)
"""How far ahead one looks for what expires."""

HEADINGS: Final = (
    N_("Item"),
    N_("REF"),
    N_("Lot"),
    N_("Expires on"),
    N_("Place"),
    N_("State"),
    N_("Units of use"),
)


@blueprint.get("/")
def list() -> str:
    """What is on hand, a page at a time: by item, or by expiry where that is asked for."""
    held, blocked = _found()
    lines = _in_month(held)
    start = (page_number() - 1) * PAGE
    shown = lines[start : start + PAGE]
    with reading() as connection:
        shelves = places.list_locations(connection, *ON_HAND)
    return render_template(
        "stock/list.html",
        lines=shown,
        groups=[(code, [*of_item]) for code, of_item in groupby(shown, lambda x: x.item)],
        states={(x.lot_id, x.location): states(x, blocked) for x in shown},
        lots=len({x.lot_id for x in lines}),
        total=len(lines),
        quantity=sum(x.quantity for x in lines),
        sums=_sums(lines),
        places=shelves,
        days=DAYS,
        bars=_bars(by_month(((x.expires_on, x.quantity) for x in held), clinic_today())),
        month=asked_for("month", 7),
        today=clinic_today(),
        pages=page_count(len(lines)),
        page=page_number(),
    )


@blueprint.get("/stock.csv")
def csv() -> Response:
    """The same as CSV, all pages."""
    held, blocked = _found()
    rows = (
        (
            line.item_name,
            line.reference,
            line.lot,
            line.expires_on,
            line.location,
            ", ".join(word for _, word in states(line, blocked)),
            line.quantity,
        )
        for line in _in_month(held)
    )
    return csv_answer(N_("Stock"), HEADINGS, rows)


def _found() -> tuple[Sequence[StockLine], BlockedLots]:
    days = request.args.get("expiring", 0, type=int)
    before = clinic_today() + timedelta(days=days) if 0 < days <= 3650 else None
    with reading() as connection:
        lines = lists.on_hand(
            connection,
            place=asked_for("place", 40),
            search=asked_for("search"),
            expires_before=before,
            item_code=asked_for("item", 40),
        )
        if before or asked_for("month", 7):
            lines = [line for line in lines if line.expires_on]
            lines.sort(key=lambda line: (line.expires_on, line.item_name))
        return lines, lists.blocked_lots(connection)


def _in_month(lines: Sequence[StockLine]) -> Sequence[StockLine]:
    """Those of the month that is asked for; all where none is."""
    month, today = asked_for("month", 7), clinic_today()
    if not month:
        return lines
    return [x for x in lines if x.expires_on and month_of(x.expires_on, today) == month]


def _bars(shares: Sequence[Share]) -> Sequence[tuple[Share, int]]:
    """Each share with the height of its bar, in hundredths of the highest month.

    What expires later is a number without a bar: beside it, every month would be flat. No bars at
    all where nothing has an expiry date.
    """
    if not any(share.quantity for share in shares):
        return []
    highest = max([1, *(share.quantity for share in shares if share.month != LATER)])
    return [(x, 0 if x.month == LATER else -(-100 * x.quantity // highest)) for x in shares]


def _sums(lines: Sequence[StockLine]) -> dict[str, int]:
    """Units of use by item, over all pages."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.item] = sums.get(line.item, 0) + line.quantity
    return sums


def states(line: StockLine, blocked: BlockedLots) -> Sequence[tuple[str, str]]:
    """What must be known of a line before it is touched: a shape and a word each."""
    found = []
    if line.expires_on and line.expires_on < clinic_today():
        found.append(("stop", gettext("expired")))
    if line.lot_id in blocked.recalled:
        found.append(("stop", gettext("recalled")))
    if line.lot_id in blocked.held:
        found.append(("stop", gettext("on hold")))
    if line.location_kind is LocationKind.QUARANTINE:
        found.append(("look", gettext("in quarantine")))
    if line.location_kind is LocationKind.TRANSIT:
        found.append(("look", gettext("on its way")))
    return found
