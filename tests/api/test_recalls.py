"""Recalls and entries by the API; who may do what."""

import pytest

from tests.api.calling import Caller, Calling, codes


def test_a_recall_is_opened_read_and_lifted(caller: Caller) -> None:
    caller.receive_kits("A17", 2)
    notice = {"reference": "FSN 1", "manufacturer": "Acme", "reason": "sterility"}
    body = {**notice, "scope": [{"item": caller.clinic.kit, "all": True}]}
    made = caller.made("/recalls", body, key="c-1")
    assert (made["exposed"], made["cannot_be_excluded"], made["on_hand"]) == (0, 0, 2)
    again = caller.post("/recalls", body, key="c-1")
    assert (again.status_code, again.json) == (200, made)
    none = {**notice, "scope": [{"item": caller.clinic.kit}]}
    assert codes(caller.post("/recalls", none)) == ["lots-missing"]
    unknown = {**notice, "scope": [{"item": "MT0", "all": True}]}
    assert caller.post("/recalls", unknown).status_code == 404
    code = made["code"]
    (line,) = caller.get("/recalls").json["recalls"]
    assert (line["code"], line["scope"]) == (code, [{"item": caller.clinic.kit, "lots": None}])
    assert caller.get(f"/recalls/{code.lower()}").json["code"] == code
    paper, table = caller.get(f"/recalls/{code}.pdf"), caller.get(f"/recalls/{code}.csv")
    assert (paper.content_type, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert table.content_type == "text/csv; charset=utf-8"
    for name in ("RC0", "RC0.pdf", "RC0.csv"):
        assert caller.get(f"/recalls/{name}").status_code == 404
    lift = f"/recalls/{code}/lift"
    assert codes(caller.post(lift, {"reason": " "})) == ["reason-missing"]
    caller.made(lift, {"reason": "the notice was withdrawn"})
    assert codes(caller.post(lift, {"reason": "twice"})) == ["lifted-already"]
    seen = caller.get(f"/recalls/{code}").json
    assert (seen["lifted_by"], seen["lifted_reason"]) == ("admin1", "the notice was withdrawn")


def test_recalls_are_found_by_notice_lot_and_state(caller: Caller) -> None:
    def notice(reference: str, lot: str) -> str:
        scope = [{"item": caller.clinic.kit, "lots": [lot]}]
        said = {"reference": reference, "manufacturer": "Acme", "reason": "sterility"}
        code: str = caller.made("/recalls", {**said, "scope": scope})["code"]
        return code

    def found(**query: str) -> list[str]:
        return [line["code"] for line in caller.get("/recalls", **query).json["recalls"]]

    first, second, third = notice("FSN 1", "A17"), notice("FSN 2", "B22"), notice("FSN 3", "A18")
    caller.made(f"/recalls/{second}/lift", {"reason": "the notice was withdrawn"})
    assert found() == [third, second, first]
    assert found(search="fsn 2") == found(search="b22") == found(state="lifted") == [second]
    assert found(state="open") == found(search="a1") == [third, first]
    assert found(search="nowhere") == []
    page = caller.get("/recalls", size=2, page=2).json
    assert ([line["code"] for line in page["recalls"]], page["total"]) == ([first], 3)
    assert caller.get("/recalls", state="done").status_code == 422


def test_a_recall_sent_again_is_answered_as_at_first_though_its_figures_changed(
    caller: Caller,
) -> None:
    used, _ = caller.receive_kits("A17", 2)
    session = caller.open_session()
    caller.scan(session, used)
    scope = [{"item": caller.clinic.kit, "lots": ["A17"]}]
    body = {"reference": "FSN 1", "manufacturer": "Acme", "reason": "sterility", "scope": scope}
    first = caller.made("/recalls", body, key="c-1")
    caller.say(session, "used", unit=used)
    caller.open_session("MRN 2")
    late = caller.receive(caller.clinic.label("A17"), packs=3)
    assert late["lines"][0]["location"] == "TO-QUARANTINE"
    again = caller.post("/recalls", body, key="c-1")
    assert (again.status_code, again.json) == (200, first)
    assert {name: first[name] for name in ("exposed", "cannot_be_excluded", "on_hand")} == {
        "exposed": 1,
        "cannot_be_excluded": 0,
        "on_hand": 1,
    }
    seen = caller.get(f"/recalls/{first['code']}").json
    assert [line["session"] for line in seen["rings"]["exposed"]] == [session]
    assert len(seen["rings"]["cannot_be_excluded"]) == 1
    assert sum(line["on_hand"] for line in seen["reconciliation"]) == 4


def test_a_lot_is_held_everywhere_and_let_go(caller: Caller) -> None:
    (unit,) = caller.receive_kits("A17")
    session, why = caller.open_session(), {"reason": "incident"}
    lot = f"/lots/{caller.get('/lots', lot='A17').json['lots'][0]['id']}"
    made = caller.made(f"{lot}/hold", why, key="h-1")
    assert (made["held"], [entry[:2] for entry in made["entries"]]) == (True, ["TO", "CN"])
    again = caller.post(f"{lot}/hold", why, key="h-1")
    assert (again.status_code, again.json) == (200, made)
    assert codes(caller.post(f"{lot}/hold", {"reason": "other"}, key="h-1")) == ["key-conflict"]
    assert codes(caller.post(f"{lot}/hold", why)) == ["held-already"]
    assert caller.post(f"{lot}/hold", {"reason": "mood"}).status_code == 422
    assert codes(caller.scan(session, unit)) == ["on-hold"]
    assert caller.get(f"{lot}/trace").json["held"] is True
    assert caller.made(f"{lot}/lift-hold", why)["held"] is False
    assert codes(caller.post(f"{lot}/lift-hold", why)) == ["not-held"]
    assert caller.scan(session, unit).status_code == 201
    assert caller.post("/lots/99/hold", why).status_code == 404


def test_an_expiry_that_was_booked_wrong_is_corrected(caller: Caller) -> None:
    first, second = caller.receive_kits("A17", 2)
    session = caller.open_session()
    assert caller.scan(session, first).status_code == 201
    lot = f"/lots/{caller.get('/lots', lot='A17').json['lots'][0]['id']}"
    typed = {"expires_on": "2026-01-31", "reason": "typed-wrong"}
    made = caller.made(f"{lot}/expiry", typed, key="e-1")
    assert (made["expires_on"], made["was"]) == ("2026-01-31", "2029-02-28")
    assert (made["used_after"], [entry[:2] for entry in made["entries"]]) == (
        [session],
        ["TO", "CN"],
    )
    assert caller.post(f"{lot}/expiry", typed, key="e-1").json == made
    assert "lot-expired" in codes(caller.scan(session, second))
    assert codes(caller.post(f"{lot}/expiry", typed)) == ["expiry-same"]
    assert caller.get(f"{lot}/trace").json["lot"]["expires_on"] == "2026-01-31"
    pack = caller.clinic.label("A17", expiry="281031")
    scanned = {"barcodes": [pack], "reason": "read-wrong"}
    assert caller.made(f"{lot}/expiry", scanned)["expires_on"] == "2028-10-31"
    none = {"none": True, "reason": "other"}
    assert caller.made(f"{lot}/expiry", none)["expires_on"] is None
    assert codes(caller.post(f"{lot}/expiry", none | typed)) == ["expiry-missing"]
    assert caller.post(f"{lot}/expiry", {"reason": "mood"}).status_code == 422
    assert caller.post("/lots/99/expiry", typed).status_code == 404


def test_an_entry_is_reversed_once(caller: Caller) -> None:
    used, wrong = caller.receive_kits("A17", 2)
    session, other = caller.open_session("MRN 1"), caller.open_session("MRN 2")
    entry = caller.scan(other, used).json["entry"]
    caller.say(other, "used", unit=used)
    later = caller.post(f"/entries/{entry}/reverse", {"reason": "wrong-lot"})
    assert codes(later) == ["later-rests-on-it"]
    address = f"/entries/{caller.scan(session, wrong).json['entry']}/reverse"
    made = caller.made(address, {"reason": "never-happened"}, key="v-1")
    again = caller.post(address, {"reason": "never-happened"}, key="v-1")
    assert (again.status_code, again.json) == (200, made)
    assert "reversed-already" in codes(caller.post(address, {"reason": "other"}))
    for name in ("TO-999999", "TO-99999999999999999999", "nothing", "TO-"):
        assert caller.post(f"/entries/{name}/reverse", {"reason": "other"}).status_code == 404
    found = caller.get("/entries", about=session, size=2).json
    assert (len(found["entries"]), found["page"]) == (2, 1)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_role_may_do_its_part(calling: Calling) -> None:
    everybody = {role: calling(role) for role in ("nurse", "pharmacist", "quality", "auditor")}
    empty: dict[str, object] = {}
    refused = {
        (role, path): caller.post(path, empty).status_code == 403
        for role, caller in everybody.items()
        for path in (
            *("/receipts", "/patient-sessions", "/recalls", "/entries/TO-1/reverse"),
            *("/lots/1/hold", "/lots/1/lift-hold", "/lots/1/expiry"),
        )
    }
    assert {pair for pair, no in refused.items() if not no} == {
        ("pharmacist", "/receipts"),
        ("pharmacist", "/patient-sessions"),
        ("nurse", "/patient-sessions"),
        ("quality", "/recalls"),
        ("pharmacist", "/entries/TO-1/reverse"),
        ("quality", "/entries/TO-1/reverse"),
        ("quality", "/lots/1/hold"),
        ("quality", "/lots/1/lift-hold"),
        ("pharmacist", "/lots/1/expiry"),
        ("quality", "/lots/1/expiry"),
    }
    assert (
        Caller(everybody["nurse"].client, "", calling("nurse").clinic).get("/items").status_code
        == 401
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_override_is_not_for_admin_and_its_reason_stays_sealed(calling: Calling) -> None:
    first, second = calling("pharmacist").receive_kits("A17", 2)
    nurse, admin = calling("nurse"), calling("admin")
    session = nurse.open_session()
    nurse.scan(session, first)
    assert codes(nurse.scan(session, second)) == ["more-than-planned"]
    override = {"codes": ["more-than-planned"], "reason": "the first one fell"}
    assert admin.scan(session, second, override=override).status_code == 403
    line = {"item": admin.clinic.kit, "lot": "A18", "expires_on": "2030-01-31"}
    delivery = {"location": "TO-OR1", "supplier": "Acme", "lines": [line], "override": override}
    assert admin.post("/receipts", delivery).status_code == 403
    assert admin.get("/lots", lot="A18").json["total"] == 0
    doc = admin.get("/openapi.json").json["components"]["schemas"]["OverrideBody"]
    said = doc["properties"]["codes"]["description"]
    assert "Only these roles may overrule: nurse, pharmacist, quality; " in said
    answer = nurse.scan(session, second, override=override)
    assert answer.status_code == 201
    assert [(each["code"], each["blocking"]) for each in answer.json["problems"]] == [
        ("more-than-planned", False)
    ]
    seen = admin.get(f"/patient-sessions/{session}").json
    assert seen["lines"][1]["overridden"] == ["more-than-planned"]
    assert "fell" not in admin.clinic.all_entry_texts()
