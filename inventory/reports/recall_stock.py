"""The pieces in a recall paper, each function a section: sums, places, acts and refusals."""

from collections.abc import Iterator, Sequence
from typing import Final

from inventory.domain.ledger import Reconciliation
from inventory.domain.recall import TracedMovement
from inventory.reports.recall_setting import CODE_MM, ENTRY_MM, LOT_MM, REF_MM, TIME_MM, Setting
from inventory.reports.table import Column
from inventory.reports.typeface import CODE, PROSE, STRONG, Cell, Span
from inventory.reports.wording import ENTRY_KINDS, LOCATION_KINDS, N_, Texts, listed, word

_SUMS: Final = (
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


def reconciliation(setting: Setting, title: str) -> None:
    """Where all of each lot went, and what the shelf says of the book."""
    texts, paper = setting.texts, setting.paper
    lines = setting.report.reconciliation
    paper.heading(title)
    if not lines:
        paper.paragraph(texts(N_("No covered lot was ever here: there is nothing to reconcile.")))
        return
    paper.paragraph(
        texts(
            N_(
                "In units of use: received + found = on hand + in use + used + wasted + "
                "returned + lost + unexplained. Book is on hand; variance is counted less book."
            )
        )
    )
    total = _total(lines, texts) if len(lines) > 1 else None
    rows = (_reconciled(setting, line) for line in lines)
    setting.table(title, _reconciliation_columns(texts), rows, total)
    paper.paragraph(_verdict(lines, texts))


def _reconciliation_columns(texts: Texts) -> tuple[Column, ...]:
    sums = (
        (19, texts(N_("Received"))),
        (15, texts(N_("Found"))),
        (19, texts(N_("On hand"))),
        (14, texts(N_("In use"))),
        (18, texts(N_("Used"))),
        (16, texts(N_("Wasted"))),
        (18, texts(N_("Returned"))),
        (13, texts(N_("Lost"))),
        (24, texts(N_("Unexplained"))),
        (18, texts(N_("Book"))),
        (20, texts(N_("Counted"))),
        (20, texts(N_("Variance"))),
    )
    return (
        Column(texts(N_("REF, item code")), CODE_MM, grows=True),
        Column(texts(N_("Lot")), LOT_MM, CODE),
        *(Column(title, width_mm, right=True) for width_mm, title in sums),
    )


def _reconciled(setting: Setting, line: Reconciliation) -> tuple[Cell, ...]:
    counted = setting.texts(N_("not counted")) if line.counted is None else str(line.counted)
    return (
        ((CODE, setting.reference(line.item)), (PROSE, "\n"), (CODE, line.item)),
        line.lot,
        *(str(getattr(line, name)) for name in _SUMS),
        str(line.on_hand),
        counted,
        _signed(line.variance),
    )


def _signed(variance: int | None) -> str:
    return "–" if variance is None else f"{variance:+d}" if variance else "0"


def _total(lines: Sequence[Reconciliation], texts: Texts) -> tuple[Cell, ...]:
    sums = [sum(getattr(line, name) for line in lines) for name in _SUMS]
    counted = [line.counted for line in lines if line.counted is not None]
    complete = len(counted) == len(lines)
    on_hand = sum(line.on_hand for line in lines)
    return (
        texts(N_("All lots")),
        "",
        *map(str, sums),
        str(on_hand),
        str(sum(counted)) if complete else texts(N_("not all counted")),
        _signed(sum(counted) - on_hand if complete else None),
    )


def _verdict(lines: Sequence[Reconciliation], texts: Texts) -> str:
    unbalanced = sum(line.unexplained != 0 for line in lines)
    uncounted = sum(line.counted is None for line in lines)
    differing = sum(bool(line.variance) for line in lines)
    sentences = [
        texts(N_("Lots that do not add up: %(number)s.")) % {"number": unbalanced},
        texts(N_("Lots not counted: %(number)s.")) % {"number": uncounted},
        texts(N_("Lots where the count differs from the book: %(number)s."))
        % {"number": differing},
    ]
    return " ".join(sentences)


def places(setting: Setting, title: str) -> None:
    """Where every piece is now."""
    texts = setting.texts
    setting.paper.heading(title)
    if not setting.report.whereabouts:
        setting.paper.paragraph(texts(N_("No piece of a covered lot is or was here.")))
        return
    setting.paper.paragraph(
        texts(N_("For what was used or wasted, the place is the one it came from."))
    )
    if setting.report.to_collect:
        setting.paper.paragraph(_to_collect(setting))
    columns = (
        Column(texts(N_("REF")), REF_MM, CODE, grows=True),
        Column(texts(N_("Item code")), CODE_MM, CODE),
        Column(texts(N_("Lot")), 42, CODE),
        Column(texts(N_("Unit")), CODE_MM, CODE),
        Column(texts(N_("State")), 40),
        Column(texts(N_("Place")), 30, CODE),
        Column(texts(N_("Quantity")), 18, right=True),
    )
    rows = (
        (
            setting.reference(place.item),
            place.item,
            place.lot,
            place.unit,
            texts(LOCATION_KINDS[place.kind]),
            place.location,
            str(place.quantity),
        )
        for place in setting.report.whereabouts
    )
    total = sum(place.quantity for place in setting.report.whereabouts)
    last = (texts(N_("All lots")), "", "", "", "", "", str(total))
    setting.table(title, columns, rows, last)


def _to_collect(setting: Setting) -> Cell:
    """What still lies where it should not, place by place."""
    spans: list[Span] = [
        (STRONG, setting.texts(N_("On hand outside quarantine, to be collected:")))
    ]
    for place, quantity in setting.report.to_collect:
        spans += [(PROSE, "   "), (CODE, place), (PROSE, f" {quantity}")]
    return tuple(spans)


def history(setting: Setting, title: str) -> None:
    """Who moved what, when, and from where to where."""
    texts = setting.texts
    setting.paper.heading(title)
    if not setting.report.history:
        setting.paper.paragraph(texts(N_("No covered lot was ever moved here.")))
        return
    columns = (
        Column(texts(N_("Entry")), ENTRY_MM, CODE),
        Column(texts(N_("Recorded")), TIME_MM, CODE),
        Column(texts(N_("Act")), 20),
        Column(texts(N_("By")), 20),
        Column(texts(N_("Item code")), CODE_MM, CODE),
        Column(texts(N_("Lot")), LOT_MM, CODE),
        Column(texts(N_("Unit")), CODE_MM, CODE),
        Column(texts(N_("Quantity")), 18, right=True),
        Column(texts(N_("From")), 25, CODE),
        Column(texts(N_("To")), 25, CODE),
        Column(texts(N_("Remarks")), 30, grows=True),
    )
    setting.table(title, columns, (_moved(setting, one) for one in setting.report.history))


def _moved(setting: Setting, one: TracedMovement) -> tuple[Cell, ...]:
    return (
        one.entry,
        setting.local(one.at),
        setting.texts(ENTRY_KINDS[one.kind]) if one.kind in ENTRY_KINDS else str(one.kind),
        one.by,
        one.item,
        one.lot,
        one.unit,
        str(one.quantity),
        one.source,
        one.destination,
        "; ".join(_remarks(setting, one)),
    )


def _remarks(setting: Setting, one: TracedMovement) -> Iterator[str]:
    texts = setting.texts
    if one.occurred_at != one.at:
        yield texts(N_("happened %(at)s")) % {"at": setting.local(one.occurred_at)}
    if one.entered not in ("", "derived"):
        yield word(one.entered, texts)
    if one.reason:
        yield texts(N_("reason: %(reason)s")) % {"reason": word(one.reason, texts)}
    if one.overridden:
        yield texts(N_("overruled: %(problems)s")) % {"problems": listed(one.overridden, texts)}
    if one.reversed_by:
        yield texts(N_("reversed by %(entry)s")) % {"entry": one.reversed_by}


def refusals(setting: Setting, title: str) -> None:
    """Acts that this recall stopped."""
    texts = setting.texts
    setting.paper.heading(title)
    if not setting.report.refusals:
        setting.paper.paragraph(texts(N_("No act was refused because of this recall.")))
        return
    columns = (
        Column(texts(N_("Entry")), 24, CODE),
        Column(texts(N_("Recorded")), TIME_MM + 4, CODE),
        Column(texts(N_("By")), 50),
        Column(texts(N_("Session or place")), 40, CODE),
        Column(texts(N_("Problems")), 80, grows=True),
    )
    rows = (
        (each.entry, setting.local(each.at), each.by, each.about, listed(each.problems, texts))
        for each in setting.report.refusals
    )
    setting.table(title, columns, rows)
