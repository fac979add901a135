"""Printing labels: recorded first, sent once, and what became of it recorded too.

The one idea: a printer cannot be asked whether a label came out, so the order to print is an entry
before the first byte leaves, and a retry of the same key is answered and never sent again. What a
printer did not take, or did not confirm, is a refusal, and printing it after all is a new act. What
lies in a printer that waits for a person is printed, with a word on what to do there.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from inventory import store
from inventory.domain.chain import Json
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind
from inventory.domain.problem import Problem, blocking, say
from inventory.domain.workstation import Workstation
from inventory.operations.label_contents import Batch, Kind, Wanted, batch_of
from inventory.operations.label_orders import Order, as_pdf, check_reason, made, product_facts
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.printer_fates import fate_problems
from inventory.operations.refusing import refuse
from inventory.store import answers, cases, ledger, people, workstations
from inventory.store import labels as label_store
from inventory.store.cases import Sound
from labels.port9100 import Fate, send

Sender = Callable[[bytes, str, int], Fate]

IN_DOUBT: Final = frozenset({Fate.HUNG, Fate.BROKEN, Fate.UNCONFIRMED})
"""A badge may have come out: it counts, and so does the one before, until the next is printed."""


def print_on_paper(act: Act, order: Order) -> tuple[Answer, bytes]:
    """Make labels as PDF and record that they were printed.

    Returns:
        `{accepted, entry, labels}` and the PDF; or refused as `print_labels`, and no bytes. A
        retry of the same key gives the same labels.

    Raises:
        NotFound: There is nothing of the code.
        Conflict: The key was used for something else.
    """
    order = _with_fresh_code(act, order)
    batch = _batch(act, order)
    data, problems = made(act, batch, order, None)
    answer = _record(act, batch, order, None, problems)
    if answer.refused or not answer.replayed:
        return answer, b"" if answer.refused else data
    kept = replace(order, wanted=replace(order.wanted, fresh_code=str(answer.body["fresh"])))
    return answer, as_pdf(_batch(act, kept), kept)


def print_labels(act: Act, workstation: str, order: Order, sender: Sender = send) -> Answer:
    """Print labels on the printer of a workstation, at most once for a key.

    Args:
        act: Who prints, when, with which key.
        workstation: Code of the workstation whose printer is meant.
        order: What; the stock is the printer's own.
        sender: Sends bytes to a host and port.

    Returns:
        `{accepted, entry, labels, printer, fate}`; refused before anything is recorded with
        `printer-missing`, `reason-missing` and the problems of `check_order` and
        `labels.problems`; and after the order was recorded with `printer-refused`,
        `printer-silent`, `printer-hung`, `printer-broken`, `printer-unconfirmed`,
        `print-unknown`. Told of labels that lie in the printer, and refusing nothing:
        `printer-open`, `printer-no-labels`, `printer-no-ribbon`, `printer-paused`.

    Raises:
        NotFound: There is no such workstation, or nothing of the code.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        place = workstations.get_workstation(connection, workstation)
    printer = place.printer
    if printer is None:
        return Answer({"accepted": False}, (_no_printer(place),), refused=True)
    order = _with_fresh_code(act, replace(order, stock=printer.stock, start=1))
    batch = _batch(act, order)
    data, problems = made(act, batch, order, printer)
    answer = _record(act, batch, order, place, problems)
    if answer.refused:
        return answer
    if answer.replayed:
        return _outcome_of_before(act, batch, place, answer)
    return _keep_outcome(act, batch, place, answer, sender(data, printer.host, printer.port))


def print_test(act: Act, workstation: str, clinic: str, sender: Sender = send) -> Answer:
    """Print one label that says which workstation the printer belongs to; as `print_labels`."""
    return print_labels(act, workstation, Order(Wanted(Kind.TEST, workstation), "", clinic), sender)


def label_faults(connection: sa.Connection, sound: Sound) -> Iterator[tuple[str, str]]:
    """Labels that replaced others, held against the entries that say so: entry and what is wrong.

    For the verifier: whoever may write the table could else let one unit's label name another.
    """
    said = {
        (str(entry["facts"]["fresh"]), str(entry["facts"]["units"][0])): reference
        for reference, _, entry in cases.case_entries(connection, EntryKind.PRINT, sound)
        if entry["facts"].get("kind") == Kind.UNIT.value and entry["facts"]["fresh"]
    }
    stored = set(label_store.unit_labels(connection))
    for label, unit in sorted(stored - set(said)):
        yield "-", f"label {label} stands for {unit} and no entry says so"
    for label, unit in sorted(set(said) - stored):
        yield said[label, unit], f"label {label} of {unit} is gone or names another unit"


def _batch(act: Act, order: Order) -> Batch:
    with store.reading() as connection:
        return batch_of(connection, order.wanted, order.clinic, act.zone)


