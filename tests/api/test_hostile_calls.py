"""Whatever is put into any field of any call: refused with a sentence, or kept; nothing is lost.

The fields are read out of the description, so that a new one is tried too. On SQLite it is
answered in English, on PostgreSQL in Italian.
"""

from collections.abc import Iterator
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import pytest

from inventory import store
from tests.api.calling import Caller, Calling
from tests.api.described import (
    body_of,
    is_counted,
    is_free,
    operations,
    queries_of,
    takes_nothing,
    takes_null,
)
from tests.api.hostile_calls import STORED, WRONG_KINDS, Bodies
from tests.auditing import holdings
from tests.hostile_values import BLANK, FOREIGN, FORMULA, HALF, HOSTILE, LONG, NUL, SCANS
from tests.web.hostile_answers import places_in, put

ADDRESSES = ("a%00b", "9" * 30, quote(HOSTILE.replace("/", "")) + "x" * 5000)

REFUSED = {
    "/entries/{reference}/reverse",
    "/lots/{lot_id}/lift-hold",
    "/patient-sessions/{code}/close",
}
"""What cannot be done at this clinic; nothing is typed into it."""


@pytest.fixture(scope="module")
def bodies(sharing: Calling) -> Bodies:
    """What an integration sends that may do everything; on PostgreSQL it reads Italian."""
    caller = sharing("everybody")
    with caller.client.application.app_context():
        is_postgresql = store.db.engine.dialect.name == "postgresql"
    caller.sent["Accept-Language"] = "it" if is_postgresql else "en"
    return Bodies(caller)


def held(caller: Caller) -> tuple[Any, ...]:
    with caller.client.application.app_context(), store.reading() as connection:
        return holdings(connection)


def fault_in(caller: Caller, answer: Any, statuses: tuple[int, ...] = ()) -> str:
    """What is wrong with an answer: a fault, no sentence, another language; empty for nothing."""
    if answer.status_code >= 500 or (statuses and answer.status_code not in statuses):
        return f"{answer.status_code} {answer.json}"[:200]
    if answer.headers["Content-Language"] != caller.sent["Accept-Language"]:
        return "in another language"
    if answer.status_code < 400:
        return ""
    said = [answer.json["detail"], *(each["message"] for each in answer.json["problems"])]
    if answer.content_type != "application/problem+json" or any(len(each) < 10 for each in said):
        return f"{answer.status_code} without a sentence"
    return ""


def test_every_field_of_every_call_is_refused_by_name_or_kept(bodies: Bodies) -> None:
    caller, faults = bodies.caller, []
    spec = caller.get("/openapi.json").json
    for described, call in operations(spec, "post"):
        path, fields = described.removeprefix("/api/v1"), body_of(spec, call)
        assert {*places_in(bodies.body(path))} == {*fields}, path
        answer = caller.post(bodies.address(path), bodies.sent(path))
        assert answer.status_code < 400 or path in REFUSED, (path, answer.json)
        found = [*of_all_at_once(bodies, path, fields), *of_no_text(bodies, path)]
        for place, schema in fields.items():
            if is_free(schema):
                found += of_one(bodies, path, place)
        faults += [f"{path} {each}" for each in found]
    assert not faults, "\n" + "\n".join(faults)


def of_all_at_once(bodies: Bodies, path: str, fields: dict[str, Any]) -> Iterator[str]:
    """Every field is of the wrong kind, or far too long: each is named with its sentence."""
    address = bodies.address(path)
    before = held(bodies.caller)
    for wrong in WRONG_KINDS:
        body, named = bodies.body(path), set()
        for place, schema in fields.items():
            value = wrong[kind_of(schema)]
            body = put(body, place, value)
            if not (takes_null(schema) if value is None else value == "" and takes_nothing(schema)):
                named.add(place)
        answer = bodies.caller.post(address, body)
        if fault := fault_in(bodies.caller, answer, (422,)):
            yield f"{wrong!r:.40}: {fault}"
            continue
        told = {each["message"].partition(":")[0] for each in answer.json["problems"]}
        if named - told:
            yield f"{wrong!r:.40}: {named - told} not named"
    if held(bodies.caller) != before:
        yield "refused, and something changed"


def kind_of(schema: dict[str, Any]) -> str:
    if is_free(schema):
        return "text"
    if is_counted(schema):
        return "number"
    return "date" if str(schema.get("format", "")).startswith("date") else "other"


