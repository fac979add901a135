"""The camera in a real browser, which sees a film drawn with Pillow."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from labels.symbol import GS
from tests.browser.conftest import CHROMIUM, PHONE, Live
from tests.pictures.drawing import frame, jpeg, symbol

pytestmark = pytest.mark.browser

LOT = "FILM1"


def shoot_film(film: Path, *seen: Image.Image) -> None:
    """Ten frames in which what is seen drifts by, side by side."""
    places = [(60 + 400 * place, 150) for place in range(len(seen))]
    frames = (
        frame(*((each, (x + 4 * turn, y)) for each, (x, y) in zip(seen, places, strict=True)))
        for turn in range(10)
    )
    film.write_bytes(b"".join(jpeg(each, 90) for each in frames))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, live: Live) -> Path:
    """A film of the label of a kit; the camera looks at the file whenever it is started."""
    made = tmp_path_factory.mktemp("film") / "film.mjpeg"
    shoot_film(made, symbol("gs1-datamatrix", live.clinic.label(LOT)))
    return made


@pytest.fixture(scope="module")
def browser(browser: Browser, film: Path) -> Iterator[Browser]:
    """A browser whose camera shows the film."""
    with_camera = browser.browser_type.launch(
        executable_path=CHROMIUM,
        args=[
            "--no-sandbox",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ],
    )
    yield with_camera
    with_camera.close()


def kit(live: Live, lot: str) -> str:
    """Our label on a kit that comes in now."""
    live.clinic.now = datetime.now(UTC)  # noqa: TID251 - the server has booked by its own clock
    with live.app.app_context():
        (unit,) = live.clinic.receive_kits(lot)
    return unit


@pytest.fixture
def session(live: Live) -> str:
    """A session in a room that holds kits of the film's lot."""
    kit(live, LOT)
    with live.app.app_context():
        return live.clinic.open_session()


def at_session(page: Page, session: str) -> Page:
    page.goto(f"/sessions/{session}")
    return page


def test_the_camera_takes_a_kit_as_a_scanner_would(
    as_role: Callable[..., Page], session: str, tmp_path: Path
) -> None:
    page = at_session(as_role("nurse", viewport=PHONE, permissions=["camera"]), session)
    with page.expect_response("**/scans") as scanned:
        page.get_by_role("button", name="Camera", exact=True).click()
    assert scanned.value.request.post_data_json["barcodes"][0].startswith("]d201")
    expect(page.locator("#verdict")).to_have_attribute("data-kind", "taken")
    expect(page.locator("#contents")).to_contain_text(LOT)
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.locator("[data-kt-camera] video").evaluate("video => video.srcObject") is None


def test_our_label_on_a_pack_of_another_lot_is_seen_at_one_look_and_refused(
    as_role: Callable[..., Page], session: str, live: Live, film: Path
) -> None:
    unit = kit(live, "FILM2")
    ours, makers = symbol("datamatrix", unit), live.clinic.label("FILM3")
    shoot_film(film, ours, symbol("gs1-datamatrix", makers))
    page = at_session(as_role("nurse", viewport=PHONE, permissions=["camera"]), session)
    with page.expect_response("**/scans") as scanned:
        page.get_by_role("button", name="Camera", exact=True).click()
    assert scanned.value.request.post_data_json["barcodes"] == [f"]d1{unit}", f"]d2{makers}"]
    expect(page.locator(".kt-verdict-word")).to_have_text("Wrong label")
    expect(page.locator("#contents")).not_to_contain_text("FILM2")
    page.locator("#verdict [data-kt-on]").click()
    shoot_film(film, ours, symbol("gs1-datamatrix", live.clinic.label("FILM2")))
    page.get_by_role("button", name="Camera", exact=True).click()
    expect(page.locator("#verdict")).to_have_attribute("data-kind", "taken")
    expect(page.locator("#contents")).to_contain_text("FILM2")


