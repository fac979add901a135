"""A camera's frame or a photo: the barcodes in it, for the scan field. Nothing of it is kept.

Decoding is work for a processor and holds no lock of the database; only so many frames are looked
at at once, and whoever comes on top of that is asked to send the next one.
"""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import date
from threading import BoundedSemaphore
from typing import Final

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext, lazy_gettext
from werkzeug.exceptions import ServiceUnavailable, UnprocessableEntity

from inventory.domain.scan import PlaceScan, Scan, UdiScan, UnitScan, read
from inventory.domain.udi import Unreadable
from inventory.domain.udi.wedge import GS
from inventory.pictures import Found, NoPicture, as_kept, read_picture
from inventory.web.acting import clinic_today

blueprint = Blueprint("camera", __name__, url_prefix="/camera")

FRAME_S: Final = 0.6
"""Seconds for a frame of a running camera: the next one comes at once, and is looked at otherwise
by its number, as a large frame is enlarged or turned a few times in it, and not both."""

PHOTO_S: Final = 4.0
"""Seconds for a photo, of which there is only one."""

PATIENCE_S: Final = 1.5
"""Seconds that a frame waits for its turn."""

AT_ONCE: Final = BoundedSemaphore(2)
"""Frames that are looked at at the same time."""

MOST_OF_A_LABEL: Final = 4
"""Barcodes over which makers spread a label."""

PARTS: Final = ("di", "batch", "expires_on", "serial", "donation_id")
"""What a label says, the weightiest first."""

FAULTS: Final = {
    "picture-unreadable": lazy_gettext(
        "This is no picture that can be read. Send a photo as JPEG or PNG."
    ),
    "picture-too-large": lazy_gettext(
        "This picture is too large. Send one of at most 24 megapixels."
    ),
}


NOT_ONE_PACK: Final = lazy_gettext(
    "The barcodes in this picture are not all of one pack. Hold one pack into it, or of that pack"
    " our label alone."
)


def attached(given: object) -> bytes:
    """A photo that a person attached, as base64, drawn anew; nothing if there is none.

    Raises:
        UnprocessableEntity: It is no picture.
    """
    try:
        data = b64decode(given or "", validate=True) if isinstance(given or "", str) else None  # type: ignore[arg-type]
    except ValueError:
        data = None
    if data is None:
        raise UnprocessableEntity(gettext("The field %(field)s cannot be read.", field="photo"))
    kept = as_kept(data) if data else b""
    if isinstance(kept, NoPicture):
        raise UnprocessableEntity(str(FAULTS[kept.code]))
    return kept


@blueprint.post("/frames")
def read_frame() -> Response:
    """The barcodes of a frame: `{codes: [{texts, words}, ...]}`, one for each thing it shows.

    The texts of one thing are one scan; several things are to be chosen from, by their words.
    Where nobody can say what is of one pack, `said` asks for another picture instead.
    `frame` in the query is the number of a frame of a running camera, `photo` says that it is none.
    """
    picture = request.get_data(cache=False)
    seconds = PHOTO_S if "photo" in request.args else FRAME_S
    number = request.args.get("frame", 0, type=int)
    if not AT_ONCE.acquire(timeout=PATIENCE_S):
        raise ServiceUnavailable(
            gettext("Too many cameras are being read just now. Hold on, the next picture follows."),
            retry_after=1,
        )
    try:
        found = read_picture(picture, seconds, number)
    finally:
        AT_ONCE.release()
    if isinstance(found, NoPicture):
        raise UnprocessableEntity(str(FAULTS[found.code]))
    today = clinic_today()
    shown = things(found, today)
    codes = [{"texts": texts, "words": in_words(texts, today)} for texts in shown]
    if found and not shown:
        return jsonify(codes=codes, said=str(NOT_ONE_PACK))
    return jsonify(codes=codes)


def things(found: Sequence[Found], today: date) -> list[list[str]]:
    """What a picture shows, as texts to be scanned: one list, or several to choose from.

    Our own label on a piece comes with the maker's barcodes on the same pack, so that a wrong
    label is noticed. Of a maker's label alone, the barcode that says everything is enough; else
    those that complete each other.

    Returns:
        The lists; empty where our labels and the maker's barcodes are not of one pack.
    """
    texts = [each.text for each in found]
    scans = {text: read([text], today) for text in texts}
    known = [text for text in texts if not isinstance(scans[text], Unreadable)]
    labels = [text for text in known if isinstance(scans[text], UdiScan)]
    one_label = bool(labels) and not isinstance(read(labels, today), Unreadable)
    if ours := _ours(scans):
        units = [text for text in ours if isinstance(scans[text], UnitScan)]
        if units and labels and (len(units) > 1 or not one_label or len(labels) > MOST_OF_A_LABEL):
            return []
        return [[text, *labels] if text in units else [text] for text in ours]
    if len(labels) > 1 and one_label:
        return [_enough(labels, scans)]
    return [[text] for text in known or texts]


def _ours(scans: Mapping[str, Scan]) -> list[str]:
    """Our labels on pieces and places, each once: some bear their code as matrix and as bars."""
    codes: dict[str, str] = {}
    for text, scan in scans.items():
        if isinstance(scan, UnitScan | PlaceScan):
            codes.setdefault(scan.code, text)
    return [*codes.values()]


def _enough(labels: Sequence[str], scans: Mapping[str, Scan]) -> list[str]:
    """As few barcodes of one label as say all that it says, the item first.

    They are all of one agency: a lot of another one's barcode may be that of another pack.
    """
    udis = {text: scan.udi for text in labels if isinstance(scan := scans[text], UdiScan)}
    says = {text: {part for part in PARTS if getattr(udi, part)} for text, udi in udis.items()}
    ways = []
    for issuer in dict.fromkeys(udi.issuer for udi in udis.values()):
        taken: list[str] = []
        said: set[str] = set()
        own = [text for text in labels if udis[text].issuer == issuer]
        for text in sorted(own, key=lambda text: _lacking(says[text])):
            if not says[text] <= said:
                taken.append(text)
                said |= says[text]
        ways.append((_lacking(said), taken or own[:1]))
    return min(ways, key=lambda way: way[0])[1]


def _lacking(said: set[str]) -> list[bool]:
    """What is not said, the weightiest first: what lacks less comes before."""
    return [part not in said for part in PARTS]


def in_words(texts: Sequence[str], today: date) -> str:
    """A thing as a person tells it from another: by lot and expiry, or by its text."""
    scan = read(texts, today)
    if isinstance(scan, UnitScan | PlaceScan):
        return scan.code
    if not isinstance(scan, UdiScan) or not (scan.udi.batch or scan.udi.di):
        return " + ".join(text[3:] for text in texts).replace(GS, "␝")[:60]
    parts = (
        scan.udi.batch and gettext("Lot %(lot)s", lot=scan.udi.batch),
        scan.udi.expires_on and scan.udi.expires_on.isoformat(),
        scan.udi.serial,
        scan.udi.di,
    )
    return " · ".join(part for part in parts if part)
