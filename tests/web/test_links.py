"""No page leads anybody to where they may not go, or to where nothing is."""

import re
from html import unescape

import pytest

from inventory.domain.catalogue import ItemKind
from inventory.operations import equipping, provisioning
from inventory.store.people import ROLES
from tests.clinic import SALINE
from tests.web.conftest import an_act
from tests.web.working import working_clinic

OF_A_KIND = 2
"""So many pages that differ by their code alone are enough."""


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """A clinic with something on every page."""
    with working_clinic(tmp_path_factory.mktemp("links")) as working:
        clinic = working.clinic
        one, two, three = clinic.receive_kits("A17", 3)
        clinic.receive(clinic.label("OLD", SALINE, "260131"), packs=2)
        clinic.receive(clinic.label("S-1", gtin=SALINE), packs=9)
        clinic.open_session("MRN 2")
        done = clinic.open_session()
        clinic.scan(done, one)
        clinic.use_all_and_close(done)
        clinic.scan(clinic.open_session("MRN 3"), two)
        clinic.move("TO-OR1", "TO-PHARMACY", three)
        with working.app.app_context():
            provisioning.add_provisional_item(an_act(), ["0109521234000990"], ItemKind.FLUID)
            equipping.enrol(an_act(), "Trolley 1")
        clinic.recall("A17")
        yield working


@pytest.mark.parametrize("role", ROLES)
def test_every_link_leads_somewhere_that_its_reader_may_go(work, role: str) -> None:
    client = work.as_role(role).client
    waiting, seen, dead = [("/", "")], {}, []
    while waiting:
        address, where = waiting.pop(0)
        kind = re.sub(r"/[A-Z0-9-]{5,}|/\d+", "/*", address.partition("?")[0])
        if seen.setdefault(kind, 0) == OF_A_KIND:
            continue
        seen[kind] += 1
        answer = client.get(address, follow_redirects=True, buffered=True)
        if answer.status_code != 200:
            dead.append(f"{where} leads to {address}: {answer.status_code}")
        elif answer.mimetype == "text/html":
            waiting += [(link, address) for link in _links(answer.text)]
    assert dead == []
    assert len(seen) > 10


def _links(page: str) -> list[str]:
    """Where a page leads within the application, leaving it excepted."""
    found = [
        unescape(link).partition("#")[0] for link in re.findall(r'<a[^>]* href="(/[^"]*)"', page)
    ]
    return [link for link in dict.fromkeys(found) if not link.startswith(("/static/", "/sign-out"))]
