"""100,000 random and mutated scans through the reader and the API's parser; `make fuzz`.

What is allowed: a value, or a refusal that says so. What is not: an exception, or a scan that
takes long. A case is made from its number alone, so that one that fails can be had again.

    python -m bench.fuzz --cases 100000 --seed 1
"""

import argparse
import gc
import random
import secrets
import time
from collections import Counter
from datetime import date
from typing import Any

from marshmallow import ValidationError

from inventory.api.patient_sessions import ScanBody
from inventory.api.schemas import as_asked
from inventory.domain.scan import read
from inventory.domain.udi import Keyboard, Layout
from inventory.store.errors import Conflict

TODAY = date(2026, 11, 23)
WORST_MS = 5.0

GROUND = (
    "]d201095212345432131728022910LC-24A\x1d21S1",
    "(01)09521234543213(17)280229(10)LC-24A(21)S1",
    "https://id.gs1.org/01/09521234543213/10/LC-24A?17=280229",
    "+A999123457",
    "+X999123ABC0/$$31905151234AB/S5678EDFG/16D20151001J",
    "+A999123457+$$52001510X374",
    "=/1AB370000007JC89=,000000=1234567890ABC00=>030329=}025226",
    "9521234543213",
    "+d2010952123454321310LC'24-A",
    "8018952123454321012341",
    "KT7Q2M9XH4C",
)
PIECES = ("\x1d", "<GS>", "{GS}", "]d2", "]C1", "(", ")", "+", "$$", "/", "=", "&", "17280200",
          "00", "10", "21", "🙂", "é", "\u202e", "\x7f", " ", "%", "7003", "9" * 40)  # fmt: skip

CHANGES = ("insert", "delete", "replace", "double", "swap", "upper")
KEYBOARDS = (Keyboard(), Keyboard(Layout.ITALIAN), Keyboard(separator="|"))


def noise(draw: random.Random, longest: int) -> str:
    """Letters of anywhere, lone surrogates and NUL among them."""
    tops = (0x7F, 0x7F, 0xFF, 0xFFFF, 0x10FFFF)
    return "".join(chr(draw.randint(0, draw.choice(tops))) for _ in range(draw.randint(0, longest)))


def mutated(draw: random.Random, text: str) -> str:
    """A scan with some damage."""
    for _ in range(draw.randint(0, 4)):
        at = draw.randint(0, len(text))
        piece = draw.choice(PIECES) if draw.random() < 0.7 else noise(draw, 4)
        match draw.choice(CHANGES):
            case "insert":
                text = text[:at] + piece + text[at:]
            case "delete":
                text = text[:at] + text[at + 1 + len(piece) :]
            case "replace":
                text = text[:at] + piece + text[at + len(piece) :]
            case "double":
                text += text[at:]
            case "swap":
                text = text[at:] + text[:at]
            case "upper":
                text = text.swapcase()
    return text


def a_case(number: int) -> tuple[list[str], Keyboard]:
    """The barcodes of one label and a keyboard, always the same for a number."""
    draw = random.Random(number)
    barcodes = []
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        ground = draw.choice(GROUND) if draw.random() < 0.8 else noise(draw, 60)
        text = mutated(draw, ground)
        barcodes.append(text * draw.randint(50, 150) if draw.random() < 0.01 else text)
    return barcodes, draw.choice(KEYBOARDS)


class Run:
    """What a run has seen."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.worst_ms, self.worst = 0.0, ""
        self.body = ScanBody()

    def __call__(self, case: tuple[list[str], Keyboard]) -> None:
        """One case, through the reader and through the API's parser."""
        barcodes, keyboard = case
        begun = time.thread_time()
        scan = read(barcodes, TODAY, keyboard=keyboard)
        took = (time.thread_time() - begun) * 1000
        if took > self.worst_ms:
            self.worst_ms, self.worst = took, repr(barcodes)[:120]
        self.kinds[type(scan).__name__] += 1
        self._by_api({"barcodes": barcodes})

    def _by_api(self, body: dict[str, Any]) -> None:
        try:
            asked = as_asked(self.body.load(body))
        except (ValidationError, Conflict):
            self.kinds["refused by the API's parser"] += 1
            return
        read(asked.barcodes, TODAY)


def main() -> None:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description="Fuzz the reading of scans.")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    run, begun = Run(), time.perf_counter()
    gc.disable()  # its pauses would be counted as the reader's
    for number in range(given.seed, given.seed + given.cases):
        try:
            run(a_case(number))
        except Exception:
            print(f"case {number}: {a_case(number)!r}", flush=True)
            raise
    seconds = time.perf_counter() - begun
    print(f"{given.cases} cases in {seconds:.0f} s, no exception: {dict(run.kinds)}")
    print(f"worst {run.worst_ms:.2f} ms of processor time: {run.worst}")
    if run.worst_ms > WORST_MS:
        raise SystemExit(f"a scan took longer than {WORST_MS} ms")


if __name__ == "__main__":
    main()
