"""The camera's frames, answered with what a scanner would have sent."""

from collections.abc import Callable
from datetime import date
from threading import BoundedSemaphore

import pytest
from flask.testing import FlaskClient

from inventory.domain.codes import new_code
from inventory.domain.udi import hibc
from inventory.pictures import Found
from inventory.web import camera
from labels.symbol import GS
from tests.pictures.drawing import frame, jpeg, symbol
from tests.web.conftest import token_in

KIT = "01095212345432131728022910LC-24A"
TODAY = date(2026, 11, 23)


def post(client: FlaskClient, data: bytes, query: str = "", **headers: str) -> object:
    token = token_in(client.get("/").text)
    sent = {"X-CSRFToken": token, "Accept": "application/json", **headers}
    return client.post(f"/camera/frames{query}", data=data, headers=sent, content_type="image/jpeg")


def test_a_frame_is_answered_with_what_stands_in_it(as_role: Callable[[str], FlaskClient]) -> None:
    payload = KIT + GS + "21S1"
    picture = jpeg(frame((symbol("gs1-datamatrix", payload), (300, 200))))
    answer = post(as_role("nurse"), picture)
    assert (answer.status_code, answer.json) == (
        200,
        {
            "codes": [
                {
                    "texts": ["]d2" + payload],
                    "words": "Lot LC-24A · 2028-02-29 · S1 · 09521234543213",
                }
            ]
        },
    )


def test_the_frames_of_a_camera_are_each_looked_at_in_another_way(
    as_role: Callable[[str], FlaskClient],
) -> None:
    client = as_role("nurse")
    bars = symbol("gs1-128", KIT, 3)
    askew = jpeg(frame((bars, (500, 200)), size=(1920, 1080), turn=30))
    answers = [post(client, askew, f"?frame={number}").json["codes"] for number in range(6)]
    assert ["]C1" + KIT] in [codes[0]["texts"] for codes in answers if codes]


@pytest.mark.parametrize("number", ["x", "", "-3", "9" * 30])
def test_a_frame_whose_number_makes_no_sense_is_read_all_the_same(
    as_role: Callable[[str], FlaskClient], number: str
) -> None:
    picture = jpeg(frame((symbol("gs1-datamatrix", KIT), (300, 200))))
    answer = post(as_role("nurse"), picture, f"?frame={number}")
    assert answer.json["codes"][0]["texts"] == ["]d2" + KIT]


def test_an_empty_frame_is_no_fault(as_role: Callable[[str], FlaskClient]) -> None:
    assert post(as_role("nurse"), jpeg(frame())).json == {"codes": []}


@pytest.mark.parametrize("sent", [b"", b"GIF89a", b"<svg/>", jpeg(frame())[:2000]])
def test_what_is_no_picture_is_said_in_a_sentence(
    as_role: Callable[[str], FlaskClient], sent: bytes
) -> None:
    answer = post(as_role("nurse"), sent, "?photo=1")
    assert answer.status_code == 422
    assert "JPEG" in answer.json["detail"]


def test_a_frame_may_have_a_megabyte_and_no_more(as_role: Callable[[str], FlaskClient]) -> None:
    picture = jpeg(frame((symbol("gs1-datamatrix", KIT), (300, 200))))
    padded = picture + b"\0" * (1024 * 1024 - len(picture))
    assert post(as_role("nurse"), padded).json["codes"][0]["texts"] == ["]d2" + KIT]
    assert post(as_role("nurse"), padded + b"\0").status_code == 413


