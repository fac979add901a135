"""Items and their barcodes: one thing stays one item, however its maker numbers it."""

import pytest

from inventory import store
from inventory.domain.catalogue import PackagingLevel
from inventory.operations.cataloguing import add_packaging
from inventory.store import catalogue
from inventory.store.errors import Conflict
from tests.clinic import CARTON, Clinic, codes

ANEW = "09521234000990"


def level(di: str, units: int = 1) -> PackagingLevel:
    return PackagingLevel(di, "gs1", units)


def test_a_new_number_of_a_known_item_is_covered_by_a_recall_of_it(clinic: Clinic) -> None:
    label = clinic.label("A17", gtin=ANEW)
    assert codes(clinic.receive(label)) == ["unknown-item"]
    answer = add_packaging(clinic.act(), clinic.kit, [level(ANEW), level("39521234000991", 5)])
    assert not answer.refused, answer.problems
    assert not clinic.receive(label).refused
    session = clinic.open_session()
    clinic.scan(session, label)
    clinic.use_all_and_close(session)
    (line,) = clinic.report(clinic.recall("A17")).rings.exposed
    assert line.session.code == session
    with store.reading() as connection:
        item = catalogue.get_item(connection, clinic.kit)
    assert item.units_in("39521234000991") == 5


def test_an_identifier_of_another_item_is_not_taken_from_it(clinic: Clinic) -> None:
    with pytest.raises(Conflict) as refused:
        add_packaging(clinic.act(), clinic.saline, [level(CARTON)])
    assert refused.value.code == "packaging-twice"


@pytest.mark.parametrize(
    ("packaging", "code"),
    [
        ([], "identifier-missing"),
        ([level("09521234000991")], "identifier-wrong"),
        ([level(ANEW, 0)], "packaging-units-wrong"),
        ([level(ANEW), level(ANEW)], "packaging-twice"),
    ],
)
def test_what_is_no_identifier_is_refused(clinic: Clinic, packaging, code: str) -> None:
    assert codes(add_packaging(clinic.act(), clinic.kit, packaging)) == [code]
