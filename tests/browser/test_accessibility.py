"""Every page: axe finds nothing in either theme, and no width cuts anything off."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page

from inventory import store
from inventory.domain.catalogue import ItemKind
from inventory.operations import equipping, provisioning
from tests.browser.conftest import TABLET, Live, faults_in_both_themes
from tests.clinic import SALINE

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 700, 820, 992, 1180, 1280)

DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
"""Waits until a page has been drawn at its new width."""

LONG_WORD = "Kitdiprocessazione" * 10
LONG_NAME = "Kit di processazione a circuito chiuso per tessuto adiposo autologo, monouso, sterile"
LONG_LOT = "L0T-1I0O-88888888-ZZ"

CUT_OFF = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.checkVisibility() && !each.matches("input, select, textarea")
    && !each.closest(".visually-hidden, svg, thead") && each.scrollWidth > each.clientWidth + 1
    && !["visible", "auto"].includes(getComputedStyle(each).overflowX))
  .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 60)}`)"""
"""What hides a part of itself: text or a column that nobody can reach."""

SMALL = """() => [...document.querySelectorAll("tr:has(a.kt-row), .btn, .form-control")]
  .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden")
    && each.getBoundingClientRect().height < 55.5)
  .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 40)}`)"""
"""What a finger aims at and is less than 56 px high."""


@pytest.fixture(scope="module")
def addresses(live: Live) -> Mapping[str, tuple[str, ...]]:
    """The pages of each role."""
    return _addresses(live)


@pytest.mark.parametrize("role", ["nurse", "pharmacist", "quality", "auditor", "admin"])
def test_no_page_keeps_anybody_out(as_role, addresses, role: str) -> None:
    page = as_role(role, viewport=TABLET, locale="it-IT", reduced_motion="reduce")
    faults = [fault for address in addresses[role] for fault in _faults(page, address)]
    assert not faults, "\n".join(faults)


def _faults(page: Page, address: str) -> list[str]:
    """What is wrong with a page: for axe, in the dark, and at each width."""
    page.goto(address)
    found = faults_in_both_themes(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": TABLET["height"]})
        page.evaluate(DRAWN)
        found += [f"cut off at {width}: {each}" for each in page.evaluate(CUT_OFF)]
        found += [f"small at {width}: {each}" for each in page.evaluate(SMALL)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"scrolls sideways at {width}")
    page.set_viewport_size(TABLET)
    return [f"{address} {fault}" for fault in found]


def _addresses(live: Live) -> Mapping[str, tuple[str, ...]]:
    """The pages of each role, in a clinic with something on each."""
    with live.app.app_context():
        clinic = live.clinic
        long = clinic.add_item(LONG_NAME, ItemKind.PROCESSING_KIT, "09521234000495")
        clinic.receive(clinic.label(LONG_LOT, "09521234000495"), packs=4)
        clinic.add_item(LONG_WORD, ItemKind.FLUID, "09521234000969")
        clinic.receive(clinic.label("W", "09521234000969"), packs=1)
        clinic.receive(clinic.label("OLD", SALINE, "260131"), packs=2)
        receipt = clinic.receive(clinic.label("A17"), packs=3).body
        unit, second, third = receipt["lines"][0]["units"]
        session, done = clinic.open_session(procedure="disc-fat-prf"), clinic.open_session("MRN 2")
        clinic.scan(session, unit)
        clinic.scan(session, clinic.label(LONG_LOT, "09521234000495"))
        clinic.scan(done, second)
        clinic.use_all_and_close(done)
        clinic.move("TO-OR1", "TO-PHARMACY", third)
        provisioning.add_provisional_item(clinic.act(), ["0109521234000990"], ItemKind.FLUID)
        desk = equipping.enrol(clinic.act(), "Ambulatorio 1, carrello dell'anestesia").body["code"]
        recall = clinic.recall("A17")
        with store.reading() as connection:
            lot = connection.exec_driver_sql("SELECT id FROM lot WHERE number = 'A17'").scalar_one()
            unfinished = connection.exec_driver_sql(
                "SELECT code FROM item WHERE name LIKE '%0990%' OR reference LIKE '%0990%'"
            ).scalar()
    theatre = ("/", "/sessions/", "/sessions/new", f"/sessions/{session}", f"/sessions/{done}")
    pharmacy = (
        "/",
        "/items/",
        "/items/new",
        f"/items/{long}",
        "/items/provisional",
        f"/items/{unfinished}/complete",
        "/receiving/",
        "/receiving/new",
        f"/receiving/{receipt['code']}",
        "/stock/",
        "/stock/?expiring=90",
        "/stock/?search=nothing-of-this-name",
        "/transfers/",
        "/labels/",
        f"/labels/?code={receipt['code']}",
        f"/printing/stock/unit/{unit}",
        "/workstations/",
        "/workstations/here",
        f"/workstations/{desk}",
        "/scanner-check/",
        f"/sessions/{done}",
        "/nowhere",
        "/people/",
    )
    quality = (
        "/",
        "/lots/",
        f"/lots/{lot}",
        f"/lots/{lot}/expiry",
        "/recalls/",
        "/recalls/new",
        f"/recalls/{recall}",
    )
    return {
        "nurse": (*theatre, f"/sessions/{done}/record", f"/printing/session/product/{session}"),
        "pharmacist": pharmacy,
        "quality": (
            *quality,
            f"/recalls/{recall}/rings/exposed",
            "/ledger/",
            f"/ledger/?lot={lot}",
            "/ledger/TO-1",
        ),
        "auditor": ("/", "/ledger/proof"),
        "admin": ("/", "/people/", "/people/nurse1", "/people/password"),
    }
