"""What is done again: Back, two tabs, two clicks, a sign-in that ended, a server that is gone."""

import re

import pytest
from flask_security import hash_password
from playwright.sync_api import Page, Route, expect

from inventory import store
from inventory.operations import enrolling
from tests.browser.conftest import CHROMIUM, PASSWORD, TABLET, clock
from tests.browser.keyboard import Keyboard
from tests.clinic import SALINE

pytestmark = pytest.mark.browser


@pytest.fixture
def act(live):
    """Gives the clinic within an application context."""
    with live.app.app_context():
        live.clinic.now = clock()
        yield live.clinic


def scan(page: Page, *barcodes: str) -> None:
    Keyboard(page).scan(*barcodes)


def said(page: Page, word: str) -> None:
    expect(page.locator(".kt-last-word")).to_have_text(word)


def entries(live) -> int:
    """How many entries the first site has; a hold or a recall is one at each."""
    with live.app.app_context(), store.reading() as connection:
        return int(
            connection.exec_driver_sql("SELECT count(*) FROM entry WHERE site_id = 1").scalar_one()
        )


def sign_in_again(page: Page, name: str = "nurse1") -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.locator("main button[type=submit]").click()


def outcome(page: Page, word: str):
    return page.get_by_role("button", name=re.compile(f"^{word}")).first


def test_back_never_shows_what_is_over(as_role, act, live):
    page = as_role("nurse", viewport=TABLET)
    (unit,) = act.receive_kits("B1")
    page.goto("/sessions/new")
    page.get_by_label("Room").select_option("TO-OR1")
    page.get_by_label("Procedure").select_option("short")
    page.get_by_role("button", name="Open the session").click()  # refused: no patient
    expect(page.get_by_label("Wristband or record number")).to_be_focused()
    page.keyboard.type("MRN B1")
    page.get_by_role("button", name="Open the session").click()
    page.wait_for_selector("#scan")
    scan(page, unit)
    said(page, "Taken")
    page.keyboard.press("Escape")
    outcome(page, "Used").click()
    said(page, "Used")
    screen = page.url
    page.goto("/sessions/")
    page.go_back()
    expect(page.locator("#contents")).to_contain_text("Everything that was opened")
    page.get_by_role("button", name="Close the session").click()
    page.wait_for_selector("#scan", state="detached")
    count = entries(live)
    page.go_back()  # the form that was refused: empty, not the browser's question about sending it
    page.wait_for_url("**/sessions/new")
    expect(page.get_by_label("Wristband or record number")).to_have_value("")
    page.goto(screen)
    expect(page.locator("#scan")).to_have_count(0)
    assert entries(live) == count


def test_after_the_sign_out_back_shows_nobody_even_out_of_memory(live, act, browser):
    """Chromium as people have it: Playwright turns the memory of pages off."""
    chromium = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox"],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = chromium.new_page(base_url=live.url, locale="en-GB")
    code = act.open_session("MRN memory")
    page.goto("/sign-in")
    sign_in_again(page)
    page.wait_for_url("**/")
    page.goto(f"/sessions/{code}")
    page.goto("/stock/")
    act.use_all_and_close(code)
    page.go_back()
    expect(page.locator("#scan")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/sign-in"))
    page.go_back()
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_text(code)).to_have_count(0)
    chromium.close()


