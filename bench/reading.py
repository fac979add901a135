"""Reading barcodes: parses a second beside bare biip, and milliseconds for a camera's frame."""

import json
import time
from collections.abc import Callable
from datetime import date

import biip
from PIL import Image

from inventory.domain.udi import read_udi
from inventory.pictures import read_picture
from tests.pictures.drawing import frame, jpeg, symbol

TODAY = date(2026, 11, 23)
ROUNDS = 3
SECONDS = 0.25

LABELS = {
    "gs1": "]d2010952123454321317280229" + "10LC-24A\x1d21S1",
    "hibcc": "+X999123ABC0/$$31905151234AB/S5678EDFG/16D20151001J",
    "iccbba": "=/1AB370000007JC89=,000000=1234567890ABC00=>030329=}025226",
    "gtin": "9521234543213",
}


def per_second(act: Callable[[], object]) -> float:
    """How often something can be done in a second of processor time; the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        done, begun = 0, time.process_time()
        while (spent := time.process_time() - begun) < SECONDS:
            for _ in range(20):
                act()
            done += 20
        best = max(best, done / spent)
    return best


def milliseconds(act: Callable[[], object], rounds: int = 7) -> float:
    """How long something takes, the middle of some rounds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)[rounds // 2]


def measure() -> dict[str, float]:
    """Parses a second for each issuer, as parts of bare biip on a GS1 label; frames in ms."""
    bare = per_second(lambda: biip.parse(LABELS["gs1"]))
    found: dict[str, float] = {"biip_per_second": round(bare)}
    for issuer, label in LABELS.items():
        rate = per_second(lambda label=label: read_udi([label], TODAY))  # type: ignore[misc]
        found[f"{issuer}_per_second"] = round(rate)
        found[f"{issuer}_ratio"] = round(rate / bare, 2)
    for name, size in (("720p", (1280, 720)), ("1080p", (1920, 1080))):
        label = symbol("gs1-datamatrix", LABELS["gs1"][3:])
        seen = jpeg(frame((label, (400, 200)), size=size))
        empty = jpeg(Image.effect_noise(size, 60).convert("RGB"))
        found[f"frame_{name}_ms"] = round(
            milliseconds(lambda seen=seen: read_picture(seen, 0.6)), 1
        )  # type: ignore[misc]
        found[f"frame_{name}_first_look_ms"] = round(
            milliseconds(lambda empty=empty: read_picture(empty, 0.0)),  # type: ignore[misc]
            1,
        )
        found[f"frame_{name}_nothing_ms"] = round(
            milliseconds(lambda empty=empty: read_picture(empty, 0.6), 3),  # type: ignore[misc]
            1,
        )
    return found


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
