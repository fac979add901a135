"""A scan as the screen's script sends it: every answer is a colour, a word and what to do next."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from inventory.domain.catalogue import ItemKind
from inventory.domain.udi.hibc import mod43
from inventory.web.one_label import joined
from inventory.web.scanning import verdict
from tests.clinic import FAR, KIT, ROME, SALINE
from tests.web.working import working_clinic

TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("scanning")) as working:
        yield working


@pytest.fixture
def session(work):
    return work.clinic.open_session()


def test_a_kit_is_taken_green(work, session):
    (unit,) = work.clinic.receive_kits("A1")
    said = work.as_role("nurse").scan(session, unit, key="k").get_json()
    assert (said["kind"], said["word"], said["thing"]) == ("taken", "Taken", "Lipo kit")
    assert (said["lot"], said["unit"], said["expires_on"]) == ("A1", unit, "2029-02-28")
    assert said["sentences"] == []


def test_the_same_key_moves_nothing_twice(work, session):
    (unit,) = work.clinic.receive_kits("A2")
    nurse = work.as_role("nurse")
    first, second = (nurse.scan(session, unit, key="same").get_json() for _ in range(2))
    assert first == second
    assert len(work.clinic.lines(session)) == 1


def test_the_same_label_again_is_harmless(work, session):
    (unit,) = work.clinic.receive_kits("A3")
    nurse = work.as_role("nurse")
    nurse.scan(session, unit)
    said = nurse.scan(session, unit).get_json()
    assert (said["kind"], said["word"], said["again"]) == ("taken", "Already in this session", True)


def test_the_same_label_again_of_a_lot_recalled_since_is_red_and_moves_nothing(work, session):
    (unit,) = work.clinic.receive_kits("A3R")
    nurse = work.as_role("nurse")
    nurse.scan(session, unit)
    work.clinic.recall("A3R")
    said = nurse.scan(session, unit).get_json()
    assert (said["kind"], said["word"], said["again"]) == ("stop", "Recalled", True)
    assert "Lot A3R of Lipo kit is recalled" in said["sentences"][0]
    assert (said["overrulable"], said["unit"]) == ([], unit)
    assert len(work.clinic.lines(session)) == 1


def test_the_same_label_again_of_a_lot_on_hold_since_is_amber(work, session):
    (unit,) = work.clinic.receive_kits("A3H")
    nurse = work.as_role("nurse")
    nurse.scan(session, unit)
    work.clinic.hold("A3H")
    said = nurse.scan(session, unit).get_json()
    assert (said["kind"], said["word"], said["again"]) == ("look", "On hold", True)
    assert "is on hold" in said["sentences"][0]


def test_our_label_on_the_wrong_pack_is_red_and_not_to_be_overruled(work, session):
    (unit,) = work.clinic.receive_kits("A3W")
    answer = work.clinic.scan(session, unit, work.clinic.label("A3X"))
    with work.app.test_request_context():
        said = verdict(answer)
    assert (said["kind"], said["word"], said["overrulable"]) == ("stop", "Wrong label", [])
    assert "says lot A3W of Lipo kit, the pack says lot A3X" in said["sentences"][0]


def test_what_one_look_sees_on_a_pack_is_one_scan_and_a_wrong_label_stops(work, session):
    (unit,) = work.clinic.receive_kits("A3L")
    nurse, makers = work.as_role("nurse"), (f"01{KIT}", f"17{FAR}10A3M")
    said = nurse.scan(session, f"]d1{unit}", *makers, one_look=True).get_json()
    assert (said["kind"], said["word"], said["hold"]) == ("stop", "Wrong label", False)
    assert work.clinic.lines(session) == []
    right = (unit, work.clinic.label("A3L"))
    said = nurse.scan(session, *right, one_look=True).get_json()
    assert (said["word"], said["unit"], said["barcodes"]) == ("Taken", unit, [*right])


def test_a_used_piece_is_red_and_names_the_first_session(work, session):
    (unit,) = work.clinic.receive_kits("A4")
    other = work.clinic.open_session("MRN other")
    work.clinic.scan(other, unit)
    said = work.as_role("nurse").scan(session, unit).get_json()
    assert (said["kind"], said["word"]) == ("stop", "Already used")
    assert other in said["sentences"][0]
    assert said["overrulable"] == []


def test_a_recalled_lot_says_so_first(work, session):
    (unit,) = work.clinic.receive_kits("A5")
    work.clinic.recall("A5")
    work.clinic.scan(session, *work.clinic.receive_kits("A6"))
    said = work.as_role("nurse").scan(session, unit).get_json()
    assert (said["kind"], said["word"]) == ("stop", "Recalled")
    assert "is recalled" in said["sentences"][0]


def test_more_than_planned_is_amber_and_goes_on_with_a_reason(work, session):
    first, second = work.clinic.receive_kits("A7", 2)
    nurse = work.as_role("nurse")
    nurse.scan(session, first)
    said = nurse.scan(session, second).get_json()
    assert (said["kind"], said["overrulable"]) == ("look", ["more-than-planned"])
    override = {"codes": said["overrulable"], "reason": "The first one was damaged"}
    taken = nurse.scan(session, second, override=override).get_json()
    assert (taken["kind"], taken["word"], taken["sentences"]) == ("taken", "Taken", [])


def test_a_reason_does_not_overrule_what_must_stop(work, session):
    (unit,) = work.clinic.receive_kits("A8")
    work.clinic.recall("A8")
    override = {"codes": ["lot-recalled"], "reason": "I know better"}
    said = work.as_role("nurse").scan(session, unit, override=override).get_json()
    assert said["kind"] == "stop"


def test_the_first_of_two_barcodes_is_held_and_the_second_completes_it(work, session):
    work.clinic.receive_kits("B1")
    nurse = work.as_role("nurse")
    said = nurse.scan(session, f"01{KIT}").get_json()
    words = "Lot and expiry: scan the second barcode"
    assert (said["kind"], said["word"], said["hold"]) == ("look", words, True)
    said = nurse.scan(session, f"01{KIT}", f"17{FAR}10B1").get_json()
    assert (said["kind"], said["lot"], said["hold"]) == ("taken", "B1", False)


def hibc(text):
    return text + mod43(text)


def test_three_barcodes_of_a_label_are_one_thing_and_what_is_left_over_moves_nothing(work):
    session = work.clinic.open_session("MRN three")
    primary = hibc("+A999SAL1")
    lot, dated = (hibc(f"{text}{primary[-1]}") for text in ("+$LC03", "+$$3290228LC03"))
    work.clinic.add_item("Needle", ItemKind.NEEDLE, "A999SAL1")
    work.clinic.receive(f"{primary[:-1]}/{hibc(primary[:-1] + '/$$3290228LC03')[10:]}", packs=2)
    nurse = work.as_role("nurse")
    held = nurse.scan(session, dated).get_json()
    assert (held["hold"], held["lacks"], held["barcodes"]) == (True, "item", [dated])
    needle = {"codes": ["not-in-procedure"], "reason": "asked for"}
    taken = nurse.scan(session, dated, primary, override=needle).get_json()
    assert (taken["kind"], taken["lot"], taken["accepted"]) == ("taken", "LC03", True)
    count = len(work.clinic.lines(session))
    again = nurse.scan(session, lot, after=[dated, primary]).get_json()
    assert (again["kind"], again["word"], again["hold"]) == ("look", "Same label", False)
    assert len(work.clinic.lines(session)) == count
    other = nurse.scan(session, lot, f"01{SALINE}").get_json()
    assert other["barcodes"] == [f"01{SALINE}"]
    assert not other["accepted"]


def test_a_lot_without_its_blank_is_said_to_be_misread_and_waits_for_nothing(work, session):
    primary = hibc("+A999SAL3")
    bodies = (f"+$$3290228LC{number}{primary[-1]}" for number in range(1000))
    trimmed = next(body for body in bodies if mod43(body) == " ")
    nurse = work.as_role("nurse")
    for before in ((), (primary,)):
        said = nurse.scan(session, *before, trimmed).get_json()
        assert (said["hold"], said["barcodes"]) == (False, [trimmed])
        assert "may be a blank that was lost" in " ".join(said["sentences"])
    with work.app.test_request_context():
        for following in (primary, f"01{SALINE}", "21S1", f"01{SALINE}17{FAR}10S1"):
            assert joined((trimmed, following), TODAY) == (following,)


def test_a_left_over_barcode_that_tells_of_an_expired_label_stops(work, session):
    work.clinic.receive(work.clinic.label("B9", SALINE), packs=2)
    nurse = work.as_role("nurse")
    nurse.scan(session, f"01{SALINE}10B9")
    said = nurse.scan(session, "]C117250101", after=[f"01{SALINE}10B9"]).get_json()
    assert (said["kind"], said["word"]) == ("stop", "Expired")


def test_the_item_s_own_barcode_of_a_pack_that_was_taken_counts_once(work):
    session = work.clinic.open_session("MRN same")
    whole, ean, lot = f"01{SALINE}17{FAR}10B8", f"]E0{SALINE[1:]}", f"17{FAR}10B8"
    work.clinic.receive(whole, packs=3)
    nurse = work.as_role("nurse")
    assert nurse.scan(session, whole).get_json()["accepted"]
    same = nurse.scan(session, ean, after=[whole]).get_json()
    assert (same["kind"], same["word"], same["hold"]) == ("look", "Same label", False)
    assert "If it is on the next pack" in same["sentences"][0]
    assert len(work.clinic.lines(session)) == 1
    following = nurse.scan(session, *same["kept"], lot, after=[whole]).get_json()
    assert (following["word"], following["lot"]) == ("Taken", "B8")
    begun = nurse.scan(session, ean, after=[ean, lot]).get_json()
    words = "Lot and expiry: scan the second barcode"
    assert (begun["word"], begun["kept"]) == (words, [ean])


def test_a_lot_linked_to_another_item_is_said_to_be_of_another_label(work, session):
    one, other = hibc("+A999SAL1"), hibc("+A999OTH1")
    lot = hibc(f"+$LC03{one[-1]}")
    nurse = work.as_role("nurse")
    for held, scanned in ((other, lot), (lot, other)):
        said = nurse.scan(session, held, scanned).get_json()
        assert (said["kind"], said["word"], said["kept"]) == ("stop", "Not of one label", [scanned])
        assert said["sentences"][0].startswith("These barcodes are not of one label.")
    assert work.clinic.lines(session) == []


def test_plain_bars_behind_an_item_are_asked_about_and_taken_as_typed(work, session):
    work.clinic.receive(work.clinic.label("MIX1", SALINE), packs=5)
    ean, bars = f"]E0{SALINE[1:]}", "]C0MIX1"
    nurse = work.as_role("nurse")
    said = nurse.scan(session, ean, bars).get_json()
    assert (said["kind"], said["word"], said["candidates"]) == ("look", "Which lot?", ["MIX1"])
    assert (said["accepted"], said["hold"], said["kept"]) == (False, False, [ean])
    wrong = nurse.scan(session, ean, bars, lot="MIX2").get_json()
    assert not wrong["accepted"]
    said = nurse.scan(session, ean, bars, lot="MIX1").get_json()
    assert (said["word"], said["lot"]) == ("Taken", "MIX1")
    (line,) = work.clinic.lines(session)
    assert line.entered == "typed"


def test_a_wristband_behind_a_held_item_is_still_compared(work):
    number = "MRN4711"
    work.clinic.open_session(number)
    mine = work.clinic.open_session("MRN0815")
    said = work.as_role("nurse").scan(mine, f"]E0{SALINE[1:]}", number).get_json()
    assert (said["kind"], said["word"]) == ("stop", "Another patient")


def test_the_label_of_a_carton_is_held_until_its_lot_comes(work, session):
    carton = f"02{SALINE}3724"
    nurse = work.as_role("nurse")
    said = nurse.scan(session, carton).get_json()
    assert (said["kind"], said["word"], said["hold"]) == (
        "look",
        "Lot and expiry: scan the second barcode",
        True,
    )
    said = nurse.scan(session, carton, "10C77").get_json()
    assert "This is the code of a pack of 24 of Saline" in " ".join(said["sentences"])


def test_a_label_with_a_serial_and_no_lot_is_no_dead_end(work, session):
    piece = f"01{KIT}17{FAR}21SER77"
    work.clinic.receive(piece)
    said = work.as_role("nurse").scan(session, piece).get_json()
    assert (said["kind"], said["lot"]) == ("taken", "SER77")


def test_the_second_barcode_may_come_first(work, session):
    work.clinic.receive_kits("B2")
    nurse = work.as_role("nurse")
    assert nurse.scan(session, f"17{FAR}10B2").get_json()["hold"]
    assert nurse.scan(session, f"17{FAR}10B2", f"01{KIT}").get_json()["lot"] == "B2"


def test_a_new_thing_gives_the_held_barcode_up(work):
    first, second = f"01{KIT}", f"17{FAR}10B1"
    whole = f"01{SALINE}17{FAR}10S1"
    with work.app.test_request_context():
        assert joined((first, second), TODAY) == (first, second)
        assert joined((second, first), TODAY) == (second, first)
        assert joined((first, whole), TODAY) == (whole,)
        assert joined((first, f"01{SALINE}"), TODAY) == (f"01{SALINE}",)
        assert joined((first, "KT00000000A"), TODAY) == ("KT00000000A",)
        assert joined((first, "rubbish"), TODAY) == ("rubbish",)


def test_what_is_typed_is_marked_as_typed(work, session):
    work.clinic.receive(work.clinic.label("S2", SALINE), packs=5)
    typed = {"item": work.clinic.saline, "lot": "S2", "again": ["", "S2"], "quantity": 2}
    assert work.as_role("nurse").scan(session, **typed).get_json()["kind"] == "taken"
    (line,) = work.clinic.lines(session)
    assert (line.entered, line.in_session) == ("typed", 2)
    page = work.as_role("nurse").get(f"/sessions/{session}/contents").text
    assert "typed by hand" in page


def test_a_late_record_keeps_when_it_happened_in_the_clinics_time(work, session):
    (unit,) = work.clinic.receive_kits("C1")
    then = (datetime.now(ROME) - timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M")
    said = work.as_role("nurse").scan(session, unit, occurred_at=then).get_json()
    assert said["kind"] == "taken"
    (line,) = work.clinic.lines(session)
    page = work.as_role("quality").get(f"/ledger/{line.entry}").text
    assert then.replace("T", " ") in re.sub("<[^>]+>", "", page)


def test_a_time_before_it_came_to_the_room_is_refused_in_the_clinics_time(work, session):
    (unit,) = work.clinic.receive_kits("C1")
    then = datetime.now(ROME) - timedelta(hours=2)
    sent = then.strftime("%Y-%m-%dT%H:%M")
    said = work.as_role("nurse").scan(session, unit, occurred_at=sent).get_json()
    assert (said["kind"], said["word"]) == ("stop", "Stop")
    assert "came to TO-OR1 only at" in said["sentences"][0]
    assert f"the time you typed ({then:%Y-%m-%d %H:%M %Z})" in said["sentences"][0]


def test_a_time_that_was_not_yet_is_refused(work, session):
    (unit,) = work.clinic.receive_kits("C2")
    then = datetime.now(ROME) + timedelta(days=1)
    sent = then.strftime("%Y-%m-%dT%H:%M")
    said = work.as_role("nurse").scan(session, unit, occurred_at=sent).get_json()
    assert (said["kind"], said["word"]) == ("stop", "Stop")
    assert f"{then:%Y-%m-%d %H:%M %Z}" in said["sentences"][0]  # as the clock on the wall shows it


def test_a_refused_scan_says_that_the_keyboard_garbled_it_where_that_explains_it(work, session):
    nurse, lot = work.as_role("nurse"), "LC'24A"  # an Italian keyboard's LC-24A
    code = f"01{SALINE}10{lot}"
    for garbled, stops, says in (
        ("+d210LC'24'A", "Not readable", True),
        (f"{code[:15]}{(int(code[15]) + 1) % 10}{code[16:]}", "Not in this room", True),
        (code, "Not in this room", True),
        (f"01{SALINE}10LC-24A", "Not in this room", False),
    ):
        said = nurse.scan(session, garbled).get_json()
        assert said["word"] == stops, garbled
        assert ("garbled by the keyboard" in said["sentences"][-1]) is says, said


def test_a_wristband_in_the_wrong_field_is_not_kept(work, session):
    said = work.as_role("nurse").scan(session, "Maria Rossi").get_json()
    assert (said["kind"], said["word"]) == ("stop", "Not a pack")
    assert "Rossi" not in work.clinic.all_entry_texts()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"barcodes": "0109521234543213"}, "barcodes"),
        ({"barcodes": [1]}, "barcodes"),
        ({"barcodes": ["x"], "quantity": "two"}, "quantity"),
        ({"barcodes": ["x"], "quantity": True}, "quantity"),
        ({"barcodes": ["x"], "occurred_at": "yesterday"}, "occurred_at"),
        ({"barcodes": ["x"], "occurred_at": 5}, "occurred_at"),
        ({"barcodes": ["x"], "occurred_at": "0001-01-01T00:00"}, "occurred_at"),
        ({"barcodes": ["x"], "override": "yes"}, "override"),
        ({"barcodes": ["x"], "override": {"codes": "a"}}, "override"),
        ({"barcodes": [], "item": 5}, "item"),
        ({"barcodes": [], "item": "MT", "lot": "x" * 41}, "lot"),
    ],
)
def test_a_wrong_field_is_named(work, session, body, named):
    nurse = work.as_role("nurse")
    headers = {"X-CSRFToken": nurse.token, "Accept": "application/json"}
    answer = nurse.client.post(f"/sessions/{session}/scans", json=body, headers=headers)
    assert answer.status_code == 422
    assert named in answer.get_json()["detail"]


def test_what_is_no_json_is_refused(work, session):
    nurse = work.as_role("nurse")
    headers = {"X-CSRFToken": nurse.token, "Accept": "application/json"}
    answer = nurse.client.post(f"/sessions/{session}/scans", data="x", headers=headers)
    assert answer.status_code == 422


def test_the_answer_is_in_the_readers_language(work, session):
    nurse = work.as_role("nurse")
    headers = {"X-CSRFToken": nurse.token, "Accept-Language": "it"}
    path = f"/sessions/{session}/scans"
    said = nurse.client.post(path, json={"barcodes": ["0109"]}, headers=headers).get_json()
    assert said["word"] == "Illeggibile"


ITEM_UNKNOWN = "Item unknown: scan the second barcode"
WRISTBAND = "If it is a wristband, it is not this patient's: stop and compare."


@pytest.mark.parametrize(
    ("scanned", "word", "begins"),
    [
        ("8000500310427", ITEM_UNKNOWN, "No item here has the code 08000500310427."),
        ("2012345678900", "Not a pack", "This barcode is not one of a medical product."),
        ("https://example.com/menu", "Not a pack", "This barcode is not one of a medical product."),
        ("RSSMRA80A01H501U", "Not a pack", "This barcode is not one of a medical product."),
        ("ABC-12345", "Not a pack", "This barcode is not one of a medical product."),
        ("99", "Not a pack", "This barcode is not one of a medical product."),
        ("12345", "Not a pack", "This barcode is not one of a medical product."),
        ("8017952123454321012341", "Not a pack", "This is the badge of a member of staff"),
        ("01095212345432131728", "Not readable", "This barcode was read only in part"),
        ("01095212345432102", "Not readable", "This barcode was read only in part"),
        ("=WXYZ", "Not readable", "This barcode was read only in part"),
        ("]C1èà$$%", "Not readable", "These letters stand in no barcode"),
        ("0108000500310429", "Unknown item", "No item here has the code 08000500310429: it was pr"),
        ("", "Not readable", "Nothing was scanned."),
    ],
)
def test_what_is_no_barcode_of_a_pack_is_told_in_plain_words(work, session, scanned, word, begins):
    for barcodes in ([scanned], [scanned] * 2):
        said = work.as_role("nurse").scan(session, *barcodes).get_json()
        assert said["word"] == word
        assert next(each for each in said["sentences"] if each != WRISTBAND).startswith(begins)
        assert not {"GS1", "HIBC", "ICCBBA", "identifier"} & set(
            " ".join(said["sentences"]).split()
        )


def test_what_may_be_another_patients_wristband_says_to_stop_and_compare(work, session):
    nurse = work.as_role("nurse")
    for scanned in ("MRN 99-99", "20261234", "0012345678", "12345678901234"):
        said = nurse.scan(session, scanned).get_json()
        assert (said["kind"], said["sentences"][0]) == ("stop", WRISTBAND), scanned
        assert len(said["sentences"]) > 1
    for scanned in ("KTZZZZZZZZZ", work.clinic.label("NEVER"), "01095212345432131728"):
        assert WRISTBAND not in nurse.scan(session, scanned).get_json()["sentences"]