def test_two_tabs_of_a_session_say_what_is_and_do_nothing_twice(as_role, act, live):
    code = act.open_session("MRN tabs")
    one, two = act.receive_kits("B2", 2)
    a = as_role("nurse", viewport=TABLET)
    b = a.context.new_page()
    for page in (a, b):
        page.goto(f"/sessions/{code}")
    scan(a, one)
    said(a, "Taken")
    scan(b, one)
    said(b, "Already in this session")
    a.keyboard.press("Escape")
    b.keyboard.press("Escape")
    outcome(a, "Used").click()
    said(a, "Used")
    outcome(b, "Wasted").click()
    b.get_by_role("dialog").get_by_role("button", name="Dropped").click()
    expect(b.locator(".kt-verdict-sentences")).not_to_be_empty()
    expect(b.locator(".kt-verdict-sentences")).to_contain_text("look at its outcome")
    expect(b.locator("#contents")).to_contain_text("Everything that was opened")
    b.keyboard.press("Escape")
    b.get_by_role("button", name="Close the session").click()
    b.wait_for_selector("#scan", state="detached")
    scan(a, two)
    expect(a.locator(".kt-verdict-word")).to_have_text("Session closed")
    a.keyboard.press("Escape")
    expect(a.locator("#contents")).to_contain_text("Nothing more can be scanned here.")
    expect(a.get_by_role("button", name="Close the session")).to_have_count(0)
    assert [(line.used, line.wasted) for line in act.lines(code)] == [(1, 0)]


def test_two_clicks_are_one_act(as_role, act, live):
    code = act.open_session("MRN twice")
    first = act.receive_kits("B3")
    label = act.label("B3S", SALINE)
    act.receive(label, act.label("B3T", SALINE), packs=2)
    page = as_role("nurse", viewport=TABLET)
    page.goto(f"/sessions/{code}")
    scan(page, *first, label, act.label("B3T", SALINE))
    expect(page.locator(".kt-line")).to_have_count(3)
    page.keyboard.press("Escape")
    count = entries(live)
    outcome(page, "Used").dblclick()
    said(page, "Used")
    expect(page.locator(".kt-lines:not(.kt-lines-done) .kt-line")).to_have_count(2)
    page.keyboard.press("Escape")
    outcome(page, "Wasted").click()
    page.route("**/outcomes", lambda route: (page.wait_for_timeout(300), route.continue_()))
    page.get_by_role("dialog").get_by_role("button", name="Dropped").dblclick()
    said(page, "Wasted")
    assert entries(live) == count + 2
    page.unroute("**/outcomes")
    page.keyboard.press("Escape")
    # the answer is lost, and so is the list that would follow it: said again under the same key
    page.route("**/outcomes", lambda route: (route.fetch(), route.abort()), times=1)
    page.route("**/contents", lambda route: route.abort(), times=1)
    outcome(page, "Used").click()
    expect(page.locator(".kt-verdict-word")).to_have_text("No answer")
    page.keyboard.press("Escape")
    outcome(page, "Used").click()
    said(page, "Used")
    assert entries(live) == count + 3


def test_two_clicks_on_a_form_are_one_act(as_role, act, live):
    (unit,) = act.receive_kits("B5")
    nurse, pharmacist, quality = (as_role(role) for role in ("nurse", "pharmacist", "quality"))
    nurse.goto("/sessions/new")
    nurse.get_by_label("Room").select_option("TO-OR1")
    nurse.get_by_label("Wristband or record number").fill("MRN form")
    count = entries(live)
    nurse.get_by_role("button", name="Open the session").dblclick()
    nurse.wait_for_selector("#scan")
    assert entries(live) == count + 1

    pharmacist.goto(f"/labels/?code={unit}")
    with pharmacist.expect_popup() as paper:
        pharmacist.get_by_role("button", name=re.compile("Print 1 label")).dblclick()
    paper.value.close()
    quality.goto("/lots/?search=B5")
    quality.get_by_role("link", name="B5").click()
    quality.get_by_text("Put this lot on hold").first.click()
    quality.get_by_label("Reason").select_option("incident")
    quality.locator("main form button[type=submit]").dblclick()
    expect(quality.get_by_text("Lift the hold").first).to_be_visible()
    assert entries(live) == count + 3

    quality.goto("/recalls/new")
    for label, text in (("Manufacturer's reference", "FSN B"), ("Manufacturer", "Acme")):
        quality.get_by_label(label, exact=True).fill(text)
    quality.get_by_label("Reason, in").fill("leaks")
    quality.get_by_label("Find the item").fill("Lipo kit")
    quality.keyboard.press("Enter")
    quality.locator("#found button").first.click()
    expect(quality.locator("textarea[id^=lots-]")).to_be_focused()
    quality.keyboard.type("B5-none")
    quality.get_by_role("button", name="Show what would be covered").click()
    quality.get_by_role("button", name="Open the recall").dblclick()
    quality.wait_for_url("**/recalls/RC*")
    assert entries(live) == count + 4
    quality.go_back()
    expect(quality.get_by_label("Manufacturer's reference")).to_have_value("")


