"""Hands that have only a keyboard: they tab, and look whether they see where they are."""

import re
import time
from typing import Any

from playwright.sync_api import ElementHandle, Locator, Page

AT_ONCE = 12

STOP = """(wanted) => {
  const here = document.activeElement;
  if (!here || here === document.body) return {where: "body", faults: [], there: false};
  const where = `${here.tagName} ${here.id || here.name || here.textContent.trim().slice(0, 40)}`;
  if (!here.getClientRects().length) return {where, faults: ["hidden"], there: here === wanted};
  const style = getComputedStyle(here), box = here.getClientRects()[0], faults = [];
  if (here.tabIndex >= 0 && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2))
    faults.push("no ring");
  const x = box.x + box.width / 2, y = box.y + Math.min(box.height, innerHeight) / 2;
  const top = document.elementFromPoint(x, y);
  if (here.tabIndex >= 0 && !(top && (here.contains(top) || top.contains(here)
      || top.closest("label")?.control === here)))
    faults.push(top ? `covered by ${top.outerHTML.slice(0, 60)}` : "out of sight");
  return {where: where.slice(0, 60), faults, there: here === wanted};
}"""


class Keyboard:
    """A page that is never clicked.

    Attributes:
        faults: Each stop of the focus that nobody could see, with its page.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.press = page.keyboard.press
        self.type = page.keyboard.type

    def tab_to(self, wanted: Locator, key: str = "Tab", most: int = 70) -> list[str]:
        """Tab until something has the focus; the stops on the way."""
        stops: list[str] = []
        while len(stops) < most:
            found = wanted.element_handle()  # anew at times: lists are drawn again meanwhile
            if self._seen(found)["there"]:
                return stops
            for _ in range(AT_ONCE):
                self.press(key)
                seen = self._seen(found)
                stops.append(str(seen["where"]))
                if seen["there"]:
                    return stops
        raise AssertionError(f"{wanted} is not reached by {key}: {stops}")

    def _seen(self, wanted: ElementHandle | None = None) -> dict[str, Any]:
        seen: dict[str, Any] = self.page.evaluate(STOP, wanted)
        for fault in seen["faults"]:
            self.faults.append(f"{self.page.url}: {seen['where']}: {fault}")
        return seen

    def look(self) -> str:
        """Where the focus is; kept as a fault where it cannot be seen."""
        return str(self._seen()["where"])

    def do(self, wanted: Locator, key: str = "Enter", by: str = "Tab") -> None:
        """Tab to something and press it."""
        self.tab_to(wanted, by)
        self.press(key)

    def choose(self, wanted: Locator, value: str, by: str = "Tab") -> None:
        """Tab to a list of choices and go down until this one is chosen."""
        self.tab_to(wanted, by)
        for _ in range(12):
            if wanted.input_value() == value:
                return
            self.press("ArrowDown")
        raise AssertionError(f"{value} is not reached by arrow keys")

    def scan(self, *barcodes: str) -> None:
        """What a scanner types into a page that is there: GS as Ctrl+], and Enter."""
        self.page.wait_for_load_state()
        for barcode in barcodes:
            for part in re.split("(\x1d)", barcode):
                if part == "\x1d":
                    self.press("Control+]")
                else:
                    self.type(part)
            self.press("Enter")


UNDER_CAPS_LOCK = """async ([text, pause]) => {
  const field = document.activeElement, told = {bubbles: true, cancelable: true};
  for (const key of [...text, "Enter"]) {
    const pressed = new KeyboardEvent("keydown", {...told, key, code: key, modifierCapsLock: true});
    if (field.dispatchEvent(pressed) && key.length === 1)
      field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
    if (pause) await new Promise((done) => setTimeout(done, pause));
  }
}"""


def type_under_caps_lock(page: Page, text: str, pause_ms: int = 0) -> None:
    """Keys that say Caps Lock is on; no driver of a browser turns that on."""
    page.evaluate(UNDER_CAPS_LOCK, [text, pause_ms])


ALT, CTRL = 1, 2


def _pressed(key: str, code: str, modifiers: int = 0, text: str = "") -> list[dict[str, Any]]:
    down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
    told = {"key": key, "code": code, "modifiers": modifiers}
    return [{**told, **down}, {**told, "type": "keyUp"}]


ALT_KEY, CTRL_KEY = _pressed("Alt", "AltLeft", ALT), _pressed("Control", "ControlLeft", CTRL)
SEPARATORS = {
    "ctrl+]": [CTRL_KEY[0], *_pressed("]", "BracketRight", CTRL), {**CTRL_KEY[1], "modifiers": 0}],
    "alt+0029": [
        ALT_KEY[0],
        *(each for digit in "0029" for each in _pressed(digit, f"Numpad{digit}", ALT)),
        {**ALT_KEY[1], "modifiers": 0},
    ],
    "f8": _pressed("F8", "F8"),
}
"""The keys by which scanners send the separator GS."""


def scan_in_time(page: Page, *barcodes: str, separator: str = "ctrl+]") -> None:
    """Scans with a key every ten milliseconds, however slow the machine is that presses them."""
    keys, at = page.context.new_cdp_session(page), time.time()
    for key in [each for barcode in barcodes for each in (*barcode, "Enter")]:
        if key == "\x1d":
            told = SEPARATORS[separator]
        else:
            told = _pressed(key, key, text="\r" if key == "Enter" else key)
        for event in told:
            at += 0.01
            keys.send("Input.dispatchKeyEvent", {**event, "timestamp": at})
    keys.detach()
