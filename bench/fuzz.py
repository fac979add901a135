"""100,000 scans that Hypothesis makes up, through the reader and the API's parser; `make fuzz`.

What is allowed: a value, or a refusal that says so. What is not: an exception. The examples come
in rounds, because Hypothesis remembers every example of a round so as not to repeat it; each round
has the next seed, so that one that fails can be had again without those before it. A failing
example is made as small as it can be and shown.

    python -m bench.fuzz --examples 100000 --seed 1
"""

import argparse
import gc
import secrets
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from inventory.api.patient_sessions import ScanBody
from inventory.api.schemas import as_asked
from inventory.domain.scan import Scan, UdiScan, read
from inventory.domain.udi import Keyboard, Layout, Udi, Unreadable
from inventory.store.errors import Conflict

TODAY = date(2026, 11, 23)
BODY = ScanBody()
ROUND = 2_000

CODES = (
    "]d201095212345432131728022910LC-24A\x1d21S1",
    "0109521234543213112601317003280229153010LC-24A",
    "(01)09521234543213(17)280229(10)LC-24A(21)S1",
    "https://id.gs1.org/01/09521234543213/10/LC-24A?17=280229",
    "+A999123457",
    "+X999123ABC0/$$31905151234AB/S5678EDFG/16D20151001J",
    "+A999123457+$$52001510X374",
    "+$$81032802290LC03",
    "=/1AB370000007JC89=,000000=1234567890ABC00=>030329=}025226",
    "=+03035=/A9998KTR100T0101=,000031=G12349865432177",
    "9521234543213",
    "+d2010952123454321310LC'24-A",
    "]D201095212345432131728022910lc-24a",
    "8018952123454321012341",
    "]d28018952123454321012341\x1d7253ROSSI",
    "KT7Q2M9XH4C",
)
"""One scan of each form that is read, as it comes and as a keyboard garbles it."""

PIECES = ("\x1d", "<GS>", "{GS}", "^]", "]d2", "]C1", "]J1", "(", ")", "\\(", "+", "$$", "$$+", "/",
          "=", "=>", "&", "17280200", "00", "10", "21", "37", "7003", "8013", "%2F", "🙂", "é", "ò",
          "\u202e", "\x00", "\ud800", "\x7f", " ", "%", "9" * 40)  # fmt: skip
"""What damage puts into a scan."""

ANY_TEXT = st.text(st.characters(), max_size=40)
"""Letters of anywhere, NUL and lone surrogates among them."""

KEYBOARDS = st.builds(Keyboard, st.sampled_from(Layout), st.sampled_from(("", "|", "~", "\x00")))


def damaged(code: str, damage: list[tuple[int, str]]) -> str:
    """A code after damage on the way: each piece with one number, for what, where and how long."""
    for number, piece in damage:
        number, kind = divmod(number, 6)
        length, start = divmod(number, max(len(code), 1))
        end = start + length % 7
        match kind:
            case 0:
                code = code[:start] + piece + code[start:]
            case 1:
                code = code[:start] + code[end:]
            case 2:
                code = code[:start] + piece + code[end:]
            case 3:
                code += code[start:]
            case 4:
                code = code[start:] + code[:start]
            case 5:
                code = code.swapcase()
    return code


