"""Every act that can be sent twice: how it is done, and what else its key might be used for.

Beside it the names of all acts as the program's own text has them, so that none is forgotten.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from inventory.domain.catalogue import ItemKind, PackagingLevel, Tracking
from inventory.domain.udi.wedge import Keyboard, Layout
from inventory.domain.workstation import Printer
from inventory.operations import (
    cataloguing,
    closing,
    correcting,
    equipping,
    finding,
    holding,
    looking,
    opening,
    printing,
    provisioning,
    recalling,
    receiving,
    redating,
    scanning,
    transferring,
    using,
)
from inventory.operations.identifying import Asked
from inventory.operations.label_contents import Kind
from inventory.operations.posting import Act, Answer
from tests.clinic import SALINE, Clinic
from tests.operations.label_prints import Recorder, a_workstation, order

UNKNOWN_ITEM: Final = "09521234999997"


@dataclass(frozen=True, slots=True)
class Replay:
    """An act that is ready to be done.

    Attributes:
        do: Does it.
        other: Does something else, for which the same key is none.
        meanwhile: What somebody else does between the first time and the second.
    """

    do: Callable[[Act], Answer]
    other: Callable[[Act], Answer]
    meanwhile: Callable[[], object] = tuple


def _either(do: Callable[..., Answer], this: object, other: object) -> Replay:
    """The same act with one thing asked, or with another."""
    return Replay(lambda act: do(act, this), lambda act: do(act, other))


def _scan(clinic: Clinic) -> Replay:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=9)
    session = clinic.open_session()

    def scan(act: Act, quantity: int) -> Answer:
        asked = Asked((clinic.label("S1", gtin=SALINE),))
        return scanning.scan_into_session(act, session, scanning.ScanRequest(asked, quantity))

    return _either(scan, 1, 2)


def _opened(clinic: Clinic, count: int = 2) -> tuple[str, list[str]]:
    """A session into which kits were scanned, and their codes."""
    kits = clinic.receive_kits("A17", count)
    session = clinic.open_session(procedure="disc-fat-prf")
    for kit in kits:
        assert not clinic.scan(
            session, kit, overrule=("more-than-planned",), reason="bleeding"
        ).refused
    return session, kits


def _outcome(clinic: Clinic) -> Replay:
    session, (one, two) = _opened(clinic)

    def used(act: Act, unit: str) -> Answer:
        return using.say_outcome(act, session, using.Outcome("used", unit))

    return _either(used, one, two)


def _use_all(clinic: Clinic) -> Replay:
    session, _ = _opened(clinic)
    other = clinic.open_session("MRN 2")
    return _either(using.use_all, session, other)


def _close(clinic: Clinic) -> Replay:
    session = clinic.open_session()
    clinic.scan(session, *clinic.receive_kits("A17"))
    using.use_all(clinic.act(), session)
    return Replay(
        lambda act: closing.close_session(act, session),
        lambda act: closing.close_session(act, session, cancelled=True),
    )


def _reverse(clinic: Clinic) -> Replay:
    session, (kit, _) = _opened(clinic)
    entry = str(clinic.use(session, kit).body["entry"])
    return Replay(  # undone in the session, which is the same act as reversed in the ledger
        lambda act: correcting.undo_opening(act, session, entry, "wrong-lot"),
        lambda act: correcting.reverse_entry(act, entry, "wrong-quantity"),
    )


def _open_session(clinic: Clinic) -> Replay:
    def of(act: Act, name: str) -> Answer:
        request = opening.SessionRequest("MRN 7", "short", "TO-OR1", name)
        return opening.open_session(act, request, 30)

    return _either(of, "Rossi Anna", "Bianchi Ugo")


def _name_patient(clinic: Clinic) -> Replay:
    session = clinic.open_session()

    def name(act: Act, name: str) -> Answer:
        return looking.name_patient(act, session, name, "1970-01-01")

    return _either(name, "Rossi Anna", "Bianchi Ugo")


def _found(clinic: Clinic) -> Replay:
    session = clinic.open_session()

    def found(act: Act, quantity: int) -> Answer:
        pack = finding.FoundPack(Asked((clinic.label("F1", gtin=SALINE),)), quantity)
        return finding.book_in_found(act, session, pack)

    return _either(found, 1, 2)


def _receive(clinic: Clinic) -> Replay:
    def receive(act: Act, packs: int) -> Answer:
        line = receiving.ReceiptLine(Asked((clinic.label("A17"),)), packs)
        request = receiving.ReceiptRequest("TO-OR1", "Acme Medical", "DDT 7", [line])
        return receiving.receive(act, request)

    return _either(receive, 2, 3)


def _transfer(clinic: Clinic) -> Replay:
    clinic.receive(clinic.label("S1", gtin=SALINE), packs=9)
    line = transferring.TransferLine(Asked((clinic.label("S1", gtin=SALINE),)))

    def move(act: Act, to: str) -> Answer:
        return transferring.transfer(act, "TO-OR1", to, [line])

    return _either(move, "TO-PHARMACY", "CN-PHARMACY")


def _hold(clinic: Clinic) -> Replay:
    clinic.receive_kits("A17")
    lot = clinic.lot_id("A17")

    def hold(act: Act, lift: bool) -> Answer:
        return holding.hold_lot(act, lot, "incident", lift)

    return _either(hold, False, True)


def _expiry(clinic: Clinic) -> Replay:
    clinic.receive_kits("A17")
    lot = clinic.lot_id("A17")

    def correct(act: Act, reason: str) -> Answer:
        request = redating.ExpiryRequest(lot, reason, Asked(), none=True)
        return redating.correct_expiry(act, request)

    return _either(correct, "typed-wrong", "read-wrong")


def _open_recall(clinic: Clinic) -> Replay:
    clinic.receive_kits("A17")

    def recall(act: Act, lots: list[str]) -> Answer:
        scope = [(clinic.kit, lots)]
        request = recalling.RecallRequest("FSN 2026-07", "Acme", "sterility not assured", scope)
        return recalling.open_recall(act, request, counted=True)

    return _either(recall, ["AI7"], ["AI7", "A18"])


def _lift_recall(clinic: Clinic) -> Replay:
    recall = clinic.recall("A17")

    def lift(act: Act, why: str) -> Answer:
        return recalling.lift_recall(act, recall, why)

    return _either(lift, "tested", "withdrawn by the maker")


_MORE: Final[Mapping[str, Any]] = {"reference": "R 1", "manufacturer": "Acme", "single_use": True}


def _add_item(clinic: Clinic) -> Replay:
    def add(act: Act, name: str) -> Answer:
        of = {"kind": ItemKind.FLUID, "tracking": Tracking.LOT, "packaging": [], **_MORE}
        return cataloguing.add_item(act, name=name, **of)

    return _either(add, "Ringer 500 mL", "Ringer 1 L")


def _add_packaging(clinic: Clinic) -> Replay:
    def add(act: Act, di: str) -> Answer:
        return cataloguing.add_packaging(act, clinic.kit, [PackagingLevel(di, "gs1", 1)])

    return _either(add, "09521234000990", "09521234000983")


def _add_provisional(clinic: Clinic) -> Replay:
    label = clinic.label("X1", gtin=UNKNOWN_ITEM)

    def add(act: Act, kind: ItemKind) -> Answer:
        return provisioning.add_provisional_item(act, (label,), kind)

    return _either(add, ItemKind.FLUID, ItemKind.NEEDLE)


def _complete_item(clinic: Clinic) -> Replay:
    label = clinic.label("X1", gtin=UNKNOWN_ITEM)
    made = provisioning.add_provisional_item(clinic.act(), (label,), ItemKind.FLUID)
    code = str(made.body["code"])

    def complete(act: Act, name: str) -> Answer:
        of = {"kind": ItemKind.FLUID, "tracking": Tracking.LOT, **_MORE}
        return provisioning.complete_item(act, code, name=name, **of)

    return _either(complete, "Ringer", "Ringer lactate")


def _rename(clinic: Clinic) -> Replay:
    code, italian = a_workstation(clinic), Keyboard(Layout.ITALIAN)

    def rename(act: Act, name: str) -> Answer:
        return equipping.rename(act, code, name)

    def meanwhile() -> Answer:
        return equipping.set_keyboard(clinic.act(), code, italian)

    return replace(_either(rename, "Room 1", "Room 2"), meanwhile=meanwhile)


def _keyboard(clinic: Clinic) -> Replay:
    code = a_workstation(clinic)

    def keep(act: Act, layout: Layout) -> Answer:
        return equipping.set_keyboard(act, code, Keyboard(layout))

    return replace(_either(keep, Layout.ITALIAN, Layout.US), meanwhile=_renaming(clinic, code))


def _printer(clinic: Clinic) -> Replay:
    code = a_workstation(clinic)

    def keep(act: Act, host: str) -> Answer:
        return equipping.set_printer(act, code, Printer(host), "a4-24", names_allowed=False)

    return replace(_either(keep, "10.0.0.7", "10.0.0.8"), meanwhile=_renaming(clinic, code))


def _renaming(clinic: Clinic, code: str) -> Callable[[], Answer]:
    return lambda: equipping.rename(clinic.act(), code, "Room 1")


def _print(clinic: Clinic) -> Replay:
    one, two = clinic.receive_kits("A17", 2)

    def paper(act: Act, unit: str) -> Answer:
        return printing.print_on_paper(act, order(Kind.UNIT, unit))[0]

    return _either(paper, one, two)


def _print_outcome(clinic: Clinic) -> Replay:
    one, two = clinic.receive_kits("A17", 2)
    code, printer = a_workstation(clinic), Recorder()

    def send(act: Act) -> Answer:
        answer = printing.print_labels(act, code, order(Kind.UNIT, one), printer)
        assert len(printer.sent) == 1
        return answer

    def other(act: Act) -> Answer:
        return printing.print_on_paper(printing._outcome_act(act), order(Kind.UNIT, two))[0]

    return Replay(send, other)


REPLAYS: Final[Mapping[str, Callable[[Clinic], Replay]]] = {
    "add-item": _add_item,
    "add-packaging": _add_packaging,
    "add-provisional": _add_provisional,
    "close": _close,
    "complete-item": _complete_item,
    "enrol-workstation": lambda _: _either(equipping.enrol, "Pharmacy 1", "Pharmacy 2"),
    "expiry": _expiry,
    "found": _found,
    "hold": _hold,
    "lift-recall": _lift_recall,
    "name-patient": _name_patient,
    "open-recall": _open_recall,
    "open-session": _open_session,
    "outcome": _outcome,
    "print": _print,
    "print-outcome": _print_outcome,
    "receive": _receive,
    "reverse": _reverse,
    "scan": _scan,
    "transfer": _transfer,
    "use-all": _use_all,
    "workstation-keyboard": _keyboard,
    "workstation-printer": _printer,
    "workstation-renamed": _rename,
}
"""The name of an act to what gets it ready."""
