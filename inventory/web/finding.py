"""In theatre, where nothing is a dead end: a found pack is booked in, one without a code is told.

Both live beside the scan: what they answer is shown as a scan's answer is.
"""

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import NotFound

from inventory.domain.catalogue import ItemKind
from inventory.operations import finding, scanning
from inventory.operations.finding import FoundPack
from inventory.operations.noting import read_photo
from inventory.store import ledger, reading
from inventory.web.acting import act_from_request
from inventory.web.scan_reader import ScanReader, sent_scan
from inventory.web.scanning import verdict

blueprint = Blueprint("finding", __name__, url_prefix="/sessions/<code>")


@blueprint.post("/found")
def book_in(code: str) -> Response:
    """Take a pack into the room where it was found; the scan is then sent again."""
    sent = sent_scan()
    reader = ScanReader(sent)
    asked = reader.request()
    pack = FoundPack(asked.asked, asked.quantity, _kind(sent.get("kind")), asked.override)
    answer = finding.book_in_found(act_from_request(), code.upper(), pack)
    return jsonify(verdict(answer) | {"accepted": not answer.refused})


@blueprint.post("/manual")
def scan(code: str) -> Response:
    """Open a pack whose lot was typed, its photo attached."""
    asked = ScanReader(sent_scan()).request()
    answer = scanning.scan_into_session(act_from_request(), code.upper(), asked)
    more = {"hold": False, "accepted": not answer.refused, "barcodes": []}
    return jsonify(verdict(answer) | more)


@blueprint.get("/photos/<photo>")
def photo(code: str, photo: str) -> Response:
    """The photo that was attached to a line of this session."""
    return photo_of(code, photo)


def photo_of(code: str, photo: str) -> Response:
    """A photo that an entry about something names.

    Raises:
        NotFound: None names it.
    """
    with reading() as connection:
        if not ledger.names_photo(connection, code.upper(), photo):
            raise NotFound
        data = read_photo(connection, photo)
    return Response(data, content_type="image/jpeg")


def _kind(given: object) -> ItemKind | None:
    return ItemKind(given) if isinstance(given, str) and given in [*ItemKind] else None
