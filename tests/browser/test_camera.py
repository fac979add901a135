"""The camera in a real browser, which sees a film drawn with Pillow."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from labels.symbol import GS
from tests.browser.conftest import CHROMIUM, PHONE, Live
from tests.pictures.drawing import frame, jpeg, symbol

pytestmark = pytest.mark.browser

LOT = "FILM1"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, live: Live) -> Path:
    """Ten frames in which the label of a kit drifts by."""
    label = symbol("gs1-datamatrix", live.clinic.label(LOT))
    made = tmp_path_factory.mktemp("film") / "film.mjpeg"
    frames = (frame((label, (300 + 4 * turn, 150))) for turn in range(10))
    made.write_bytes(b"".join(jpeg(each, 90) for each in frames))
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


@pytest.fixture(scope="module")
def session(live: Live) -> str:
    """A session in a room that holds one kit of the film's lot."""
    with live.app.app_context():
        live.clinic.receive_kits(LOT)
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