def _with_fresh_code(act: Act, order: Order) -> Order:
    """The order with the code that a new label or badge gets."""
    if order.wanted.kind is Kind.BADGE:
        fresh = new_code("SB", act.draw)
    elif order.wanted.kind is Kind.UNIT and order.replaces:
        fresh = new_code("KT", act.draw)
    else:
        return replace(order, replaces=False)
    return replace(order, wanted=replace(order.wanted, fresh_code=fresh))


def _record(
    act: Act, batch: Batch, order: Order, place: Workstation | None, problems: list[Problem]
) -> Answer:
    """Post the order to print, and keep the code of a label that replaces another."""

    def story(connection: sa.Connection) -> Answer:
        found = problems or check_reason(connection, batch, order)
        if found:
            return Answer({"accepted": False}, tuple(found), refused=True)
        facts = _facts(batch, order, place)
        draft = Draft(EntryKind.PRINT, batch.about, (), facts, reason=order.reason)
        posted = post(connection, act, batch.site, draft)
        _keep_fresh_code(connection, act, batch, order, posted.reference)
        if order.wanted.kind is Kind.BADGE and (place is None or order.reason == "lost"):
            label_store.settle_badge(connection, order.wanted.fresh_code, act.at, made=True)
        body = {"accepted": True, "entry": posted.reference, "labels": facts["labels"]}
        return Answer({**body, "fresh": order.wanted.fresh_code})

    target = place.code if place else "paper"
    return act_once(act, batch.site, "print", order.as_content(target), story)


def _facts(batch: Batch, order: Order, place: Workstation | None) -> dict[str, Json]:
    wanted = order.wanted
    facts: dict[str, Json] = {
        "kind": wanted.kind.value,
        "labels": [label.content().matrix[1] for label in batch.labels],
        "units": [unit.code for unit in batch.units],
        "fresh": wanted.fresh_code,
        "copies": order.copies,
        "stock": order.stock,
        "printer": place.printer.address if place and place.printer else "",
    }
    return facts | product_facts(wanted) if wanted.processed_at else facts


def _keep_fresh_code(
    connection: sa.Connection, act: Act, batch: Batch, order: Order, reference: str
) -> None:
    code = order.wanted.fresh_code
    if code and order.wanted.kind is Kind.UNIT:
        entry_id, _ = ledger.get_entry(connection, reference)
        label_store.add_unit_label(connection, batch.units[0].id, code, entry_id)
    elif code:
        person = people.find_person(connection, order.wanted.code)
        if person is None:  # pragma: no cover - the batch was made of this person
            raise LookupError("person")
        label_store.add_badge(connection, person.id, code, act.at)


def _outcome_act(act: Act) -> Act:
    """The act that keeps what became of an order, under a key of its own."""
    return replace(act, key=f"sent:{hashlib.sha256(act.key.encode()).hexdigest()}" * bool(act.key))


def _keep_outcome(act: Act, batch: Batch, place: Workstation, answer: Answer, fate: Fate) -> Answer:
    def story(connection: sa.Connection) -> Answer:
        printer = place.printer.address if place.printer else ""
        facts: dict[str, Json] = {"order": str(answer.body["entry"]), "printer": printer}
        problems = fate_problems(place, fate)
        if fate not in IN_DOUBT:
            made = not blocking(problems)
            label_store.settle_badge(connection, str(answer.body["fresh"]), act.at, made)
        if not blocking(problems):
            body = {**answer.body, "printer": printer, "fate": fate.value}
            return Answer(body, tuple(problems))
        refused = refuse(connection, act, batch.site, batch.about, problems, facts)
        body = {**answer.body, **refused.body, "printer": printer, "fate": fate.value}
        return replace(refused, body=body)

    asked = str(answer.body["entry"])
    return act_once(_outcome_act(act), batch.site, "print-outcome", asked, story)


def _outcome_of_before(act: Act, batch: Batch, place: Workstation, answer: Answer) -> Answer:
    """What became of the same order when it was sent; nothing is sent now."""
    with store.reading() as connection:
        kept = answers.find_answer(connection, batch.site.id, _outcome_act(act).key)
    if kept is not None:
        return _keep_outcome(act, batch, place, answer, Fate.SENT)  # gives what is kept
    message = say(
        "These labels were sent to the printer of %(workstation)s, and nobody knows whether they"
        " came out. Look at the printer; print again only what is missing.",
        workstation=place.name,
    )
    return Answer(
        {**answer.body, "accepted": False},
        (Problem("print-unknown", message),),
        refused=True,
        replayed=True,
    )


def _no_printer(place: Workstation) -> Problem:
    message = say(
        "%(workstation)s has no label printer. Print a PDF, or have pharmacy set its printer.",
        workstation=place.name,
    )
    return Problem("printer-missing", message)