def of_no_text(bodies: Bodies, path: str) -> Iterator[str]:
    """NUL in one field and half of a character in the next: each is named."""
    for odd in (0, 1):
        body = bodies.body(path)
        places = [*places_in(body)]
        for at, place in enumerate(places):
            body = put(body, place, (NUL, HALF)[(at + odd) % 2])
        answer = bodies.caller.post(bodies.address(path), body)
        names = {next(x for x in reversed(each.split(".")) if not x.isdigit()) for each in places}
        fault = fault_in(bodies.caller, answer, (400,))
        if fault or not all(name in answer.json["detail"] for name in names):
            yield f"no text: {fault or answer.json['detail']}"


def of_one(bodies: Bodies, path: str, place: str) -> Iterator[str]:
    """One hostile text where people choose it, all else as it should be."""
    caller, values = bodies.caller, [HOSTILE, "", BLANK, *(SCANS if "barcodes" in place else ())]
    for value in values:
        body, address = bodies.sent(path, place, value), bodies.address(path)
        before = held(caller)
        answer = caller.post(address, body)
        fault = fault_in(caller, answer)
        if answer.status_code < 400:
            fault = fault or kept_otherwise(bodies, path, place, value)
        elif held(caller) != before:
            fault = fault or "refused, and something changed"
        if fault:
            yield f"{place}={value!r:.40}: {fault}"
        if value == HOSTILE and answer.status_code >= 400:
            values += [FORMULA, FOREIGN]


def kept_otherwise(bodies: Bodies, path: str, place: str, value: str) -> str:
    """What a text became, where that is not what was sent."""
    table, *columns = STORED.get(path, ("",))
    if place not in columns:
        return ""
    with bodies.caller.client.application.app_context(), store.reading() as connection:
        query = f"SELECT {place} FROM {table} ORDER BY id DESC LIMIT 1"
        kept = connection.exec_driver_sql(query).scalar()
    return "" if kept == normalize("NFC", value) else f"kept as {kept!r:.60}"


def test_every_parameter_of_every_list_is_refused_by_name_or_looked_for(bodies: Bodies) -> None:
    caller, faults = bodies.caller, []
    spec = caller.get("/openapi.json").json
    for described, call in operations(spec, "get"):
        path, asked = described.removeprefix("/api/v1"), queries_of(call)
        strict = {name for name, schema in asked.items() if not is_free(schema)}
        for values, status, named in (
            (dict.fromkeys(strict, HOSTILE), (422,), strict),
            (dict.fromkeys(asked, LONG), (422,), set(asked)),
            *(
                ({name: value}, (200, 404, 422), set())
                for name in {*asked} - strict
                for value in (HOSTILE, FOREIGN, "%_\\")
            ),
        ):
            answer = caller.get(path, **values) if values else None
            if answer is None:
                continue
            fault = fault_in(caller, answer, status)
            if not fault and named - {*answer.json.get("errors", ())}:
                fault = f"{named - {*answer.json.get('errors', ())}} not named"
            faults += [f"{path} {values!r:.60}: {fault}"] if fault else []
        for broken in ("%00", "%ed%a0%80") if asked else ():
            query = "&".join(f"{name}={broken}" for name in asked)
            answer = caller.client.get(f"{described}?{query}", headers=caller.headers())
            fault = fault_in(caller, answer, (400,) if broken == "%00" else ())
            faults += [f"{path} {broken}: {fault}"] if fault else []
    assert not faults, "\n" + "\n".join(faults)


def test_every_address_may_hold_anything(bodies: Bodies) -> None:
    caller, faults = bodies.caller, []
    spec = caller.get("/openapi.json").json
    calls = [(method, path) for method in ("get", "post") for path, _ in operations(spec, method)]
    for method, path in calls:
        for value in ADDRESSES if "{" in path else ():
            address = path.partition("{")[0] + value + path.partition("}")[2]
            body = bodies.sent(path.removeprefix("/api/v1")) if method == "post" else None
            answer = caller.client.open(
                address, method=method.upper(), json=body, headers=caller.headers()
            )
            if fault := fault_in(caller, answer, (400, 404, 405)):
                faults.append(f"{method} {address[:60]}: {fault}")
    assert not faults, "\n" + "\n".join(faults)
