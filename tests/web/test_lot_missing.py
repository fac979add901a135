"""A code without a lot, on the screen in theatre: its words, and what may be typed instead."""

from base64 import b64encode

import pytest
from PIL import Image

from tests.clinic import CARTON, FAR, KIT, SALINE
from tests.pictures.drawing import jpeg
from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("lot-missing")) as working:
        yield working


@pytest.fixture
def session(work):
    return work.clinic.open_session()


@pytest.fixture
def nurse(work):
    return work.as_role("nurse")


def post(nurse, session, path, **body):
    headers = {"X-CSRFToken": nurse.token, "Accept": "application/json"}
    return nurse.client.post(f"/sessions/{session}/{path}", json=body, headers=headers)


@pytest.mark.parametrize(
    ("barcode", "says", "typing"),
    [
        (f"01{SALINE}", {"reference": "", "lot": ""}, "Type the lot"),
        ("9521234888888", {"item": "", "reference": "", "lot": ""}, "Type REF and lot"),
        ("0109521234888888240R-7", {"reference": "R-7", "lot": ""}, "Type REF and lot"),
        (f"17{FAR}10Q1", {"item": "", "reference": "", "lot": "Q1"}, "Choose the item"),
    ],
)
def test_what_is_held_is_said_not_to_be_recorded_and_how_it_may_be(
    work, nurse, session, barcode, says, typing
):
    said = nurse.scan(session, barcode).get_json()
    assert (said["kind"], said["hold"]) == ("look", True)
    assert "nothing is recorded yet" in " ".join(said["sentences"])
    assert "next thing" not in " ".join(said["sentences"])
    assert said["code"] | says | {"typing": typing} == said["code"]


def test_a_misread_code_of_no_item_is_scanned_again_and_waits_for_nothing(nurse, session):
    said = nurse.scan(session, "0109521234888883").get_json()
    assert (said["kind"], said["hold"]) == ("stop", False)


def test_the_next_thing_says_that_the_one_before_was_not_recorded(work, nurse, session):
    (unit,) = work.clinic.receive_kits("N1")
    said = nurse.scan(session, f"01{SALINE}", unit).get_json()
    assert (said["kind"], said["word"]) == ("look", "Taken")
    assert said["sentences"][-1].startswith("NOT recorded: what was scanned before, Saline 500 mL")
    said = nurse.scan(session, unit, given_up=["9521234888888"]).get_json()
    assert "code 09521234888888" in said["given_up"]
    said = nurse.scan(session, f"17{FAR}10N9", unit).get_json()
    assert "lot N9" in said["given_up"]


def test_a_label_that_is_scanned_once_more_as_a_whole_gives_nothing_up(work, nurse, session):
    whole = work.clinic.label("N2", SALINE)
    work.clinic.receive(whole)
    said = nurse.scan(session, whole, given_up=[f"01{SALINE}"]).get_json()
    assert (said["kind"], said["given_up"]) == ("taken", "")


def test_a_barcode_left_over_on_a_label_that_was_taken_is_not_said_to_be_lost(work, nurse, session):
    whole = work.clinic.label("N10", SALINE)
    work.clinic.receive(whole, packs=2)
    (unit,) = work.clinic.receive_kits("N11")
    assert nurse.scan(session, whole).get_json()["given_up"] == ""
    same = nurse.scan(session, f"01{SALINE}", after=[whole]).get_json()
    assert (same["word"], same["perhaps"], same["given_up"]) == ("Same label", True, "")
    following = nurse.scan(session, *same["kept"], unit, perhaps=True, after=[whole]).get_json()
    assert (following["kind"], following["given_up"]) == ("taken", "")


def test_the_lot_of_an_item_of_the_list_is_typed_twice(work, nurse, session):
    work.clinic.receive(work.clinic.label("N3", SALINE), packs=2)
    told = {"item": work.clinic.saline, "lot": "N3"}
    for path in ("scans", "manual", "found"):
        once = post(nurse, session, path, **told)
        assert once.status_code == 422
        assert once.get_json()["detail"] == "Type the lot twice, or attach a photo."
    other = post(nurse, session, "scans", **told, again=["", "N8"]).get_json()
    assert (other["kind"], other["word"]) == ("look", "Typed differently")
    assert post(nurse, session, "scans", **told, again=["", "N3"]).get_json()["kind"] == "taken"


def test_the_code_of_the_pack_is_kept_with_the_lot_that_was_typed(work, nurse, session):
    work.clinic.receive(work.clinic.label("N4", SALINE), packs=2)
    told = {"item": work.clinic.saline, "lot": "N4", "again": ["", "N4"]}
    said = post(nurse, session, "scans", **told, held=[f"01{SALINE}"]).get_json()
    assert said["kind"] == "taken"
    assert f'"barcodes":["01{SALINE}"],"manual":"twice"' in work.clinic.all_entry_texts()


def test_a_code_of_another_item_than_the_one_typed_is_refused(work, nurse, session):
    work.clinic.receive(work.clinic.label("N5", SALINE), packs=2)
    told = {"item": work.clinic.saline, "lot": "N5", "again": ["", "N5"]}
    said = post(nurse, session, "scans", **told, held=[f"01{KIT}"]).get_json()
    assert (said["kind"], said["word"]) == ("look", "Typed differently")
    assert "is of Lipo kit" in said["sentences"][0]


def test_the_code_of_a_carton_stays_one_though_its_lot_is_typed(work, nurse, session):
    work.clinic.receive_kits("N6")
    told = {"item": work.clinic.kit, "lot": "N6", "again": ["", "N6"], "held": [f"01{CARTON}"]}
    assert post(nurse, session, "scans", **told).get_json()["overrulable"] == ["carton-code"]


def test_what_is_no_code_without_a_lot_is_not_kept(work, nurse, session):
    work.clinic.receive(work.clinic.label("N7", SALINE), packs=9)
    told = {"item": work.clinic.saline, "lot": "N7", "again": ["", "N7"]}
    for held in (["Rossi Maria"], [work.clinic.label("N8")], [f"17{FAR}10N8"]):
        assert post(nurse, session, "scans", **told, held=held).get_json()["kind"] == "taken"
    assert "Rossi" not in work.clinic.all_entry_texts()
    assert post(nurse, session, "scans", **told, held=[1]).status_code == 422
    assert post(nurse, session, "scans", **told | {"again": ["N7"]}).status_code == 422


def test_an_unknown_pack_told_with_a_photo_is_taken_in_with_its_code(work, nurse, session, photo):
    told = {"reference": "R-8", "lot": "P1", "photo": photo, "held": ["9521234888888"]}
    refused = post(nurse, session, "manual", **told).get_json()
    assert (refused["way"], refused["accepted"]) == ("new-item", False)
    assert post(nurse, session, "found", **told, kind="fluid").get_json()["accepted"] is True
    assert post(nurse, session, "manual", **told).get_json()["accepted"] is True
    held = nurse.scan(session, "9521234888888").get_json()
    assert held["code"]["name"] == "? 09521234888888 · R-8"


@pytest.fixture
def photo():
    """A picture of a pack, larger than the body of a scan may be."""
    return b64encode(jpeg(Image.effect_noise((700, 500), 90).convert("RGB"), 95)).decode()