def test_who_was_signed_out_in_theatre_loses_no_scan(as_role, act, live):
    code = act.open_session("MRN out")
    one, two, three = act.receive_kits("B4", 3)
    enrolling.enrol(act.act(), "nurse2", hash_password(PASSWORD), ["nurse"])
    page = as_role("nurse", viewport=TABLET)
    page.goto(f"/sessions/{code}")
    page.context.clear_cookies()
    scan(page, one)
    expect(page.locator(".kt-verdict-word")).to_have_text("Signed out")
    page.keyboard.press("Escape")
    page.locator("#waiting a").click()
    sign_in_again(page)
    page.wait_for_url(f"**/sessions/{code}")
    said(page, "Taken")
    page.keyboard.press("Escape")
    # an outcome while signed out
    page.context.clear_cookies()
    outcome(page, "Used").click()
    expect(page.locator(".kt-verdict-sentences")).to_contain_text("was not recorded")
    page.keyboard.press("Escape")
    page.locator("#waiting a").click()
    sign_in_again(page)
    page.wait_for_url(f"**/sessions/{code}")
    # signed out and in again in another tab: this page's proof is of the sign-in before
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in")
    sign_in_again(other)
    other.wait_for_url("**/")
    scan(page, two)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    # and once more: of an outcome it says that it was not recorded
    other.get_by_role("button", name="Sign out").click()
    other.wait_for_url("**/sign-in")
    sign_in_again(other)
    other.wait_for_url("**/")
    outcome(page, "Wasted").click()
    page.get_by_role("dialog").get_by_role("button", name="dropped").click()
    expect(page.locator(".kt-verdict-sentences")).to_contain_text("was not recorded: somebody")
    page.keyboard.press("Escape")
    # another person goes on at this screen
    page.context.clear_cookies()
    scan(page, three)
    expect(page.locator(".kt-verdict-word")).to_have_text("Signed out")
    page.keyboard.press("Escape")
    page.locator("#waiting a").click()
    sign_in_again(page, "nurse2")
    page.wait_for_url(f"**/sessions/{code}")
    expect(page.locator("#waiting")).to_have_text(
        re.compile("Scans of nurse1 that were not sent: 1.*as soon as nurse1 signs in here again")
    )
    assert [line.unit for line in act.lines(code)] == [one]


def test_a_form_sent_while_signed_out_leads_back_to_it(as_role, act, live):
    page = as_role("nurse")
    page.goto("/sessions/new")
    page.context.clear_cookies()
    page.get_by_label("Room").select_option("TO-OR1")
    page.get_by_label("Wristband or record number").fill("MRN F")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_role("alert")).to_contain_text("was not recorded")
    sign_in_again(page)
    page.wait_for_url("**/sessions/new")