def lengthened(start: str, piece: str, length: int) -> str:
    """One piece over and over, up to what a scan may hold and beyond it."""
    return (start + piece * (length // len(piece)))[:length]


DAMAGE = st.lists(st.tuples(st.integers(0, 2_000), st.sampled_from(PIECES)), max_size=3)
DAMAGED = st.builds(damaged, st.sampled_from(CODES), DAMAGE)
LONG = st.builds(
    lengthened,
    st.sampled_from(CODES),
    st.sampled_from(PIECES + CODES),
    st.sampled_from((1_000, 4_096, 10_000)),
)
LABELS = st.one_of(
    *[st.tuples(DAMAGED)] * 5,
    *[st.tuples(ANY_TEXT)] * 2,
    *[st.tuples(DAMAGED, DAMAGED)] * 2,
    st.tuples(DAMAGED, ANY_TEXT, DAMAGED),
    st.tuples(LONG),
).map(list)
"""One to three barcodes, as somebody scans them off one label."""


@dataclass
class Seen:
    """What a round has seen."""

    examples: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    worst_ms: float = 0.0
    worst: str = ""
    failure: str = ""

    def label(self, barcodes: list[str], keyboard: Keyboard) -> None:
        """One label, through the reader and through the API's parser."""
        begun = time.thread_time()
        scan = read(barcodes, TODAY, keyboard=keyboard)
        took = (time.thread_time() - begun) * 1000
        self.examples += 1
        self.kinds[_verdict(scan)] += 1
        if took > self.worst_ms:
            self.worst_ms, self.worst = took, repr(barcodes)[:120]
        self._by_api({"barcodes": barcodes})

    def _by_api(self, body: dict[str, Any]) -> None:
        try:
            asked = as_asked(BODY.load(body))
        except (ValidationError, Conflict):
            self.kinds["refused by the API's parser"] += 1
            return
        read(asked.barcodes, TODAY)


def _verdict(scan: Scan) -> str:
    """Value or refusal; anything else is a mistake of the reader."""
    if isinstance(scan, Unreadable):
        assert scan.problems, "a refusal says why"
        return "refused"
    if isinstance(scan, UdiScan):
        assert isinstance(scan.udi, Udi)
        return "refused by a check" if scan.udi.blocked else "read"
    return "read"


def run(examples: int, seed_of_round: int) -> Seen:
    """Let Hypothesis make up this many labels; raises what the smallest failing one raises."""
    seen = Seen()

    @seed(seed_of_round)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(barcodes=LABELS, keyboard=KEYBOARDS)
    def any_label(barcodes: list[str], keyboard: Keyboard) -> None:
        seen.label(barcodes, keyboard)

    any_label()
    return seen


def a_round(examples: int, seed_of_round: int) -> Seen:
    """The same, with an exception told as text."""
    gc.disable()  # its pauses would be counted as the reader's
    try:
        return run(examples, seed_of_round)
    except Exception:  # noqa: BLE001 - whatever it is, it is what a fuzzer looks for
        return Seen(failure=f"round of seed {seed_of_round}:\n{traceback.format_exc()}")
    finally:
        gc.enable()


def main() -> None:
    """Run all rounds and print what was seen; exit status 1 if any scan raised an exception."""
    parser = argparse.ArgumentParser(description="Fuzz the reading of scans.")
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    asked = parser.parse_args()
    print(f"seed {asked.seed}", flush=True)
    begun = time.perf_counter()
    sizes = [min(ROUND, asked.examples - done) for done in range(0, asked.examples, ROUND)]
    with ProcessPoolExecutor() as workers:
        rounds = list(workers.map(a_round, sizes, range(asked.seed, asked.seed + len(sizes))))
    failures = tell(rounds, time.perf_counter() - begun)
    raise SystemExit(1 if failures else 0)


def tell(rounds: list[Seen], seconds: float) -> int:
    """Print what was seen, and give the number of rounds that an exception ended."""
    failures = [seen.failure for seen in rounds if seen.failure]
    worst = max(rounds, key=lambda seen: seen.worst_ms)
    print(*failures, sep="\n", end="\n" if failures else "")
    print(f"{sum(seen.examples for seen in rounds)} examples in {seconds:.0f} s")
    for kind, count in sorted(sum((seen.kinds for seen in rounds), Counter[str]()).items()):
        print(f"  {kind}: {count}")
    print(f"exceptions: {len(failures)}")
    print(f"worst: {worst.worst_ms:.2f} ms of processor time, {worst.worst}")
    return len(failures)


if __name__ == "__main__":
    main()
