"""An order to print: what is asked for, and whether it can be printed so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

import sqlalchemy as sa

from inventory.domain.chain import Json
from inventory.domain.problem import Problem, say
from inventory.domain.workstation import Printer
from inventory.operations.label_contents import Batch, Kind, Wanted, problem_of
from inventory.operations.posting import Act
from inventory.operations.refusing import check_late
from inventory.store import labels as label_store
from labels.content import Label
from labels.layout import STOCKS
from labels.problems import LabelProblem
from labels.sheet import labels_pdf
from labels.zpl import Dpi, labels_zpl

REASONS: Final = ("lost", "damaged", "unreadable")
"""Why any label is printed once more."""

FURTHER_REASONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.UNIT: ("outdated",),
    Kind.RECEIPT: ("outdated",),
    Kind.LOT: ("more", "outdated"),
    Kind.PLACE: ("more",),
    Kind.SESSION: ("more",),
    Kind.BADGE: ("outdated",),
}
"""Why some are too: they may hang twice, or bear an expiry, a name or roles that have changed."""

MOST_COPIES: Final = 20

ONE_EACH: Final = frozenset({Kind.UNIT, Kind.RECEIPT, Kind.BADGE})
"""Labels of single pieces and of persons, each with a code of its own."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be printed, and why.

    Attributes:
        wanted: The labels.
        stock: Key of the sheet or roll.
        clinic: Stands on every label.
        start: Position of the first label on a sheet.
        copies: How often each.
        reason: One of `reasons_for` its kind, where the label was printed before; else empty.
        replaces: Whether a unit gets a new code, so that its old label is void.
    """

    wanted: Wanted
    stock: str
    clinic: str
    start: int = 1
    copies: int = 1
    reason: str = ""
    replaces: bool = False

    def as_content(self, target: str) -> Json:
        """What an idempotency key stands for; `target` is a workstation, or `paper`."""
        wanted = self.wanted
        at = wanted.processed_at.isoformat() if wanted.processed_at else ""
        named: list[Json] = [wanted.kind.value, wanted.code, at, wanted.volume_ml]
        return [target, *named, self.stock, self.start, self.copies, self.reason, self.replaces]


def reasons_for(kind: Kind) -> tuple[str, ...]:
    """Why a label of this kind is printed once more."""
    return (*REASONS, *FURTHER_REASONS.get(kind, ()))


def check_order(act: Act, order: Order) -> list[Problem]:
    """Whether size, position, copies and reason are such, and a product says time and volume.

    Errors: `stock-unknown`, `start-wrong`, `copies-wrong`, `reason-unknown`, `occurred-at-wrong`,
    `volume-wrong`.
    """
    problems = []
    stock = STOCKS.get(order.stock)
    if stock is None:
        message = say("There are no labels of size %(stock)s here.", stock=order.stock[:20])
        problems.append(Problem("stock-unknown", message))
    elif not 1 <= order.start <= stock.per_page:
        message = say("This sheet has positions 1 to %(most)s.", most=stock.per_page)
        problems.append(Problem("start-wrong", message))
    if not 1 <= order.copies <= MOST_COPIES:
        message = say("Print 1 to %(most)s copies at once.", most=MOST_COPIES)
        problems.append(Problem("copies-wrong", message))
    elif order.copies > 1 and order.wanted.kind in ONE_EACH:
        problems.append(_too_many(order))
    if order.reason not in ("", *reasons_for(order.wanted.kind)):
        problems.append(_no_such_reason(order))
    if order.wanted.kind is Kind.PRODUCT:
        problems += _check_product(act, order.wanted)
    return problems


def _too_many(order: Order) -> Problem:
    message = say(
        "A piece has one label: two with one code on two pieces are taken for the same piece."
        " Print it once; if it is lost, print it again and say so."
    )
    if order.wanted.kind is Kind.BADGE:
        message = say(
            "A person has one badge: two with one code are taken for the same badge. Print it"
            " once; if it is lost, print a new one and say so."
        )
    return Problem("copies-wrong", message)


def _no_such_reason(order: Order) -> Problem:
    message = say("Choose one of the reasons.")
    if order.reason == "more" and order.wanted.kind is Kind.BADGE:
        message = say("A person has one badge: a new one ends the old. Say why there is a new one.")
    elif order.reason == "more":
        message = say(
            "There is one label of this kind for each thing: two with one code on two things are"
            " taken for the same thing. Print it again only if it is lost, damaged, out of date or"
            " cannot be read, and say which."
        )
    return Problem("reason-unknown", message)


def _check_product(act: Act, wanted: Wanted) -> list[Problem]:
    problems = check_late(act, wanted.processed_at)
    if wanted.processed_at is None:
        problems.append(Problem("occurred-at-wrong", say("Say when processing ended.")))
    whole, _, part = wanted.volume_ml.partition(".")
    digits = f"{whole}{part}"
    right = digits.isascii() and digits.isdigit() and len(whole) in (1, 2, 3) and len(part) <= 1
    if not right or not int(digits):
        message = say("Type the volume in mL, such as 12.5; at most 999.9.")
        problems.append(Problem("volume-wrong", message))
    return problems


def check_reason(connection: sa.Connection, batch: Batch, order: Order) -> list[Problem]:
    """What was printed before is printed again for a reason, and so is what is replaced.

    Errors: `reason-missing`.
    """
    if order.reason or not (order.replaces or was_printed(connection, batch, order.wanted)):
        return []
    message = say("These labels were printed before. Say why they are printed again.")
    if order.wanted.kind is Kind.BADGE:
        message = say("This person was given a badge before. Say why there is a new one.")
    return [Problem("reason-missing", message)]


def was_printed(connection: sa.Connection, batch: Batch, wanted: Wanted) -> bool:
    """Whether the label came out before; of a delivery that of any unit. Tests may be repeated."""
    kind = wanted.kind
    match kind:
        case Kind.UNIT:
            return label_store.was_printed(connection, [batch.about], batch.units[0].id)
        case Kind.RECEIPT:
            names = [batch.about, *(unit.code for unit in batch.units)]
            return label_store.was_printed(connection, names)
        case Kind.PRODUCT:
            return label_store.was_same_printed(connection, batch.about, product_facts(wanted))
        case Kind.LOT | Kind.PLACE | Kind.SESSION | Kind.BADGE:
            return label_store.was_same_printed(connection, batch.about, {"kind": kind.value})
        case Kind.TEST:
            return False


def product_facts(wanted: Wanted) -> dict[str, Json]:
    """What tells the label of one syringe from that of another one of the session."""
    at = wanted.processed_at.isoformat(timespec="minutes") if wanted.processed_at else ""
    return {"kind": wanted.kind.value, "processed_at": at, "volume_ml": wanted.volume_ml}


def as_pdf(batch: Batch, order: Order) -> bytes:
    """The labels of an order as PDF.

    Raises:
        LabelProblem: One of them cannot be printed as it must.
    """
    return labels_pdf(_copied(batch, order), STOCKS[order.stock], order.start)


def as_zpl(batch: Batch, order: Order, printer: Printer) -> bytes:
    """The labels of an order in the printer's language.

    Raises:
        LabelProblem: One of them cannot be printed as it must.
    """
    stock = STOCKS[printer.stock]
    return labels_zpl(_copied(batch, order), stock, cast(Dpi, printer.dpi))


def _copied(batch: Batch, order: Order) -> list[Label]:
    return [label for label in batch.labels for _ in range(order.copies)]


def made(
    act: Act, batch: Batch, order: Order, printer: Printer | None
) -> tuple[bytes, list[Problem]]:
    """The bytes for a printer, or the PDF; or why there are none.

    Errors: those of `check_order` and the codes of `labels.problems`.
    """
    if problems := check_order(act, order):
        return b"", problems
    try:
        data = as_zpl(batch, order, printer) if printer else as_pdf(batch, order)
    except LabelProblem as fault:
        return b"", [problem_of(fault)]
    return data, []
