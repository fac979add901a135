"""A lot in doubt by the API: its candidates are named, and one of them goes with the barcodes."""

from tests.api.calling import Caller, codes
from tests.clinic import SALINE

GLUED = f"01{SALINE}10A1717280131"


def test_the_candidates_are_named_and_one_is_sent_with_the_barcodes(caller: Caller) -> None:
    caller.receive(caller.clinic.label("A17", SALINE), packs=3)
    session = caller.open_session()
    refused = caller.scan(session, GLUED)
    assert (refused.status_code, codes(refused)) == (409, ["lot-ambiguous"])
    assert refused.json["candidates"] == ["A17", "A1717280131"]
    sent = {"barcodes": [GLUED], "lot": "A17"}
    answer = caller.post(f"/patient-sessions/{session}/scans", sent)
    assert (answer.status_code, answer.json["lot"]) == (201, "A17")