def test_a_frame_without_its_turn_is_sent_away_with_a_sentence(
    as_role: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(camera, "AT_ONCE", full)
    monkeypatch.setattr(camera, "PATIENCE_S", 0.01)
    answer = post(as_role("nurse"), b"")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert "camera" in answer.json["detail"]


def test_an_auditor_reads_no_frames(as_role: Callable[[str], FlaskClient]) -> None:
    assert post(as_role("auditor"), b"").status_code == 403


def seen(*texts: str) -> list[Found]:
    return [Found(text, text[:3], (0.5, 0.5)) for text in texts]


def test_of_a_label_the_barcode_that_says_everything_is_enough() -> None:
    found = seen("]E09521234543213", "]d2" + KIT, "]C11728022910LC-24A")
    assert camera.things(found, TODAY) == [["]d2" + KIT]]


def test_of_a_label_of_two_barcodes_both_are_given_the_item_first() -> None:
    found = seen("]C11728022910LC-24A", "]C10109521234543213")
    assert camera.things(found, TODAY) == [["]C10109521234543213", "]C11728022910LC-24A"]]


def test_of_a_label_the_expiry_and_the_serial_number_are_never_left_out() -> None:
    item, day, serial = "]d2010952123454321310LC-24A", "]C117280229", "]C121S7"
    assert camera.things(seen(serial, day, item), TODAY) == [[item, day, serial]]
    assert camera.things(seen(serial, "]d2" + KIT, day), TODAY) == [["]d2" + KIT, serial]]


def test_a_lot_of_another_agency_s_barcode_is_never_given_to_an_item() -> None:
    lot = "]C0" + hibc.build("+$LC-25")
    assert camera.things(seen("]E09521234543213", lot), TODAY) == [["]E09521234543213"]]
    both = ["]C0" + hibc.build("+A99912345/$$3280229LC-24A"), "]E09521234543213"]
    assert camera.things(seen(*both), TODAY) == [both[:1]]


def test_two_packs_in_one_picture_are_to_be_chosen_from() -> None:
    one, two = "]d2" + KIT, "]d2" + KIT.replace("LC-24A", "LC-25")
    assert camera.things(seen(one, two), TODAY) == [[one], [two]]


UNIT, OTHER_UNIT, PLACE = "]d1" + new_code("KT"), "]d1" + new_code("KT"), "]d1" + new_code("PL")
OTHER_LOT = "]d2" + KIT.replace("LC-24A", "LC-25")


@pytest.mark.parametrize("makers", [["]d2" + KIT], ["]C11728022910LC-24A", "]C10109521234543213"]])
def test_our_own_label_comes_with_all_that_the_maker_says_on_the_same_pack(
    makers: list[str],
) -> None:
    assert camera.things(seen(*makers, UNIT), TODAY) == [[UNIT, *makers]]
    assert camera.in_words([UNIT, *makers], TODAY) == UNIT[3:]


def test_our_own_label_as_matrix_and_as_bars_is_one() -> None:
    assert camera.things(seen(UNIT, "]C0" + UNIT[3:]), TODAY) == [[UNIT]]


def test_beside_our_own_label_an_address_and_what_nobody_can_read_are_left_out() -> None:
    found = seen("]Q1https://example.org/leaflet", UNIT, "]C0SHELF 12")
    assert camera.things(found, TODAY) == [[UNIT]]


@pytest.mark.parametrize(
    "texts",
    [
        [UNIT, "]d2" + KIT, OTHER_LOT],
        [UNIT, OTHER_UNIT, "]d2" + KIT],
        [UNIT, "]d2" + KIT, "]E08000500310427"],
    ],
)
def test_what_is_not_all_of_one_pack_is_not_taken(texts: list[str]) -> None:
    assert camera.things(seen(*texts), TODAY) == []


def test_our_own_labels_without_a_maker_s_are_to_be_chosen_from() -> None:
    assert camera.things(seen(UNIT, OTHER_UNIT), TODAY) == [[UNIT], [OTHER_UNIT]]
    assert camera.things(seen(PLACE, UNIT), TODAY) == [[PLACE], [UNIT]]
    assert camera.things(seen(PLACE, "]d2" + KIT), TODAY) == [[PLACE]]


def test_a_frame_with_two_packs_is_answered_with_what_to_do(
    as_role: Callable[[str], FlaskClient],
) -> None:
    lots = (KIT, KIT.replace("LC-24A", "LC-25"))
    first, second = (symbol("gs1-datamatrix", each) for each in lots)
    ours = symbol("datamatrix", UNIT[3:])
    packs = frame((ours, (100, 100)), (first, (500, 100)), (second, (900, 100)))
    answer = post(as_role("nurse"), jpeg(packs))
    assert answer.json["codes"] == []
    assert "Hold one pack into it" in answer.json["said"]


def test_an_address_beside_the_label_is_left_out() -> None:
    assert camera.things(seen("]Q1https://example.org/leaflet", "]d2" + KIT), TODAY) == [
        ["]d2" + KIT]
    ]


def test_what_nobody_can_read_is_given_all_the_same() -> None:
    assert camera.things(seen("]C0SHELF 12"), TODAY) == [["]C0SHELF 12"]]


def test_things_to_choose_from_are_told_apart_in_words() -> None:
    assert camera.in_words(["]C0SHELF 12"], TODAY) == "SHELF 12"
    unit = new_code("KT")
    assert camera.in_words(["]d1" + unit], TODAY) == unit
