"""Orders for labels with defaults, a printer that only takes notes, and what was recorded."""

import json

from inventory import store
from inventory.domain.workstation import Printer
from inventory.operations import equipping
from inventory.operations.identifying import Asked, identify
from inventory.operations.label_contents import Kind, Wanted
from inventory.operations.label_orders import Order
from inventory.store.lists import list_entries
from labels.port9100 import Fate
from tests.clinic import Clinic

CLINIC = "Clinica Monviso"


class Recorder:
    """Takes what would go to a printer; answers with a fate."""

    def __init__(self, fate: Fate = Fate.SENT) -> None:
        self.fate = fate
        self.sent: list[tuple[bytes, str, int]] = []

    def __call__(self, data: bytes, host: str, port: int) -> Fate:
        self.sent.append((data, host, port))
        return self.fate


def a_workstation(clinic: Clinic, port: int = 9100, stock: str = "roll-50x25") -> str:
    code = str(equipping.enrol(clinic.act(), "Pharmacy 1").body["code"])
    printer = Printer("127.0.0.1", port, stock=stock)
    answer = equipping.set_printer(clinic.act(), code, printer, "a4-24", names_allowed=False)
    assert not answer.refused, answer.problems
    return code


def order(kind: Kind, code: str, **more: object) -> Order:
    given = {"stock": "a4-24", "clinic": CLINIC, **more}
    wanted = {name: given.pop(name) for name in ("processed_at", "volume_ml") if name in given}
    return Order(Wanted(kind, code, **wanted), **given)  # type: ignore[arg-type]  # what a test says


def entries(kind: str) -> list[dict[str, object]]:
    with store.reading() as connection:
        return [json.loads(entry.text) for entry in list_entries(connection, kind=kind)[0]]


def scanned(clinic: Clinic, code: str) -> list[str]:
    with store.reading() as connection:
        return [p.code for p in identify(connection, Asked((code,)), clinic.today).problems]