def test_lists_drawn_again_keep_the_focus_and_what_is_being_typed(as_role, act, live):
    page = as_role("nurse", viewport=TABLET)
    code = act.open_session("MRN redrawn")
    (unit,) = act.receive_kits("B7")
    saline = act.label("S7", SALINE)
    act.receive(saline, packs=5)
    act.scan(code, unit)
    act.scan(code, saline, quantity=5)
    page.goto(f"/sessions/{code}")
    late: list[Route] = []
    page.route("**/contents", lambda route: late.append(route))
    outcome(page, f"Used ?: .*{unit}").click()
    said(page, "Used")
    page.keyboard.press("Escape")
    hands = Keyboard(page)
    undo = page.get_by_role("button", name=re.compile("Undo the scan.*S7"))
    hands.tab_to(undo)
    while not late:
        page.wait_for_timeout(20)
    late.pop().continue_()
    expect(outcome(page, f"Used ?: .*{unit}")).to_have_count(0)
    expect(undo).to_be_focused()
    hands.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    hands.press("Escape")
    expect(undo).to_be_focused()
    how_many = page.get_by_label(re.compile("^How many"))
    how_many.fill("2")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    while not late:
        page.wait_for_timeout(20)
    shown = how_many.element_handle()
    late.pop().continue_()
    page.wait_for_function("each => !each.isConnected", arg=shown)
    expect(how_many).to_have_value("2")
    expect(how_many).to_be_focused()
    outcome(page, "Used ?: .*S7").click()
    while not late:  # asked for once the act is answered
        page.wait_for_timeout(20)
    said(page, "Used")
    page.keyboard.press("Escape")
    count = entries(live)
    page.wait_for_timeout(750)  # no second click of two: said again before the lists are there
    outcome(page, "Used ?: .*S7").click()
    said(page, "One moment…")
    while len(late) < 2:
        page.wait_for_timeout(20)
    for each in late:
        each.continue_()
    page.unroute("**/contents")
    expect(how_many).to_have_value("3")  # what is left, not what was said before
    assert entries(live) == count
    outcome(page, "Used ?: .*S7").click()
    said(page, "Used")
    expect(how_many).to_have_count(0)
    assert entries(live) == count + 1


def test_a_recall_typed_in_is_kept_through_a_sign_in_that_ended(as_role, act, live):
    page = as_role("quality", viewport=TABLET)
    act.receive_kits("B9")
    page.goto("/recalls/new")
    offer = page.locator("#kept-draft")
    expect(offer).to_be_hidden()
    for label, text in (("Manufacturer's reference", "FSN 9"), ("Manufacturer", "Acme")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Reason, in").fill("leaks\nat the seam")
    page.get_by_label("Find the item").fill("Lipo kit")
    page.keyboard.press("Enter")
    page.locator("#found button").first.click()
    page.locator("textarea[id^=lots-]").fill("B9\nB9-never")
    page.context.clear_cookies()
    page.get_by_role("button", name="Show what would be covered").click()
    page.wait_for_url(re.compile("/sign-in"))
    sign_in_again(page, "quality1")
    page.wait_for_url("**/recalls/new")
    offer.get_by_role("button", name="Bring it back").click()
    expect(page.locator("textarea[id^=lots-]")).to_have_value("B9\nB9-never")
    expect(page.get_by_label("Reason, in")).to_have_value("leaks\nat the seam")
    page.get_by_role("button", name="Show what would be covered").click()
    page.context.clear_cookies()
    count = entries(live)
    page.get_by_role("button", name="Open the recall").click()
    page.wait_for_url(re.compile("/sign-in"))
    sign_in_again(page, "quality1")
    page.wait_for_url("**/recalls/new")
    assert entries(live) == count  # it is not open
    offer.get_by_role("button", name="Bring it back").click()
    page.get_by_role("button", name="Show what would be covered").click()
    page.get_by_role("button", name="Open the recall").click()
    page.wait_for_url("**/recalls/RC*")
    page.goto("/recalls/new")
    expect(offer).to_be_hidden()
    page.get_by_label("Manufacturer's reference").fill("FSN 10")
    page.goto("/recalls/new")
    offer.get_by_role("button", name="Forget it").click()
    expect(page.get_by_label("Manufacturer's reference")).to_be_focused()
    page.reload()
    expect(page.get_by_label("Manufacturer's reference")).to_have_value("")
    expect(offer).to_be_hidden()
