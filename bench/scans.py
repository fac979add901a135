"""Scans a second over HTTP with eight clients, against the same server's bare durable insert."""

import json
import pickle
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from flask_security import hash_password

from bench.ground import PORT, add_bare_table, ground, server
from config import PROJECT
from inventory.operations import cataloguing, enrolling, opening, receiving, shipped
from inventory.operations.demonstration_data import WARES
from inventory.operations.identifying import Asked
from inventory.operations.posting import Act
from inventory.operations.synthesising import synthesise
from tests.clinic import ROME

CLIENTS = 8
ROUNDS = 3
ROOM = "BENCH-OR1"
PLAN = ("swab", "drape", "syringe10", "needle", "lidocaine", "infiltration", "ringer", "harvest",
        "syringe60", "kit", "disc", "electrode")  # fmt: skip
"""What a session takes; as in the demonstration."""


def measure(url: str, sessions: int, movements: int) -> dict[str, Any]:
    """Rates of scans and of bare inserts, in turn, on one server.

    Args:
        url: Of a PostgreSQL database, or empty for SQLite.
        sessions: Scanned into by each client in each round.
        movements: Of the synthetic ledger that is there before.
    """
    with ground(url) as made:
        synthesise(movements, 1, ROME, 30)
        token, scans = prepare(sessions * CLIENTS * ROUNDS)
        add_bare_table()
        with server(made.environ, "-m", "bench.wsgi") as running:
            figures = _rates(token, scans, sessions)
            return {"movements": movements, **figures, "megabytes": round(running.megabytes())}


def prepare(how_many: int) -> tuple[str, list[list[tuple[str, str]]]]:
    """A token, and for each session its address with the barcodes to be scanned into it."""
    now = datetime.now(UTC)

    def act() -> Act:
        return Act("bench", datetime.now(UTC), ROME)

    cataloguing.add_site("BENCH", "Torino", "Via Roma 1")
    cataloguing.add_store(act(), "BENCH", ROOM, "Room 1")
    expires_on = now.date().replace(year=now.year + 3, day=1)
    pieces: dict[str, list[str]] = {}
    for ware in WARES:
        cataloguing.add_item(
            act(), name=ware.name, reference=ware.reference, manufacturer=ware.maker,
            kind=ware.kind, tracking=ware.tracking, single_use=True, packaging=ware.packaging,
        )  # fmt: skip
        for lot in range(0, how_many, 25):  # a lot serves 25 sessions
            label = ware.label(f"B{lot}", expires_on)
            line = receiving.ReceiptLine(Asked((label,)), 25)
            request = receiving.ReceiptRequest(ROOM, "Bench", "1", [line])
            answer = receiving.receive(act(), request)
            units = answer.body["lines"][0]["units"]
            pieces.setdefault(ware.key, []).extend(units or [label] * 25)
    found = []
    for number in range(how_many):
        request = opening.SessionRequest(f"BENCH {number}", shipped.DISC.code, ROOM)
        code = str(opening.open_session(act(), request, 30).body["code"])
        path = f"/api/v1/patient-sessions/{code}/scans"
        found.append([(path, pieces[key][number]) for key in PLAN])
    enrolling.enrol(act(), "bench", hash_password("bench bench bench"), ["nurse"])
    return enrolling.issue_token(act(), "bench"), found


def _rates(token: str, scans: list[list[tuple[str, str]]], sessions: int) -> dict[str, Any]:
    scanned, inserted = [], []
    for turn in range(ROUNDS):
        mine = scans[turn * sessions * CLIENTS : (turn + 1) * sessions * CLIENTS]
        plans = [[s for each in mine[c::CLIENTS] for s in each] for c in range(CLIENTS)]
        real = [[_request(path, token, code, f"{turn}-{c}-{n}") for n, (path, code) in
                 enumerate(plan)] for c, plan in enumerate(plans)]  # fmt: skip
        bare = [[_request("/bench/insert", token, code, f"b{turn}-{c}-{n}") for n, (_, code) in
                 enumerate(plan)] for c, plan in enumerate(plans)]  # fmt: skip
        inserted.append(_send(bare, 200))
        scanned.append(_send(real, 201))
    scan, insert = median(s["rate"] for s in scanned), median(i["rate"] for i in inserted)
    return {
        "scans_per_second": round(scan),
        "bare_inserts_per_second": round(insert),
        "ratio": round(scan / insert, 2),
        "scan_p50_ms": round(median(s["p50_ms"] for s in scanned), 1),
        "scan_p99_ms": round(median(s["p99_ms"] for s in scanned), 1),
    }


def _request(path: str, token: str, barcode: str, key: str) -> bytes:
    body = json.dumps({"barcodes": [barcode]}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _send(plans: list[list[bytes]], wanted: int) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(pickle.dumps(plans))
        file.flush()
        done = subprocess.run(
            [sys.executable, "-m", "bench.client", str(PORT), str(Path(file.name))],
            cwd=PROJECT, capture_output=True, check=True, text=True,
        )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout)
    if set(said["statuses"]) != {str(wanted)}:
        raise RuntimeError(f"answers were {said['statuses']}, not all {wanted}")
    return said
