"""What the screen in theatre sends of a scan, or of what was typed instead."""

from datetime import datetime
from typing import Any, Final

from flask import request
from flask_babel import gettext
from werkzeug.exceptions import UnprocessableEntity

from inventory.domain.udi import Keyboard
from inventory.operations import scanning
from inventory.operations.identifying import Asked
from inventory.operations.refusing import Override
from inventory.web.acting import clinic_instant, clinic_today, keyboard_of_request
from inventory.web.camera import attached
from inventory.web.one_label import joined, waits_for

MOST_HELD: Final = 5
"""Barcodes of one label that a page keeps, at most."""

LONGEST_REF: Final = 80
LONGEST_TYPED: Final = 40
"""Characters of a lot or a code typed by hand; GS1 allows a lot 20."""


class ScanReader:
    """Reads what a page's script sent; every wrong field is named."""

    def __init__(self, sent: dict[str, Any]) -> None:
        self.sent = sent

    def request(self) -> scanning.ScanRequest:
        """The scan that was meant.

        Raises:
            UnprocessableEntity: A field is missing or not of its kind.
        """
        return scanning.ScanRequest(
            self._asked(),
            self._quantity(),
            self._occurred_at(),
            self._override(),
            attached(self.sent.get("photo")),
        )

    def barcodes(self) -> tuple[str, ...]:
        """All that this page sent: what it held, and what was scanned."""
        return self._texts("barcodes", self.sent.get("barcodes", []))

    def after(self) -> tuple[str, ...]:
        """The barcodes of the label that this page took last."""
        return self._texts("after", self.sent.get("after", []))[:MOST_HELD]

    def held_before(self) -> tuple[str, ...]:
        """The barcodes that the page held of a label that was not whole, and that are given up.

        A barcode that only perhaps began the next pack was none of it.
        """
        if self.sent.get("perhaps"):
            return ()
        lapsed = self._texts("given_up", self.sent.get("given_up", []))
        sent = self.barcodes()
        kept = sent if self.sent.get("one_look") else joined(sent, clinic_today())
        return (*lapsed[:MOST_HELD], *(sent[:-1] if len(kept) < len(sent) else ()))

    def _asked(self) -> Asked:
        barcodes = self.barcodes()
        if barcodes:
            one = barcodes if self.sent.get("one_look") else joined(barcodes, clinic_today())
            return Asked(one, lot=self._text("lot", LONGEST_TYPED), keyboard=self._keyboard())
        return self._typed()

    def _typed(self) -> Asked:
        """The lot of an item of the list, or REF and lot: typed twice, or once beside a photo."""
        reference, lot = self._text("reference", LONGEST_REF), self._text("lot", LONGEST_TYPED)
        item = "" if reference else self._text("item", LONGEST_TYPED)
        again = self._texts("again", self.sent.get("again", []))
        if len(again) not in (0, 2):
            raise _wrong("again")
        if not again and not self.sent.get("photo"):
            if reference:
                raise UnprocessableEntity(gettext("Type REF and lot twice, or attach a photo."))
            raise UnprocessableEntity(gettext("Type the lot twice, or attach a photo."))
        return Asked(
            item=item,
            lot=lot,
            keyboard=self._keyboard(),
            reference=reference,
            again=(again[0], again[1]) if again else None,
            held=self._held(),
        )

    def _held(self) -> tuple[str, ...]:
        """The barcodes of the pack that say no lot; whatever else was sent as such is none."""
        held = self._texts("held", self.sent.get("held", []))[:MOST_HELD]
        return held if held and waits_for(held, clinic_today()) == "lot" else ()

    def _keyboard(self) -> Keyboard:
        return keyboard_of_request(caps_lock=self.sent.get("caps_lock") is True)

    def _quantity(self) -> int:
        given = self.sent.get("quantity", 1)
        if isinstance(given, bool) or not isinstance(given, int) or abs(given) > 2**31:
            raise _wrong("quantity")
        return given

    def _occurred_at(self) -> datetime | None:
        text = self._text("occurred_at", LONGEST_TYPED)
        moment = clinic_instant(text)
        if text and moment is None:
            raise _wrong("occurred_at")
        return moment

    def _override(self) -> Override:
        given = self.sent.get("override") or {}
        if not isinstance(given, dict) or not isinstance(given.get("reason", ""), str):
            raise _wrong("override")
        return Override(
            frozenset(self._texts("override", given.get("codes", []))), given.get("reason", "")
        )

    def _text(self, name: str, longest: int) -> str:
        given = self.sent.get(name) or ""
        if not isinstance(given, str) or len(given) > longest:
            raise _wrong(name)
        return given

    def _texts(self, name: str, given: Any) -> tuple[str, ...]:
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            raise _wrong(name)
        return tuple(given)


def sent_scan() -> dict[str, Any]:
    """What a page's script sent of a scan.

    Raises:
        UnprocessableEntity: It is no JSON object.
    """
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise UnprocessableEntity(gettext("A scan is sent as JSON."))
    return sent


def _wrong(name: str) -> UnprocessableEntity:
    return UnprocessableEntity(gettext("The field %(field)s cannot be read.", field=name))
