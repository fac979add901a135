"""What other calls take: the codes of places and procedures."""

from tests.api.calling import Caller


def test_places_are_listed_by_site_and_kind_and_no_session_is_among_them(caller: Caller) -> None:
    caller.clinic.open_session()
    every = caller.get("/locations").json
    assert every["total"] == len(every["locations"])
    assert {line["site"] for line in every["locations"]} == {"TO", "CN"}
    assert "SESSION" not in {line["kind"] for line in every["locations"]}
    room = {"code": "TO-OR1", "name": "Room 1", "kind": "STORE", "site": "TO"}
    stores = caller.get("/locations", site="to", kind="STORE").json["locations"]
    assert room in stores
    assert {(line["site"], line["kind"]) for line in stores} == {("TO", "STORE")}
    assert caller.get("/locations", kind="SESSION").status_code == 422


def test_procedures_say_what_each_of_their_lines_takes(caller: Caller) -> None:
    found = {each["code"]: each for each in caller.get("/procedures").json["procedures"]}
    assert set(found) == {"disc-fat-prf", "short"}
    lines = found["disc-fat-prf"]["lines"]
    assert all(line["kind"] or line["items"] for line in lines)
    kit = next(line for line in lines if line["kind"] == "processing_kit")
    assert (kit["minimum"], kit["maximum"]) == (1, 1)