def test_two_packs_in_the_picture_are_not_taken_until_one_is_shown(
    as_role: Callable[..., Page], session: str, live: Live, film: Path
) -> None:
    unit = kit(live, "FILM4")
    ours = symbol("datamatrix", unit)
    packs = [symbol("gs1-datamatrix", live.clinic.label(lot), 4) for lot in ("FILM4", "FILM5")]
    shoot_film(film, packs[0], ours, packs[1])
    page = at_session(as_role("nurse", viewport=PHONE, permissions=["camera"]), session)
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url))
    page.get_by_role("button", name="Camera", exact=True).click()
    expect(page.locator("[data-kt-said]")).to_contain_text("Hold one pack into it")
    page.wait_for_timeout(800)
    assert not [each for each in sent if each.endswith("/scans")]
    expect(page.locator("[data-kt-camera] dialog")).to_have_attribute("open", "")


def test_a_wrong_label_that_one_look_sees_is_not_moved(
    as_role: Callable[..., Page], live: Live, tmp_path: Path
) -> None:
    unit = kit(live, "FILM6")
    page = as_role("nurse", viewport=PHONE)
    page.goto("/transfers/")
    photo, ours = tmp_path / "photo.jpg", symbol("datamatrix", unit)
    for lot, state, said in (("FILM6", "taken", "FILM6"), ("FILM7", "stop", "Set it aside")):
        both = (ours, (200, 200)), (symbol("gs1-datamatrix", live.clinic.label(lot)), (700, 200))
        photo.write_bytes(jpeg(frame(*both)))
        page.locator("[data-kt-camera] input[type=file]").set_input_files(photo)
        expect(page.locator("#lines > li")).to_have_count(1)
        expect(page.locator(f"#lines > .kt-goods-{state}")).to_have_count(1)
        expect(page.locator("#said")).to_contain_text(said)


def test_without_leave_the_page_says_so_and_takes_a_photo(
    as_role: Callable[..., Page], session: str, live: Live, tmp_path: Path
) -> None:
    page = at_session(as_role("nurse", viewport=PHONE), session)
    page.get_by_role("button", name="Camera", exact=True).click()
    expect(page.locator("[data-kt-said]")).to_contain_text("may not use the camera")
    photo = tmp_path / "photo.jpg"
    label = live.clinic.label(LOT) + GS + "21S9"
    photo.write_bytes(
        jpeg(frame((symbol("gs1-datamatrix", label, 9), (900, 700)), size=(3000, 2000)))
    )
    with page.expect_response("**/scans") as scanned:
        page.locator("[data-kt-camera] input[type=file]").set_input_files(photo)
    assert scanned.value.request.post_data_json["barcodes"] == ["]d2" + label]


def test_of_two_labels_in_one_photo_the_person_chooses(
    as_role: Callable[..., Page], session: str, live: Live, tmp_path: Path
) -> None:
    page = at_session(as_role("nurse", viewport=PHONE), session)
    page.get_by_role("button", name="Camera", exact=True).click()
    expect(page.locator("[data-kt-said]")).to_contain_text("may not use the camera")
    one, two = (symbol("gs1-datamatrix", live.clinic.label(lot), 6) for lot in ("A1", "A2"))
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(jpeg(frame((one, (200, 200)), (two, (800, 200)))))
    page.locator("[data-kt-camera] input[type=file]").set_input_files(photo)
    choices = page.locator("[data-kt-choices] button")
    expect(choices).to_have_count(2)
    with page.expect_response("**/scans") as scanned:
        choices.nth(1).click()
    assert len(scanned.value.request.post_data_json["barcodes"]) == 1


def test_a_photo_of_nothing_and_a_file_that_is_none_are_said_in_words(
    as_role: Callable[..., Page], session: str, tmp_path: Path
) -> None:
    page = at_session(as_role("nurse", viewport=PHONE), session)
    page.get_by_role("button", name="Camera", exact=True).click()
    said, field = page.locator("[data-kt-said]"), page.locator("[data-kt-camera] input[type=file]")
    empty = tmp_path / "empty.jpg"
    empty.write_bytes(jpeg(frame()))
    field.set_input_files(empty)
    expect(said).to_contain_text("No barcode was found")
    empty.write_bytes(b"GIF89a")
    field.set_input_files(empty)
    expect(said).to_contain_text("This is no picture")
